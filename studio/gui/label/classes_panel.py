"""Beside the picture: what it is labeled as and by whom, the classes, and how far the work is."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QProgressBar, QToolButton, QVBoxLayout, QWidget

from studio.app.labeling import Labeling, LabelState
from studio.base.wording import percent_words, whole_words
from studio.gui.label.class_list import ClassList
from studio.gui.label.colours import class_hex
from studio.gui.label.history_panel import HistoryPanel, when_words
from studio.gui.style import px
from studio.gui.ui import WindowUi
from studio.gui.widgets.buttons import icon_button
from studio.gui.widgets.chip import Chip, badge
from studio.gui.widgets.side_panel import Remembered, SidePanel
from studio.gui.widgets.text import ElidedLabel, plain


class ClassesPanel(SidePanel):
    """Everything that happens to labels by mouse happens here."""

    def __init__(self, labeling: Labeling, actions: Mapping[str, QAction], ui: WindowUi) -> None:
        super().__init__("right", Remembered(lambda: ui.remember("label.classes_px", None),
                                             lambda width: ui.keep("label.classes_px", width)))  # fmt: skip
        self._labeling, self._actions, self._ui = labeling, actions, ui
        self._click_gave = False
        self.list = ClassList()
        self.list.given.connect(self._give)
        self.list.renaming.connect(self._take_back)
        self.list.classes.renamed.connect(
            lambda old, new: ui.attempt(lambda: labeling.rename_class(old, new)), Qt.ConnectionType.QueuedConnection
        )
        self.list.deleted.connect(lambda name: ui.attempt(lambda: labeling.delete_class(name)))
        self.new_class = _NewClass()
        self.new_class.returnPressed.connect(self._add)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Labeled pictures")
        self.progress = ElidedLabel("", "help")
        self.go_on = QCheckBox("Go on after labeling")
        self.go_on.setToolTip("After a label has been given, show the next picture without one")
        labeling.go_on = bool(ui.remember("label.go_on", True))
        self.go_on.setChecked(labeling.go_on)
        self.go_on.toggled.connect(self._keep_go_on)
        self.history = HistoryPanel(
            labeling, actions["edit.undo"], actions["edit.redo"], lambda image: labeling.go_to(image)
        )
        self._lay_out()

    def _lay_out(self) -> None:
        self.column.setSpacing(px("gap_s"))
        self.column.addWidget(self._about_picture())
        self.column.addSpacing(px("gap_xs"))
        self.column.addWidget(plain("Classes", "section"))
        self.column.addWidget(self.list, 1)
        row = QHBoxLayout()
        row.setSpacing(px("gap_xs"))
        add = icon_button("plus", "Add this class", colour="text")
        add.clicked.connect(self._add)
        row.addWidget(self.new_class, 1)
        row.addWidget(add)
        self.column.addLayout(row)
        self.column.addSpacing(px("gap_xs"))
        self.column.addWidget(self.progress)
        self.column.addWidget(self.bar)
        self.column.addWidget(self.go_on)
        self.column.addWidget(self.history)

    def _about_picture(self) -> QWidget:
        about = QWidget()
        column = QVBoxLayout(about)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px("gap_xs"))
        column.addWidget(plain("This picture", "section"))
        row = QHBoxLayout()
        row.setSpacing(px("gap_xs"))
        self._chip_place = QHBoxLayout()
        self.no_label = plain("No label yet", "quiet")
        self.reviewed = badge("reviewed", "good")
        row.addLayout(self._chip_place)
        row.addWidget(self.no_label)
        row.addWidget(self.reviewed)
        row.addStretch(1)
        self.buttons: dict[str, QToolButton] = {}
        for name, icon in (("label.review", "check"), ("label.clear", "trash")):
            action = self._actions[name]
            title, _, key = action.text().partition("\t")
            do = icon_button(icon, f"{title} · {key}" if key else title, colour="text")
            do.clicked.connect(lambda checked=False, action=action: action.trigger())
            self.buttons[name] = do
            row.addWidget(do)
        column.addLayout(row)
        self.by = ElidedLabel("", "help")
        column.addWidget(self.by)
        return about

    # --- from the use case ------------------------------------------------------------------------------------------

    def show_classes(self) -> None:
        """Counts, names or colours of classes have changed."""
        self.list.classes.show_classes(self._labeling.shown_classes())
        self.show_progress()
        self.history.show_history()

    def show_progress(self) -> None:
        total = len(self._labeling.images)
        labeled = total - self._labeling.counts()[None]
        share = f" · {percent_words(labeled / total)}" if total else ""
        self.progress.setText(f"{whole_words(labeled)} of {whole_words(total)} labeled{share}")
        self.bar.setRange(0, max(total, 1))
        self.bar.setValue(labeled)
        self.bar.setAccessibleDescription(self.progress.text())

    def show_picture(self) -> None:
        """Another picture is the current one, or its label has changed."""
        index = self._labeling.current
        state = self._labeling.state(index) if index is not None else LabelState(None, "", False)
        chosen = len(self._labeling.chosen)
        while (old := self._chip_place.takeAt(0)) is not None:
            if (widget := old.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        if chosen > 1:
            state, words = LabelState(None, "", False), f"{whole_words(chosen)} pictures selected"
        else:
            words = "No picture" if index is None else "No label yet"
        self.no_label.setVisible(state.class_name is None)
        self.no_label.setText(words)
        if state.class_name is not None:
            self._chip_place.addWidget(Chip(state.class_name, self.colour_of(state.class_name)))
        self.reviewed.setVisible(state.reviewed)
        self.list.classes.show_picture(state.class_name)
        is_open = state.class_name is not None and not state.reviewed
        self.buttons["label.review"].setEnabled(is_open or chosen > 1)
        self.buttons["label.clear"].setEnabled(state.source not in ("", "rule") or chosen > 1)
        self.by.setText("A class is given to all of them" if chosen > 1 else self._by_words(state, index))

    def colour_of(self, class_name: str) -> str:
        """The colour of a class as #RRGGBB."""
        return next((class_hex(e.colour_index) for e in self._labeling.shown_classes() if e.name == class_name), "")

    def _by_words(self, state: LabelState, index: int | None) -> str:
        if index is None:
            return ""
        if state.class_name is None:
            return "Press a class's key, or click it"
        if state.source == "rule":
            return self._labeling.rule_origin()
        image = self._labeling.images[index].path
        edits = self._labeling.project.history(image, limit=10)
        last = next((edit for edit in edits if edit.state == "done"), None)
        source = {"import": "Imported from ", "model": "Predicted by "}.get(state.source, "By ")
        return f"{source}{state.given_by}" + (f" · {when_words(last.at)}" if last else "")

    # --- to the use case --------------------------------------------------------------------------------------------

    def _give(self, name: str) -> None:
        self._click_gave = False

        def give() -> None:
            self._click_gave = self._labeling.give_to_chosen(name)

        self._ui.attempt(give)

    def _take_back(self) -> None:
        """The first click of a double click has given the class, but renaming it was meant."""
        if self._click_gave:
            self._click_gave = False
            self._ui.attempt(self._labeling.undo)

    def _add(self) -> None:
        name = self.new_class.text()
        if name.strip() and self._ui.attempt(lambda: self._labeling.add_class(name)):
            self.new_class.clear()

    def _keep_go_on(self, is_on: bool) -> None:
        self._labeling.go_on = is_on
        self._ui.keep("label.go_on", is_on)


class _NewClass(QLineEdit):
    """Esc empties it and gives the keys back to the pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.setPlaceholderText("Add a class")
        self.setAccessibleName("Name of a class to add")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
            self.clearFocus()
        else:
            super().keyPressEvent(event)
