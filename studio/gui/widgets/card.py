"""The card of a data block, and the thin line with the row count that leads to the next one."""

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from studio.base.wording import count_words
from studio.gui import icons
from studio.gui.style import colour, font, px
from studio.gui.widgets.marks import MARKS, State, StateMark
from studio.gui.widgets.text import ElidedLabel, plain


class _Picture(QWidget):
    """The block's icon."""

    def __init__(self, icon: str) -> None:
        super().__init__()
        self._icon = icon
        self.setFixedSize(QSize(px("icon_m"), px("icon_m")))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        icons.paint_icon(painter, self.rect(), self._icon, "quiet")
        painter.end()


class BlockCard(QPushButton):
    """Icon, name, one line that says what the block makes, state and warnings. Emits `chosen(id)`."""

    chosen = Signal(str)

    def __init__(self, id: str, title: str, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.id = id
        self._warnings = 0
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._title = plain(title, "strong")
        self._summary = ElidedLabel("", "help")
        self._warning_badge = plain("", "badge")
        self._warning_badge.setProperty("tone", "warning")
        self._mark = StateMark()

        words = QVBoxLayout()
        words.setSpacing(px("ring"))
        # Beside the title, so that the summary keeps its whole line.
        first = QHBoxLayout()
        first.addWidget(self._title, 1)
        first.addWidget(self._warning_badge)
        words.addLayout(first)
        words.addWidget(self._summary)
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(px("gap_l"), px("gap_m"), px("gap_l"), px("gap_m"))
        row.setSpacing(px("gap_m"))
        row.addWidget(_Picture(icon), 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(words, 1)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        for child in self.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.clicked.connect(lambda: self.chosen.emit(self.id))
        self.set_warnings(0)

    def set_summary(self, text: str) -> None:
        """Say in one line what the block makes: "1 200 pictures in 5 folders"."""
        self._summary.setText(text)
        self._describe()

    def set_state(self, state: State) -> None:
        """Show how far the block is."""
        self._mark.set_state(state)
        self._describe()

    def set_warnings(self, count: int) -> None:
        """Show how many things need a look; none shows nothing."""
        self._warnings = count
        self._warning_badge.setText(count_words(count, "warning"))
        self._warning_badge.setVisible(count > 0)
        self._describe()

    def set_selected(self, selected: bool) -> None:
        """Mark the card whose form is open."""
        self.setChecked(selected)

    def _describe(self) -> None:
        parts = [self._summary.text(), MARKS[self._mark.state].words]
        if self._warnings:
            parts.append(self._warning_badge.text())
        self.setAccessibleName(self._title.text())
        self.setAccessibleDescription(", ".join(part for part in parts if part))

    def nextCheckState(self) -> None:
        """A click only asks; the page says which card is selected."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return self._row.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return self._row.minimumSize()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        # The style sheet takes the height of a button away and leaves 2 px, which would count more than the hint.
        if event.type() in (QEvent.Type.Polish, QEvent.Type.StyleChange):
            self.setMinimumHeight(self._row.sizeHint().height())
        return done

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.isChecked():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("accent"))
        line, inset = px("accent_line"), px("gap_m")
        painter.drawRoundedRect(QRect(0, inset, line, self.height() - 2 * inset), line / 2, line / 2)
        painter.end()


class CardLink(QWidget):
    """The line from one card to the next, with how many rows flow along it."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(px("connector"))
        self._text = ""
        self.set_text(text)

    def set_text(self, text: str) -> None:
        """Say what flows: "1 200 rows"."""
        self._text = text
        self.setAccessibleName(text)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        middle = px("gap_l") + px("icon_m") // 2
        painter.fillRect(middle, 0, px("line_width"), self.height(), colour("line_strong"))
        painter.setPen(colour("quiet"))
        painter.setFont(font("help"))
        left = px("gap_l") + px("icon_m") + px("gap_m")
        area = self.rect().adjusted(left, 0, 0, 0)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._text)
        painter.end()
