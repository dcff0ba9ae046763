"""The Label page: the work list, the picture, the classes."""

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from studio.app.workspace import Workspace
from studio.base.wording import whole_words
from studio.gui.label.classes_panel import ClassesPanel
from studio.gui.label.reading import PictureReader
from studio.gui.label.stage import PictureStage
from studio.gui.label.work_list import WorkListPanel
from studio.gui.thumbnails import ThumbnailLoader
from studio.gui.ui import WindowUi
from studio.gui.widgets.empty_state import EmptyState
from studio.gui.widgets.header import PageHeader
from studio.jobs.messages import Failed

SENTENCE = "Give each picture its class: press the class's key, or click it. Every label is saved at once."


class LabelPage(QWidget):
    """Shows what the use case says; keys come in through the actions."""

    def __init__(self, work: Workspace, actions: Mapping[str, QAction], ui: WindowUi) -> None:
        super().__init__()
        self._work, self._labeling, self._ui = work, work.labeling, ui
        self.header = PageHeader("Label", SENTENCE)
        self.header.set_primary(actions["label.next_unlabeled"])
        self.header.set_sentence_hidden(bool(ui.remember("label.sentence_hidden", False)))
        self.header.sentence_hidden.connect(lambda hidden: ui.keep("label.sentence_hidden", hidden))
        self.work_list = WorkListPanel(work.labeling, ThumbnailLoader(work.session), ui)
        self.stage = PictureStage(actions["label.previous"], actions["label.next"])
        self.classes = ClassesPanel(work.labeling, actions, ui)
        self.empty = EmptyState("no_data", "No pictures yet", "", actions["view.blocks"], "blocks")
        self._reader = PictureReader(work.session, self._show_picture, self._show_failure)
        self._lay_out()
        work.labeling.changed.subscribe(self._hear)
        work.session.project_changed.subscribe(lambda project: self._reader.forget())
        work.pipeline.changed.subscribe(lambda what: self._say_empty())

    def visited(self) -> None:
        """Shown again: begin where there is something to do, with the keys at the pictures."""
        self._show_list()
        self.work_list.grid.setFocus()

    def _lay_out(self) -> None:
        self._whole = QWidget()
        row = QHBoxLayout(self._whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.work_list)
        row.addWidget(self.stage, 1)
        row.addWidget(self.classes)
        self._either = QStackedWidget()
        self._either.addWidget(self._whole)
        self._either.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self._either, 1)

    def _hear(self, what: str) -> None:
        """The use case says that something changed; a page that is not shown looks when it is visited."""
        if not self.isVisibleTo(self.window()):
            return
        if what == "list":
            self._show_list()
        elif what == "current":
            self.work_list.show_current()
            self._show_current()
        elif what == "overlay":
            self.stage.view.set_overlay_visible(self._labeling.has_overlay)
        elif what == "chosen":
            self.work_list.show_count()
            self.classes.show_picture()
        else:
            if what == "classes":
                self.work_list.show_classes()
            self.work_list.show_labels()
            self.classes.show_classes()
            self._show_label()

    def _show_list(self) -> None:
        self._say_empty()
        self.work_list.show_list()
        self.classes.show_classes()
        if self._labeling.current is None and self._labeling.visible:
            index = self._labeling.upcoming()
            self._labeling.choose(self._labeling.visible[0] if index is None else index)
        self._show_current()

    def _say_empty(self) -> None:
        has_images = bool(self._labeling.images) and self._labeling.is_by_class
        if has_images == (self._either.currentWidget() is self._whole) and has_images:
            return
        self._either.setCurrentWidget(self._whole if has_images else self.empty)
        if not self._work.has_project:
            self.empty.say("No project is open", "Open a project, or make one from a folder of pictures.")
        elif not self._labeling.is_by_class:
            words = "One class a picture is given on this page. What this project learns is read from your files:"
            self.empty.say("The labels come from files", f"{words} the Labels card says from which.")
        elif self._work.pipeline.is_checking or self._labeling.is_reading:
            self.empty.say("The pictures are being read", "They will be here in a moment.")
        else:
            text = "The Blocks page says where the pictures come from; they will be here to be labeled."
            self.empty.say("No pictures yet", text)

    def _show_current(self) -> None:
        index = self._labeling.current
        if index is None:
            self._reader.show(None)
            if self._labeling.visible:
                self.stage.show_nothing("No picture is chosen", "Choose one from the list.")
            else:
                self.stage.show_nothing("No picture fits this filter", "Choose another filter, or clear the search.")
            self.classes.show_picture()
            return
        row = self._labeling.row(index)
        place = "" if row is None else f"{whole_words(row + 1)} of {whole_words(len(self._labeling.visible))}"
        self.stage.set_place(self._labeling.images[index].path, place)
        neighbours = (self._labeling.beside(1), self._labeling.upcoming(), self._labeling.beside(-1))
        ahead = [self._labeling.path(other) for other in neighbours if other is not None]
        if not self._reader.show(self._labeling.path(index), ahead):
            self.stage.begin_reading()
        self._show_label()

    def _show_label(self) -> None:
        """The label of the current picture may have changed."""
        index = self._labeling.current
        name = self._labeling.state(index).class_name if index is not None else None
        labels = [(name, self.classes.colour_of(name))] if name is not None else []
        self.stage.show_labels(labels)
        self.classes.show_picture()

    def _show_picture(self, path: Path, image: QImage) -> None:
        self.stage.show_picture(image, path.name)

    def _show_failure(self, path: Path, event: Failed) -> None:
        self.stage.show_failure(event.message, event.hint)
