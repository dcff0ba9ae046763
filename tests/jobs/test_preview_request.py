"""A batch with its labels, as the window gets it from its child."""

from collections.abc import Iterator
from pathlib import Path
from queue import Queue

import numpy as np
import pytest
from PIL import Image

from studio.app.preview import Batch, batch_of
from studio.base.targets import MaskFile
from studio.blocks.labels.mask_files import MaskFiles
from studio.blocks.labels.parent_folder import ParentFolder
from studio.blocks.recipe import Recipe
from studio.blocks.source.folder import Folder
from studio.blocks.tasks.segmentation import Segmentation
from studio.blocks.transforms.presets import PHOTOGRAPHS
from studio.blocks.transforms.resize import Resize
from studio.jobs.launch import Child
from studio.jobs.messages import Event, Failed, Finished, FrameWritten, PreviewBatch, Progressed, Stopped

WAIT_S = 60


class Asking:
    """Asks a child and waits for the batch; counts how often it read the pictures' folder."""

    def __init__(self) -> None:
        self.child = Child()
        self.readings = 0

    def batch(self, request: PreviewBatch) -> Batch:
        events: Queue[Event] = Queue()
        self.child.send(request, events.put)
        came: Batch | None = None
        progressed = False
        while not isinstance(event := events.get(timeout=WAIT_S), Finished | Stopped | Failed):
            progressed |= isinstance(event, Progressed)
            if isinstance(event, FrameWritten):
                came = batch_of(event, request.recipe.batch.size)
        self.readings += progressed
        assert came is not None, event
        return came


@pytest.fixture
def asking() -> Iterator[Asking]:
    made = Asking()
    yield made
    made.child.close()


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Pictures whose left half is white, and masks that say so."""
    half = np.zeros((60, 80, 3), np.uint8)
    half[:, :40] = 255
    for number in range(12):
        path = tmp_path / "photos" / f"{number}.png"
        path.parent.mkdir(exist_ok=True)
        (tmp_path / "masks").mkdir(exist_ok=True)
        Image.fromarray(half).save(path)
        Image.fromarray((half[..., 0] // 255).astype(np.uint8)).save(tmp_path / "masks" / path.name)
    return tmp_path / "photos"


def test_masks_come_in_a_file_of_their_own(asking: Asking, photos: Path) -> None:
    recipe = Recipe(
        task=Segmentation(),
        source=Folder(path=str(photos)),
        labels=MaskFiles(template="{parent}/../masks/{stem}.png", classes_from="names", class_names=("dark", "bright")),
        transforms=PHOTOGRAPHS.transforms(Resize(side_px=64, height_px=48, shape="rectangle")),
    )
    batch = asking.batch(PreviewBatch(recipe=recipe))
    assert batch.masks_nhw is not None
    assert batch.masks_nhw.shape == batch.pixels.shape[:3] == (len(batch.paths), 48, 64)
    assert all(isinstance(target, MaskFile) for target in batch.targets)
    bright = batch.pixels[..., 0] > 127
    assert ((batch.masks_nhw == 1) != bright).mean() < 0.02
    one = asking.batch(PreviewBatch(recipe=recipe, images=("3.png",), times=8))
    assert one.pixels.shape == (8, 48, 64, 3)
    assert {Path(path).name for path in one.paths} == {"3.png"}
    assert asking.readings == 1


def test_the_folder_is_read_again_when_something_is_different(asking: Asking, tmp_path: Path) -> None:
    for name in ("a/1.png", "a/2.png", "b/1.png", "b/2.png"):
        (tmp_path / "photos" / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (40, 40), "white").save(tmp_path / "photos" / name)
    recipe = Recipe(source=Folder(path=str(tmp_path / "photos")), labels=ParentFolder())
    for draw in range(3):
        asking.batch(PreviewBatch(recipe=recipe, draw=draw))
    assert asking.readings == 1
    Image.new("RGB", (40, 40), "black").save(tmp_path / "photos" / "b" / "new.png")
    asking.batch(PreviewBatch(recipe=recipe))
    assert asking.readings == 2
