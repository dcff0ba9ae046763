"""The picture that is being labeled, large, with its name and its place in the list."""

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QAction, QImage, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.gui import icons
from studio.gui.style import ms, px
from studio.gui.widgets.buttons import icon_button
from studio.gui.widgets.image_view import ImageView
from studio.gui.widgets.text import ElidedLabel, plain


class PictureStage(QWidget):
    """Shows a picture, that it is being read (not before that takes noticeably long), or why there is none."""

    def __init__(self, previous: QAction, following: QAction) -> None:
        super().__init__()
        self.setProperty("role", "stage")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.view = ImageView()
        self.name = ElidedLabel("", "on_stage")
        self.place = plain("", "on_stage_quiet")
        self.message = _StageMessage(self.view)
        self._labels: list[tuple[str, str]] = []
        self._busy = QTimer(self)
        self._busy.setSingleShot(True)
        self._busy.setInterval(ms("progress_after"))
        self._busy.timeout.connect(lambda: self.message.say("clock", "stage_quiet", "Reading the picture"))
        bar = QHBoxLayout()
        bar.setContentsMargins(px("gap_m"), px("gap_xs"), px("gap_m"), px("gap_xs"))
        bar.setSpacing(px("gap_s"))
        bar.addWidget(self.name, 1)
        bar.addWidget(self.place)
        for action, icon, words in ((previous, "chevron_left", "Previous"), (following, "chevron_right", "Next")):
            step = icon_button(icon, f"{words} picture", colour="stage_text")
            step.setProperty("stage", True)
            step.setToolTip(f"{words} picture · {action.text().partition(chr(9))[2]}")
            step.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            step.clicked.connect(lambda checked=False, action=action: action.trigger())
            bar.addWidget(step)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self.view, 1)

    def set_place(self, name: str, place: str) -> None:
        """Say which picture it is, and where in the list it stands."""
        self.name.setText(name)
        self.place.setText(place)

    def show_labels(self, labels: list[tuple[str, str]]) -> None:
        """Show the labels over the picture: (name, colour as #RRGGBB) each."""
        if labels != self._labels:
            self._labels = labels
            self.view.set_labels(labels)

    def begin_reading(self) -> None:
        """The picture is on its way. The old one goes at once: nobody is to label what is not there any more."""
        self.view.set_image(None)
        self.message.hide()
        self._busy.start()

    def show_picture(self, image: QImage, name: str) -> None:
        self._busy.stop()
        self.message.hide()
        self.view.set_image(image, name)

    def show_failure(self, message: str, hint: str) -> None:
        """Say in the picture's place why it cannot be shown."""
        self._busy.stop()
        self.view.set_image(None)
        self.message.say("error", "stage_wrong", message, hint)

    def show_nothing(self, message: str, hint: str) -> None:
        self._busy.stop()
        self.view.set_image(None)
        self.show_labels([])
        self.set_place("", "")
        self.message.say("search", "stage_quiet", message, hint)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.message.setGeometry(self.view.rect())


class _StageMessage(QWidget):
    """An icon and a sentence in the middle of the grey."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._icon = QLabel()
        self._message = plain("", "on_stage", wrap=True)
        self._hint = plain("", "on_stage_quiet", wrap=True)
        column = QVBoxLayout(self)
        column.setSpacing(px("gap_s"))
        column.addStretch(2)
        for label in (self._icon, self._message, self._hint):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            row = QHBoxLayout()
            row.addStretch(1)
            row.addWidget(label, 100)
            row.addStretch(1)
            label.setMaximumWidth(px("text_column"))
            column.addLayout(row)
        column.addStretch(3)
        self.hide()

    def say(self, icon: str, colour: str, message: str, hint: str = "") -> None:
        self._icon.setPixmap(icons.icon(icon, colour).pixmap(QSize(px("icon_l"), px("icon_l"))))
        self._message.setText(message)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self.setAccessibleName(f"{message} {hint}".strip())
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
        self.show()
