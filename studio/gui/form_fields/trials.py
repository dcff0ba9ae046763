"""Texts that are tried on the user's own pictures while they are typed: a pattern, the name of a second file."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.blocks.block import Settings
from studio.blocks.forms import FormField
from studio.blocks.name_match import NameMatch, pattern_spans
from studio.blocks.path_template import compile_template
from studio.gui.form_fields.editor import Surroundings
from studio.gui.form_fields.texts import LineEditor
from studio.gui.style import colour, font, look, px

SHOWN = 4  # pictures that a text is tried on


class PatternEditor(LineEditor):
    """A regular expression; below it some of the pictures' paths with what it finds in them."""

    def __init__(self, field: FormField, around: Surroundings) -> None:
        self._around = around
        self._search = "path"
        self.trial = FoundNames()
        super().__init__(field)
        self.line.textChanged.connect(lambda text: self._try())

    def _lay_out(self) -> None:
        self.put(self.line, self.trial)

    def block_changed(self, block: Settings) -> None:
        self._search = str(getattr(block, "search", "path"))
        self._try()

    def _try(self) -> None:
        pictures = list(self._around.pictures())[:SHOWN]
        try:
            search = "name" if self._search == "name" else "path"
            found = [pattern_spans(self.line.text().strip(), picture, search) for picture in pictures]  # type: ignore[arg-type]
        except ValueError:
            found = [None] * len(pictures)  # the form says what is wrong with it
        self.trial.show_names(pictures, found)


class TemplateEditor(LineEditor):
    """The name of a file beside each picture; below it what it becomes for some of the pictures."""

    def __init__(self, field: FormField, around: Surroundings) -> None:
        self._around = around
        self.trial = FoundNames()
        super().__init__(field)
        self.line.textChanged.connect(lambda text: self._try())

    def _lay_out(self) -> None:
        self.put(self.line, self.trial)

    def block_changed(self, block: Settings) -> None:
        self._try()

    def _try(self) -> None:
        pictures = list(self._around.pictures())[:SHOWN]
        try:
            fill = compile_template(self.line.text().strip())
        except ValueError:
            self.trial.show_names([], [])
            return
        names = [fill(picture) or "no such file" for picture in pictures]
        self.trial.show_names(names, [None] * len(names))


class FoundNames(QWidget):
    """Names, one a line, each with a stretch that is marked and one inside it that stands out. Plain text only."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.found: list[NameMatch | None] = []
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def show_names(self, names: Sequence[str], found: Sequence[NameMatch | None]) -> None:
        self.names, self.found = list(names), list(found)
        parts = [name[slice(*match.group_span)] for name, match in zip(names, found, strict=True) if match]
        self.setAccessibleName("Tried on: " + ", ".join(names))
        self.setAccessibleDescription("Found: " + ", ".join(parts) if parts else "")
        self.setVisible(bool(names))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(0, len(self.names) * self._line_px())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(font("help"))
        metrics = painter.fontMetrics()
        for row, (name, match) in enumerate(zip(self.names, self.found, strict=True)):
            area = QRect(0, row * self._line_px(), self.width(), self._line_px())
            # The end of a path tells more than its beginning: what does not fit is cut off at the left.
            shift = min(0, self.width() - metrics.horizontalAdvance(name))
            for span, token in ((match.match_span, "accent_soft"), (match.group_span, "accent")) if match else ():
                left = shift + metrics.horizontalAdvance(name[: span[0]])
                painter.fillRect(left, area.top(), metrics.horizontalAdvance(name[slice(*span)]), area.height(),
                                 colour(token))  # fmt: skip
            painter.setPen(colour("quiet"))
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine
            painter.drawText(area.adjusted(shift, 0, -shift, 0), flags, name)
            if match:
                first, last = match.group_span
                left = shift + metrics.horizontalAdvance(name[:first])
                painter.setPen(colour("accent_text"))
                painter.drawText(area.adjusted(left, 0, self.width(), 0), flags, name[first:last])
        painter.end()

    def _line_px(self) -> int:
        return self.fontMetrics().height() + px("ring")
