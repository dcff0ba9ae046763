"""A picture with its label and with an answer, both brought to the size at which it is shown."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.base.errors import UserError
from studio.base.targets import MaskFile, Objects, Place, Points, Thing
from studio.blocks.recipe import Recipe
from studio.jobs.frames import take_frame
from studio.jobs.messages import ShowAnswered
from studio.runs.run import Run, create_run
from studio.work.answered import show_answered


@pytest.fixture
def run(tmp_path: Path) -> Run:
    made = create_run(tmp_path / "runs", Recipe.model_validate({"source": {"kind": "folder", "path": "x"}}), None)
    made.write_facts(
        made.facts().model_copy(update={"image_root": str(tmp_path / "pictures"), "classes": ("ground", "thing")})
    )
    (tmp_path / "pictures").mkdir()
    Image.new("RGB", (200, 100), (10, 200, 30)).save(tmp_path / "pictures" / "a.png")
    return made


def test_places_are_those_of_the_picture_that_is_shown(run: Run) -> None:
    label = Points((Place(100, 50), None))
    answer = Objects((Thing("thing", 20, 40, 60, 80, outline=((20, 40, 60, 40, 60, 80),), score=0.7),))
    event = show_answered(
        ShowAnswered(run=str(run.folder), image="a.png", target=label, predicted=answer, max_side_px=100)
    )
    assert event.shape == (2, 50, 100, 3)
    assert take_frame(event.frame, event.shape)[1, 3, 4].tolist() == [10, 200, 30]
    assert event.targets[0] == Points((Place(50, 25), None))
    assert event.targets[1] == Objects(
        (Thing("thing", 10, 20, 30, 40, outline=((10, 20, 30, 20, 30, 40),), score=0.7),)
    )
    assert event.masks == ""


def test_masks_of_both_are_brought_to_its_size(run: Run, tmp_path: Path) -> None:
    mask = np.zeros((100, 200), dtype=np.uint8)
    mask[:, 100:] = 7
    Image.fromarray(mask).save(tmp_path / "pictures" / "a_mask.png")
    (run.folder / "masks").mkdir()
    small = np.zeros((5, 10), dtype=np.uint8)
    small[:1] = 1
    Image.fromarray(small).save(run.folder / "masks" / "0.png")
    request = ShowAnswered(
        run=str(run.folder),
        image="a.png",
        target=MaskFile("a_mask.png", (0, 7)),
        predicted=MaskFile("masks/0.png"),
        max_side_px=100,
    )
    event = show_answered(request)
    take_frame(event.frame, event.shape)
    masks = take_frame(event.masks, event.shape[:3])
    assert masks[0, 0, 49:51].tolist() == [0, 1]
    assert masks[1, 9:11, 0].tolist() == [1, 0]


def test_a_picture_outside_its_folder_is_not_read(run: Run) -> None:
    with pytest.raises(UserError, match="does not lie in the folder"):
        show_answered(ShowAnswered(run=str(run.folder), image="../a.png", target=None, predicted=None))
