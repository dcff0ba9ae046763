"""Every widget of the program in each of its states, in one window: for looking, and for tests that walk all of it.

`python tests/gui/gallery.py DIR [SCALE]` draws each page in both themes to DIR.
"""

import os
import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QColor, QImage, QLinearGradient, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QMainWindow,
    QMenu,
    QRadioButton,
    QSlider,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from studio.gui import icons, style
from studio.gui.widgets.buttons import button, icon_button
from studio.gui.widgets.card import BlockCard, CardLink
from studio.gui.widgets.chip import Chip, badge
from studio.gui.widgets.empty_state import EmptyState
from studio.gui.widgets.header import PageHeader
from studio.gui.widgets.image_view import ImageView
from studio.gui.widgets.marks import MARKS, StateMark
from studio.gui.widgets.message_strip import MessageStrip
from studio.gui.widgets.number_field import DecimalField, WholeField
from studio.gui.widgets.number_table import Column, NumberTable
from studio.gui.widgets.progress import JobProgress
from studio.gui.widgets.rail import Rail, Step
from studio.gui.widgets.side_panel import SidePanel
from studio.gui.widgets.term import Term
from studio.gui.widgets.text import plain
from studio.gui.widgets.thumbnail_grid import ThumbnailGrid
from studio.gui.widgets.thumbnail_model import Thumbnail, ThumbnailModel

CLASSES = [
    ("daisy", "#E69F00"),
    ("rose", "#56B4E9"),
    ("tulip", "#009E73"),
    ("sunflower", "#F0E442"),
    ("iris", "#CC79A7"),
]
MARKS_IN_TURN = (("reviewed",), (), ("suggested",), ("reviewed", "warning"), ("unlabeled",))
STEPS = [
    Step("project", "Project", "project"),
    Step("blocks", "Blocks", "blocks"),
    Step("label", "Label", "label"),
    Step("train", "Train", "train"),
    Step("results", "Results", "results"),
    Step("live", "Live", "live"),
    Step("publish", "Publish", "publish"),
]


def picture(row: int, width: int = 256, height: int = 256) -> QImage:
    """A made-up photograph: a gradient with something round in it."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    sky = QLinearGradient(0, 0, width, height)
    sky.setColorAt(0, QColor.fromHsv(row * 47 % 360, 70, 210))
    sky.setColorAt(1, QColor.fromHsv((row * 47 + 60) % 360, 110, 90))
    painter.fillRect(image.rect(), sky)
    painter.setPen(Qt.PenStyle.NoPen)
    for petal in range(7):
        painter.save()
        painter.translate(width / 2 + row % 5 * 8 - 16, height / 2 + row % 7 * 6 - 18)
        painter.rotate(petal * 360 / 7 + row * 11)
        painter.setBrush(QColor.fromHsv(row * 83 % 360, 150, 235))
        painter.drawEllipse(10, -18, height // 4, 36)
        painter.restore()
    painter.end()
    return image


def thumbnail(row: int) -> Thumbnail:
    """What a row of the gallery's grid shows."""
    name = f"img_{row:05d}.jpg"
    marks = MARKS_IN_TURN[row % 5]
    if marks == ("unlabeled",):
        return Thumbnail(name, marks=marks)
    classes = [CLASSES[row % 5], CLASSES[(row + 2) % 5]][: 1 + (row % 9 == 0)]
    return Thumbnail(name, tuple(c[0] for c in classes), tuple(c[1] for c in classes), marks)


def grid_of(count: int, size: str = "m") -> ThumbnailGrid:
    """A grid whose pictures come at once, all but every eleventh, which is broken."""
    model = ThumbnailModel(thumbnail, count)

    def paint(rows: list[int]) -> None:
        for row in rows:
            if row % 13 != 7:  # some are still on their way
                model.set_thumbnail(row, QImage() if row % 11 == 10 else picture(row))

    model.wanted.connect(paint)
    grid = ThumbnailGrid(model, size)
    grid.set_multiple(True)
    return grid


class Gallery(QMainWindow):
    """All widgets on four pages; `show_page(id)` turns to one."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("Gallery")
        self.rail = Rail(STEPS)
        for step, state in zip(STEPS, ("done", "ready", "warning", "running", "empty", "failed", "empty"), strict=True):
            self.rail.set_state(step.id, state)
        self.theme_button = icon_button("moon", "Dark theme")
        self.rail.add_footer(self.theme_button)
        self.stack = QStackedWidget()
        self.pages = {
            "project": self._controls_page(),
            "blocks": self._blocks_page(),
            "label": self._label_page(),
            "train": self._messages_page(),
            "results": self._empty_page(),
        }
        for page in self.pages.values():
            self.stack.addWidget(page)
        middle = QWidget()
        row = QHBoxLayout(middle)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addWidget(self.stack, 1)
        self.setCentralWidget(middle)
        self.rail.chosen.connect(self.show_page)
        bar = self.statusBar()
        job = JobProgress(compact=True, parent=self)
        job.start("Training 0007-rose", "picture")
        job.set_done(12_400, 48_000, 212.0)
        job.show()
        bar.addWidget(plain("flowers.studio", "help"))
        bar.addWidget(job)
        bar.addPermanentWidget(plain("2 processors · every change saved", "help"))
        bar.setSizeGripEnabled(False)
        self.show_page("blocks")

    def show_page(self, id: str) -> None:
        """Turn to a page, where there is one."""
        if id in self.pages:
            self.stack.setCurrentWidget(self.pages[id])
            self.rail.set_current(id)

    def _header(self, title: str, sentence: str, primary: str, icon: str) -> PageHeader:
        header = PageHeader(title, sentence)
        header.add_secondary(QAction("Copy as Python", self), "copy")
        header.add_secondary(QAction("Check", self), "refresh")
        header.add_rare(QAction("Copy as JSON", self))
        header.set_primary(QAction(primary, self), icon)
        return header

    def _page(self, *parts: QWidget) -> tuple[QWidget, QVBoxLayout]:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in parts:
            column.addWidget(part)
        return page, column

    def _blocks_page(self) -> QWidget:
        header = self._header(
            "Blocks", "What the data is, where it comes from, and how it becomes batches that a model can learn from.",
            "Start training", "play",
        )  # fmt: skip
        page, column = self._page(header)
        strip = MessageStrip(self)
        strip.say(
            "warning",
            "3 pictures cannot be read and are left out.",
            "Open the list to see each with its reason.",
            action="Show them",
        )
        cards = SidePanel("left")
        cards.column.setSpacing(0)
        cards.set_width(380)
        facts = [
            ("kind", "Kind", "kind", "One class for each picture", "done", 0, ""),
            ("source", "Source", "source", "1\u2009200 pictures in 5 folders", "done", 0, "1\u2009200 rows"),
            (
                "labels",
                "Labels",
                "labels",
                "5 classes from the folder names, 14 by hand and more that do not fit",
                "warning",
                2,
                "1\u2009197 rows",
            ),
            ("split", "Split", "split", "960 to learn from, 237 to check with", "ready", 0, "1\u2009197 rows"),
            ("transform", "Transforms", "transform", "Resize, flip, rotate, lighting", "running", 0, "1\u2009197 rows"),
            ("batch", "Batch", "batch", "Nothing yet", "empty", 0, "1\u2009197 rows"),
        ]
        for id, title, icon, summary, state, warnings, rows in facts:
            if rows:
                cards.column.addWidget(CardLink(rows))
            card = BlockCard(id, title, icon)
            card.set_summary(summary)
            card.set_state(state)
            card.set_warnings(warnings)
            card.set_selected(id == "labels")
            cards.column.addWidget(card)
        cards.column.addStretch(1)
        grid = grid_of(100_000)
        grid.set_current_row(3)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(cards)
        middle = QVBoxLayout()
        middle.setContentsMargins(16, 16, 8, 0)
        middle.addWidget(strip)
        middle.addWidget(grid, 1)
        row.addLayout(middle, 1)
        row.addWidget(self._form())
        column.addLayout(row, 1)
        return page

    def _form(self) -> SidePanel:
        panel = SidePanel("right")
        panel.column.addWidget(plain("Split", "section"))
        share = WholeField("Share", 1, 90, "%")
        share.setValue(20)
        seed = WholeField("Seed", 0, 99)
        seed.setValue(42)
        seed.setProperty("wrong", True)
        by = QComboBox()
        by.addItems(["At random", "By folder"])
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setValue(20)
        fields = [
            ("How", by, "Every picture has the same chance.", ""),
            ("Share to check with", share, "Pictures the model never learns from.", ""),
            ("Seed", seed, "", "Another number gives another split: take one from 0 to 99."),
        ]
        for title, field, help_text, wrong in fields:
            box = QVBoxLayout()
            box.setSpacing(4)
            box.addWidget(plain(title, "field"))
            box.addWidget(field)
            field.setAccessibleName(title)
            if field is share:
                box.addWidget(slider)
                slider.setAccessibleName(title)
            note = plain(wrong or help_text, "help", wrap=True)
            note.setProperty("tone", "wrong" if wrong else "")
            box.addWidget(note)
            panel.column.addLayout(box)
        panel.column.addWidget(QCheckBox("Keep the classes in balance"))
        panel.column.addWidget(button("More", "quiet", "chevron_down", dense=True), 0, Qt.AlignmentFlag.AlignLeft)
        panel.column.addStretch(1)
        return panel

    def _label_page(self) -> QWidget:
        header = self._header(
            "Label", "Say what each picture shows; every label is saved as you give it.", "Label next", "chevron_right"
        )
        page, column = self._page(header)
        view = ImageView()
        view.set_image(picture(4, 640, 420), "img_00004.jpg")
        view.set_labels([("iris", "#CC79A7"), ("<b>not markup</b>", "#009E73")])
        self.image_view = view
        left = SidePanel("left")
        left.column.setContentsMargins(8, 0, 0, 0)
        small = grid_of(500, "s")
        small.setProperty("role", "surface")
        left.column.addWidget(small)
        right = SidePanel("right")
        right.column.addWidget(plain("Classes", "section"))
        for name, hex_colour in CLASSES:
            right.column.addWidget(Chip(name, hex_colour), 0, Qt.AlignmentFlag.AlignLeft)
        right.column.addWidget(plain("Larger", "section"))
        large = grid_of(6, "l")
        large.setProperty("role", "surface")
        right.column.addWidget(large, 1)
        row = QHBoxLayout()
        row.setSpacing(0)
        for part, stretch in ((left, 0), (view, 1), (right, 0)):
            row.addWidget(part, stretch)
        column.addLayout(row, 1)
        return page

    def _messages_page(self) -> QWidget:
        header = PageHeader("Train", "The model learns here; you may close the window, it goes on.")
        header.set_primary(QAction("Start training", self), "play")
        page, column = self._page(header)
        inside = QVBoxLayout()
        inside.setContentsMargins(24, 8, 24, 24)
        inside.setSpacing(12)
        trace = 'Traceback (most recent call last):\n  File "learner.py", line 88, in step\nRuntimeError: out of memory'
        for kind, message, hint, details, action in (
            ("error", "Stopped: photos/<i>rose</i>/12.jpg is gone.", "Put it back or drop it.", trace, "Leave it out"),
            ("warning", "Two classes have fewer than 10 pictures.", "Label more of tulip and iris.", "", "Label them"),
            ("info", "The accelerator is busy, so suggestions come from the processor.", "", "", ""),
            ("good", "The model is ready.", "Look at its mistakes next.", "", "Open results"),
        ):  # fmt: skip
            strip = MessageStrip(self)
            strip.say(kind, message, hint, details, action)
            inside.addWidget(strip)
        for done, total in ((340, 1200), (0, None)):
            job = JobProgress(parent=self)
            job.start("Reading pictures" if total else "Looking through the folder")
            job.set_done(done, total, 34.2 if total else None)
            job.show()
            inside.addWidget(job)
        self.table = NumberTable("Figures of each epoch")
        self.table.set_content(
            [
                Column("Epoch"),
                Column("Training loss", "low"),
                Column("Validation loss", "low"),
                Column("Accuracy", "high", "Share of the checked pictures named rightly."),
                Column("Learning rate"),
                Column("Stage"),
            ],
            [
                [1, 1.23456, 1.1021, 0.612, 0.00023, "head"],
                [2, 0.73456, 0.8021, 0.712, 0.001, "head"],
                [3, 0.4, 0.6321, 0.84375, 0.00062, "whole"],
                [4, 0.2345, 0.6921, 0.8359, 0.0000123, "whole"],
                [5, float("nan"), None, 0.83, 1e-06, "whole"],
            ],
        )
        inside.addWidget(self.table, 1)
        column.addLayout(inside, 1)
        return page

    def _empty_page(self) -> QWidget:
        header = PageHeader("Results", "What went wrong, and why.")
        page, column = self._page(header)
        table = QGridLayout()
        for place, (drawing, title, text) in enumerate(
            [
                ("no_data", "No pictures yet", "Choose a folder: its pictures appear here, and nothing is copied."),
                ("no_labels", "No labels yet", "Name what the pictures show, or let the folder names say it."),
                ("no_run", "Nothing trained yet", "Start a training: its curves are drawn here while it runs."),
                ("no_results", "No results yet", "When a training is done, its mistakes are shown here, worst first."),
                ("no_camera", "No camera found", "Plug one in or take a video file."),
                ("nothing_found", "Nothing found", "No picture has all of these marks. Take one away."),
            ]
        ):
            action = QAction("Choose a folder", self) if place == 0 else None
            table.addWidget(EmptyState(drawing, title, text, action, "source"), place // 3, place % 3)
        column.addLayout(table, 1)
        return page

    def _controls_page(self) -> QWidget:
        header = self._header("Project", "Every control in each of its states.", "New project", "plus")
        page, column = self._page(header)
        table = QVBoxLayout()
        table.setContentsMargins(24, 8, 24, 24)
        table.setSpacing(16)

        def line(*parts: QWidget) -> None:
            row = QHBoxLayout()
            row.setSpacing(8)
            for part in parts:
                row.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
            row.addStretch(1)
            table.addLayout(row)

        def off(widget: QWidget) -> QWidget:
            widget.setEnabled(False)
            return widget

        def checked(widget: QWidget) -> QWidget:
            widget.setCheckable(True)
            widget.setChecked(True)
            return widget

        line(
            button("Start training", "primary", "play"), off(button("Start training", "primary", "play")),
            button("Stop", icon="stop"), off(button("Stop", icon="stop")), checked(button("Live", icon="live")),
            button("Copy", "quiet", "copy"), off(button("Copy", "quiet", "copy")), button("Show the list", "link"),
            button("Dense", dense=True), icon_button("undo", "Undo"), off(icon_button("redo", "Redo")),
            checked(icon_button("grid", "Grid")),
        )  # fmt: skip
        tabs = QTabBar()
        tabs.setAccessibleName("Parts")
        for name in ("Curves", "Epochs", "Pictures"):
            tabs.addTab(name)
        line(tabs)
        named: list[QWidget] = []
        text = QLineEdit()
        text.setPlaceholderText("Search pictures")
        wrong = QLineEdit("0,5")
        wrong.setProperty("wrong", True)
        number = DecimalField("Learning rate", 0.0, 1.0)
        number.setValue(0.0012)
        spin = WholeField("Side", 8, 512, "px")
        spin.setValue(32)
        choice = QComboBox()
        choice.addItems(["resnet18", "resnet34"])
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setValue(40)
        named += [text, wrong, number, spin, choice, slider, off(QLineEdit("not now")), off(QComboBox())]
        for place, widget in enumerate(named):
            widget.setAccessibleName(f"Field {place + 1}")
        line(*named)
        partly = QCheckBox("Partly")
        partly.setTristate(True)
        partly.setCheckState(Qt.CheckState.PartiallyChecked)
        line(
            QCheckBox("Off"), checked(QCheckBox("On")), partly, off(checked(QCheckBox("Not now"))),
            checked(QRadioButton("One")), QRadioButton("Other"), off(QRadioButton("Not now")),
        )  # fmt: skip
        line(
            *(Chip(name, hex_colour) for name, hex_colour in CLASSES),
            badge("12 rows"), badge("new", "accent"), badge("saved", "good"), badge("2 warnings", "warning"),
            badge("3 errors", "wrong"),
        )  # fmt: skip
        line(*(part for state in MARKS for part in (StateMark(state), plain(MARKS[state].words, "help"))))
        line(
            Term("Learning rate", "How far the model moves with each step."), plain("Page title", "title"),
            plain("Section", "section"), plain("Body"), plain("Quiet", "quiet"), plain("Help", "help"),
        )  # fmt: skip
        shown = QWidget()
        shelf = QGridLayout(shown)
        shelf.setContentsMargins(0, 0, 0, 0)
        for place, name in enumerate(sorted(icons.names())):
            picture_button = icon_button(name, name, colour="text")
            shelf.addWidget(picture_button, place // 22, place % 22)
        table.addWidget(shown)
        menu = QMenu(shown)
        menu.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        for name in ("Open", "Copy as CSV", "Delete"):
            menu.addAction(name)
        table.addStretch(1)
        column.addLayout(table, 1)
        return page


def draw(folder: Path, size: tuple[int, int] = (1366, 768)) -> list[Path]:
    """Draw each page in both themes; returns the files."""
    app = QApplication.instance() or QApplication([])
    drawn = []
    for theme in ("light", "dark"):
        style.apply(app, theme)
        gallery = Gallery()
        gallery.resize(*size)
        gallery.show()
        for id in gallery.pages:
            gallery.show_page(id)
            for _ in range(5):
                app.processEvents()
            path = folder / f"{id}-{theme}.png"
            gallery.grab().save(str(path))
            drawn.append(path)
        gallery.close()
    return drawn


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if len(sys.argv) > 2:
        os.environ["QT_SCALE_FACTOR"] = sys.argv[2]
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    for path in draw(out):
        print(path)
