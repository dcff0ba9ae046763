"""The work list beside the picture: thumbnails of what the filter lets through."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QLineEdit, QToolButton

from studio.app.labeling import SHOWN, Labeling, Show
from studio.base.wording import count_words, whole_words
from studio.gui.label.colours import class_hex
from studio.gui.style import px
from studio.gui.thumbnails import ThumbnailLoader
from studio.gui.ui import WindowUi
from studio.gui.widgets.buttons import button
from studio.gui.widgets.side_panel import Remembered, SidePanel
from studio.gui.widgets.text import ElidedLabel
from studio.gui.widgets.thumbnail_grid import Size, ThumbnailGrid
from studio.gui.widgets.thumbnail_model import Thumbnail, ThumbnailModel

WORDS: dict[Show, str] = {
    "all": "All pictures",
    "unlabeled": "Not labeled",
    "labeled": "Labeled",
    "by people": "Labeled by people",
    "reviewed": "Reviewed",
    "not reviewed": "Not reviewed yet",
}
SIZES: dict[Size, str] = {"s": "Small", "m": "Medium", "l": "Large"}
SIDES_PX = (128, 256, 512)


class _Search(QLineEdit):
    """Enter and Esc go back to the pictures; Esc also empties it."""

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left.emit()
        else:
            super().keyPressEvent(event)


class WorkListPanel(SidePanel):
    """Search, filter, size and the grid. Its current picture and its selection are those of the use case."""

    def __init__(self, labeling: Labeling, loader: ThumbnailLoader, ui: WindowUi) -> None:
        super().__init__("left", Remembered(lambda: ui.remember("label.list_px", None),
                                            lambda width: ui.keep("label.list_px", width)))  # fmt: skip
        self._labeling, self._loader, self._ui = labeling, loader, ui
        self._colours: dict[str, str] = {}
        self._choices: list[tuple[Show, str | None]] = []
        self.search = _Search()
        self.search.setPlaceholderText("Find by name")
        self.search.setAccessibleName("Find by name")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda text: self._filter())
        self.filter = QComboBox()
        self.filter.setAccessibleName("Which pictures")
        self.filter.activated.connect(lambda index: self._filter_chosen())
        self.count = ElidedLabel("", "help")
        self.again = button("Update", "link", dense=True)
        self.again.setToolTip("Some of these pictures no longer fit the filter")
        self.again.clicked.connect(lambda: self._labeling.set_filter(*self._choice(), self.search.text()))
        self.model = ThumbnailModel(self._describe)
        self.model.wanted.connect(self._want)
        self.grid = ThumbnailGrid(self.model, ui.remember("label.thumbnail_size", "m"))
        self.grid.setProperty("role", "surface")
        self.grid.setAccessibleName("Work list")
        self.grid.set_multiple(True)
        self.grid.current_changed.connect(self._choose)
        self.grid.selectionModel().selectionChanged.connect(lambda *changed: self._choose_many())
        self.search.left.connect(self.grid.setFocus)
        self._lay_out()

    def _lay_out(self) -> None:
        self.column.setSpacing(px("gap_s"))
        self.column.addWidget(self.search)
        self.column.addWidget(self.filter)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.count, 1)
        row.addWidget(self.again)
        sizes = QButtonGroup(self)
        self.sizes: dict[Size, QToolButton] = {}
        for size, words in SIZES.items():
            choice = QToolButton()
            choice.setText(size.upper())
            choice.setCheckable(True)
            choice.setChecked(size == self._ui.remember("label.thumbnail_size", "m"))
            choice.setToolTip(f"{words} thumbnails")
            choice.setAccessibleName(f"{words} thumbnails")
            choice.clicked.connect(lambda checked=False, size=size: self._take_size(size))
            sizes.addButton(choice)
            row.addWidget(choice)
            self.sizes[size] = choice
        self.column.addLayout(row)
        self.column.addWidget(self.grid, 1)
        margin = self.column.contentsMargins()
        self.column.setContentsMargins(margin.left(), margin.top(), margin.right(), 0)

    # --- from the use case ------------------------------------------------------------------------------------------

    def show_list(self) -> None:
        """Other pictures are shown; what is chosen stays chosen, although the view forgets it."""
        chosen = self._labeling.chosen
        self.show_classes()
        self._loader.set_side(self._side_px())
        self.model.reset(len(self._labeling.visible), self._describe)
        self.show_current()
        if len(chosen) > 1:
            rows = (self._labeling.row(index) for index in chosen)
            self.grid.set_selected_rows(row for row in rows if row is not None)
        self.show_count()

    def show_classes(self) -> None:
        """Names or colours of classes have changed."""
        classes = self._labeling.shown_classes()
        self._colours = {entry.name: class_hex(entry.colour_index) for entry in classes}
        choices: list[tuple[Show, str | None]] = [(show, None) for show in SHOWN]
        choices += [("all", entry.name) for entry in classes]
        if choices != self._choices:
            self._choices = choices
            self.filter.blockSignals(True)
            self.filter.clear()
            self.filter.addItems([WORDS[show] for show in SHOWN])
            if classes:
                self.filter.insertSeparator(len(SHOWN))
                # In quotes, so that a class called "Reviewed" is not mistaken.
                self.filter.addItems([f"Class “{entry.name}”" for entry in classes])
            self.filter.blockSignals(False)
        wanted = (self._labeling.show, self._labeling.show_class)
        place = self._choices.index(wanted) if wanted in self._choices else 0
        self.filter.setCurrentIndex(place if place < len(SHOWN) else place + 1)
        if self.search.text() != self._labeling.search:
            self.search.blockSignals(True)
            self.search.setText(self._labeling.search)
            self.search.blockSignals(False)

    def show_labels(self) -> None:
        """Labels have changed: of the pictures that the use case names, or of any."""
        if self._labeling.touched is None:
            self.grid.viewport().update()  # what is not seen is described when it comes into view
        else:
            for index in self._labeling.touched:
                row = self._labeling.row(index)
                if row is not None:
                    self.model.refresh(row)
        self.show_count()

    def show_current(self) -> None:
        """Another picture is the current one."""
        index = self._labeling.current
        row = self._labeling.row(index) if index is not None else None
        if row is None:
            self.grid.clearSelection()
        elif row != self.grid.current_row():
            self.grid.set_current_row(row)

    def show_count(self) -> None:
        """How many there are, and how many of them are chosen."""
        shown, total = len(self._labeling.visible), len(self._labeling.images)
        words = count_words(total, "picture") if shown == total else f"{whole_words(shown)} of {whole_words(total)}"
        chosen = len(self._labeling.chosen)
        self.count.setText(f"{whole_words(chosen)} selected" if chosen > 1 else words)
        self.again.setVisible(self._labeling.list_differs)

    def _describe(self, row: int) -> Thumbnail:
        index = self._labeling.visible[row]
        state, name = self._labeling.state(index), self._labeling.images[index].path
        if state.class_name is None:
            return Thumbnail(name, marks=("unlabeled",))
        colour = self._colours.get(state.class_name)
        return Thumbnail(
            name, (state.class_name,), (colour,) if colour else (), ("reviewed",) if state.reviewed else ()
        )

    # --- to the use case --------------------------------------------------------------------------------------------

    def _want(self, rows: list[int]) -> None:
        visible = self._labeling.visible
        self._loader.want(self.model, {row: self._labeling.path(visible[row]) for row in rows if row < len(visible)})

    def _choose(self, row: int) -> None:
        if row < len(self._labeling.visible):
            self._labeling.choose(self._labeling.visible[row])

    def _choose_many(self) -> None:
        visible = self._labeling.visible
        self._labeling.choose_many([visible[row] for row in self.grid.selected_rows() if row < len(visible)])
        self.show_count()

    def _choice(self) -> tuple[Show, str | None]:
        place = self.filter.currentIndex()
        return self._choices[place if place < len(SHOWN) else place - 1]

    def _filter(self) -> None:
        self._labeling.set_filter(*self._choice(), self.search.text())

    def _filter_chosen(self) -> None:
        self._filter()
        self.grid.setFocus()

    def _take_size(self, size: Size) -> None:
        self._ui.keep("label.thumbnail_size", size)
        self.grid.set_size(size)
        if self._loader.side_px != self._side_px():
            self.show_list()
        self.grid.setFocus()

    def _side_px(self) -> int:
        size = next((size for size, choice in self.sizes.items() if choice.isChecked()), "m")
        wanted = px(f"thumbnail_{size}") * self.devicePixelRatioF()
        return next((side for side in SIDES_PX if side >= wanted), SIDES_PX[-1])
