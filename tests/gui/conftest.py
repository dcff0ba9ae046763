"""What the tests of the window may ask for."""

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from PIL import Image, ImageDraw
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.app.session import Session
from studio.app.settings import Settings
from studio.app.workspace import Workspace
from studio.blocks.batch import Batch
from studio.blocks.labels.parent_folder import ParentFolder
from studio.blocks.recipe import Recipe
from studio.blocks.source.folder import Folder
from studio.gui import style
from studio.gui.bridge import MainThread

SHAPES = ("circle", "square", "triangle")


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> QApplication:
    """The program in the light theme, whatever the test before did."""
    # Windows of the test before go now: otherwise each new theme would dress them all again.
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    style.apply(qapp, "light")
    return qapp


@pytest.fixture(scope="session")
def gallery() -> ModuleType:
    """The module that builds a window with every widget in it."""
    spec = importlib.util.spec_from_file_location("gallery", Path(__file__).with_name("gallery.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def draw_shapes(folder: Path, count: int = 13) -> None:
    """So many pictures of each shape, each in a folder of the shape's name, and two in 'new' that have no class."""
    for place, shape in enumerate((*SHAPES, "new")):
        (folder / shape).mkdir(parents=True)
        for number in range(count if shape != "new" else 2):
            image = Image.new("RGB", (120, 96), (40 + 12 * number, 70, 190 - 10 * number))
            drawing = ImageDraw.Draw(image)
            ink = ((230, 159, 0), (86, 180, 233), (0, 158, 115))[place % 3]
            box = (30 + number, 15, 90 + number, 75)
            if shape in ("circle", "new"):
                drawing.ellipse(box, fill=ink)
            elif shape == "square":
                drawing.rectangle(box, fill=ink)
            else:
                drawing.polygon([(box[0], box[3]), (box[2], box[3]), ((box[0] + box[2]) / 2, box[1])], fill=ink)
            image.save(folder / shape / f"{shape} {number:02d}.png")


@pytest.fixture
def sample_work(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Workspace]:
    """A project of 41 drawn pictures in three classes, open and checked."""
    draw_shapes(tmp_path / "shapes")
    bridge = MainThread()
    session = Session(Settings(author="tester"), bridge.deliver)
    work = Workspace(session)
    session.create_project(tmp_path / "shapes.studio")
    labels = ParentFolder(unlabeled_folders=("new",))
    work.pipeline.set_recipe(Recipe(source=Folder(path=str(tmp_path / "shapes")), labels=labels, batch=Batch(size=8)))
    qtbot.waitUntil(lambda: not work.pipeline.is_checking, timeout=30_000)
    assert work.pipeline.failure is None
    yield work
    session.close()


@pytest.fixture(scope="session")
def fake_worker_type() -> type:
    """The class that plays a training child: fake_worker.py."""
    spec = importlib.util.spec_from_file_location("fake_worker", Path(__file__).with_name("fake_worker.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made: type = module.FakeWorker
    return made


@pytest.fixture(name="draw_shapes")
def draw_shapes_fixture() -> Callable[[Path], None]:
    """Draws the folder of shapes that a test asks for."""
    return draw_shapes
