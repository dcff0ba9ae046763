"""Which recipes may mix pictures."""

from typing import Any

import pytest
from pydantic import ValidationError

from studio.blocks.recipe import Recipe
from studio.blocks.source.folder import Folder
from studio.blocks.tasks.classification import Classification
from studio.blocks.tasks.detection import Detection
from studio.blocks.tasks.keypoints import Keypoints
from studio.blocks.tasks.regression import Regression
from studio.blocks.tasks.segmentation import Segmentation
from studio.blocks.tasks.tagging import Tagging
from studio.blocks.transforms.cutmix import CutMix
from studio.blocks.transforms.mixup import Mixup
from studio.blocks.transforms.resize import Resize


def made(*transforms: Any, **parts: Any) -> Recipe:
    return Recipe(source=Folder(path="photos"), transforms=(Resize(), *transforms), **parts)


@pytest.mark.parametrize("mixer", [Mixup(), CutMix()])
@pytest.mark.parametrize("task", [Segmentation(), Detection(), Keypoints()])
def test_masks_boxes_and_points_cannot_be_mixed(mixer: Mixup | CutMix, task: Any) -> None:
    with pytest.raises(ValidationError, match=f"{mixer.title} makes one picture of two"):
        made(mixer, task=task)


def test_what_can_be_mixed() -> None:
    assert made(Mixup(), task=Regression()).transforms[1] == Mixup()
    for mixer in (Mixup(), CutMix()):
        for task in (Classification(), Tagging()):
            assert made(mixer, task=task).transforms[1] == mixer
    with pytest.raises(ValidationError, match="CutMix makes one picture of two"):
        made(CutMix(), task=Regression())
    with pytest.raises(ValidationError, match="use one of them"):
        made(Mixup(), CutMix())
