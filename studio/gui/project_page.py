"""The Project page: three ways to begin, the recent projects, and how the open one stands."""

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from studio.app.health_words import mistake_count, state_words
from studio.app.projects import is_project
from studio.app.workspace import Workspace
from studio.base.wording import count_words, whole_words
from studio.gui import icons
from studio.gui.style import look, px, set_property
from studio.gui.ui import WindowUi
from studio.gui.widgets.buttons import button
from studio.gui.widgets.header import PageHeader
from studio.gui.widgets.progress import JobProgress
from studio.gui.widgets.text import ElidedLabel, plain

CHOICES = (  # action, icon, title, sentence
    (
        "project.open_sample",
        "image",
        "Open the sample",
        "A bench with nuts, washers, screws and gears, drawn for you to try things.",
    ),
    ("project.new", "plus", "New project", "From a folder of your own pictures. They stay where they are."),
    ("project.open", "folder_open", "Open a project", "Go on where you left off."),
)
RECENT_SHOWN = 6


class ProjectPage(QWidget):
    """What the eye sees first: what to do next."""

    def __init__(self, work: Workspace, actions: Mapping[str, QAction], ui: WindowUi) -> None:
        super().__init__()
        self._work, self._actions, self._ui = work, actions, ui
        self.header = PageHeader("Welcome", "Label, train, see what went wrong, fix it, train again.")
        self.progress = JobProgress()
        self.progress.cancel_asked.connect(ui.sample.cancel)
        ui.sample.began.connect(self._sample_began)
        ui.sample.went_on.connect(self.progress.set_done)
        ui.sample.ended.connect(self.progress.finish)
        self._open = _OpenProject(work, actions, ui)
        self._recent = QVBoxLayout()
        self._recent.setSpacing(px("gap_xs"))
        self._lay_out()
        work.session.project_changed.subscribe(lambda project: self._show())
        for listeners in (work.pipeline.changed, work.health.changed, work.labeling.changed, work.runs.changed):
            listeners.subscribe(lambda what: self._show_open())
        self._show()

    def _sample_began(self) -> None:
        self.progress.start("Drawing the sample's pictures")
        self._show_open()

    def visited(self) -> None:
        self._show()

    def _lay_out(self) -> None:
        choices = QHBoxLayout()
        choices.setSpacing(px("gap_l"))
        self.choices = [_Choice(self._actions[name], icon, title, text) for name, icon, title, text in CHOICES]
        for choice in self.choices:
            choices.addWidget(choice, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        inside = QVBoxLayout()
        inside.setContentsMargins(px("gap_xl"), px("gap_s"), px("gap_xl"), px("gap_xl"))
        inside.setSpacing(px("gap_l"))
        inside.addWidget(self._open)
        inside.addLayout(choices)
        inside.addWidget(self.progress)
        self._recent_title = plain("Recent projects", "section")
        inside.addWidget(self._recent_title)
        inside.addLayout(self._recent)
        inside.addStretch(1)
        column.addLayout(inside, 1)

    def _show(self) -> None:
        project = self._work.session.project
        self.header.title.setText(project.name if project else "Welcome")
        self._show_open()
        while item := self._recent.takeAt(0):
            if row := item.widget():
                row.hide()
                row.deleteLater()
        known = [Path(path) for path in self._work.session.settings.recent_projects]
        current = project.folder if project else None
        shown = [path for path in known if path != current and is_project(path)][:RECENT_SHOWN]
        self._recent_title.setVisible(bool(shown))
        for path in shown:
            self._recent.addWidget(self._recent_row(path))

    def _show_open(self) -> None:
        is_shown = self._work.has_project and not self._ui.sample.is_busy
        self._open.setVisible(is_shown)
        if is_shown:
            self._open.show_state()

    def _recent_row(self, path: Path) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(px("gap_s"))
        opener = button(path.name.removesuffix(".studio"), "link", "folder_open", dense=True)
        opener.setAccessibleDescription(str(path))
        opener.clicked.connect(lambda: self._open_recent(path))
        line.addWidget(opener)
        line.addWidget(ElidedLabel(str(path), "help"), 1)
        return row

    def _open_recent(self, path: Path) -> None:
        if self._ui.attempt(lambda: self._work.session.open_project(path)):
            self._ui.go_to("blocks")


class _Choice(QPushButton):
    """A large button: icon, title, one sentence."""

    def __init__(self, action: QAction, icon: str, title: str, text: str) -> None:
        super().__init__()
        self.setProperty("role", "choice")
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        self.clicked.connect(lambda: action.trigger())
        self._icon, self._picture = icon, QLabel()
        look.changed.connect(self._draw_icon)
        self._draw_icon()
        column = QVBoxLayout(self)
        column.setContentsMargins(px("gap_l"), px("gap_l"), px("gap_l"), px("gap_l"))
        column.setSpacing(px("gap_xs"))
        for part in (self._picture, plain(title, "section"), plain(text, "quiet", wrap=True)):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            column.addWidget(part)
        column.addStretch(1)

    def _draw_icon(self) -> None:
        side = px("icon_l")
        self._picture.setPixmap(icons.icon(self._icon, "accent").pixmap(QSize(side, side)))

    def sizeHint(self) -> QSize:
        return QSize(px("panel"), px("thumbnail_l") - px("gap_xl"))

    def minimumSizeHint(self) -> QSize:
        return QSize(px("panel_min"), px("thumbnail_l") - px("gap_xl"))


class _OpenProject(QFrame):
    """The open project in figures, and what to do next in it."""

    def __init__(self, work: Workspace, actions: Mapping[str, QAction], ui: WindowUi) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._work = work
        self._page = "blocks"
        self._figures = QGridLayout()
        self._figures.setHorizontalSpacing(px("gap_xxl"))
        self._figures.setVerticalSpacing(0)
        self._values: dict[str, QLabel] = {}
        for place, name in enumerate(("Pictures", "Labeled", "Cannot be read", "Runs")):
            value = plain("0", "title")
            self._values[name] = value
            self._figures.addWidget(value, 0, place)
            self._figures.addWidget(plain(name, "help"), 1, place)
        self._figures.setColumnStretch(4, 1)
        self.mistakes = _Mistakes(work, actions["blocks.health"], ui)
        self._advice = plain("", "body", wrap=True)
        self._next = button("", "primary")
        self._next.clicked.connect(lambda: ui.go_to(self._page))
        below = QHBoxLayout()
        below.addWidget(self._advice, 1)
        below.addWidget(self._next)
        column = QVBoxLayout(self)
        column.setContentsMargins(px("gap_l"), px("gap_l"), px("gap_l"), px("gap_l"))
        column.setSpacing(px("gap_m"))
        column.addLayout(self._figures)
        column.addWidget(self.mistakes)
        column.addLayout(below)

    def show_state(self) -> None:
        labeling, pipeline, runs = self._work.labeling, self._work.pipeline, self._work.runs
        total = len(labeling.images)
        unlabeled = labeling.counts().get(None, 0)
        self._values["Pictures"].setText(whole_words(total))
        self._values["Labeled"].setText(whole_words(total - unlabeled))
        self._values["Cannot be read"].setText(whole_words(len(pipeline.left_out)))
        self._values["Runs"].setText(whole_words(len(runs.runs)))
        self.mistakes.show_state()
        advice, words, self._page = self._what_next(total, unlabeled)
        self._advice.setText(advice)
        self._next.setText(words)
        self._next.setAccessibleName(words)

    def _what_next(self, total: int, unlabeled: int) -> tuple[str, str, str]:
        if not total:
            return "No pictures are known yet: look at the blocks.", "Go to Blocks", "blocks"
        if unlabeled == total:
            return "No picture has a label yet.", "Label pictures", "label"
        if self._work.runs.state == "running":
            return "A model is being trained.", "Watch the training", "train"
        if self._work.runs.finished():
            rest = f" {count_words(unlabeled, 'picture')} have no label." if unlabeled else ""
            return f"There is a trained model: look at what it gets wrong.{rest}", "See the results", "results"
        return "The data is ready for a first model.", "Go to Train", "train"


class _Mistakes(QWidget):
    """How healthy the data is, and the way to what was found."""

    def __init__(self, work: Workspace, look_action: QAction, ui: WindowUi) -> None:
        super().__init__()
        self._health, self._look, self._ui = work.health, look_action, ui
        self.words = plain("", "quiet")
        self.link = button("", "link", dense=True)
        self.link.clicked.connect(self._go)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px("gap_xs"))
        row.addWidget(self.words)
        row.addWidget(self.link)
        row.addStretch(1)

    def show_state(self) -> None:
        self.words.setText(f"Hidden mistakes: {state_words(self._health)}")
        set_property(self.words, "tone", "warning" if mistake_count(self._health.found) else "")
        self.link.setText("Show" if self._is_known() else "Look for them")
        self.link.setAccessibleName(f"{self.link.text()}: hidden mistakes")

    def _is_known(self) -> bool:
        return self._health.is_checking or self._health.is_known

    def _go(self) -> None:
        if self._is_known():
            self._ui.show_health()
        else:
            self._look.trigger()
