"""What is said of transforms before any picture is read."""

from typing import Any

import pytest

from studio.base.targets import Skeleton
from studio.blocks.model import Model
from studio.blocks.recipe import Recipe
from studio.blocks.source.folder import Folder
from studio.blocks.table import DataTable
from studio.blocks.tasks.keypoints import Keypoints
from studio.blocks.transforms.channels import Channels
from studio.blocks.transforms.flip import Flip
from studio.blocks.transforms.normalise import Normalise
from studio.blocks.transforms.resize import Resize
from studio.work.transform_findings import transform_findings


def made(*transforms: Any, **parts: Any) -> Recipe:
    return Recipe(source=Folder(path="photos"), transforms=(Resize(), *transforms), **parts)


@pytest.mark.parametrize(
    ("statistics", "weights", "warns"),
    [("own", "pretrained", True), ("none", "shipped", True), ("encoder", "pretrained", False), ("own", "none", False)],
)
def test_own_statistics_are_warned_of_where_the_encoder_knows_others(
    statistics: str, weights: str, warns: bool
) -> None:
    normalise = Normalise(statistics=statistics)
    recipe = made(normalise, model=Model(weights=weights))
    found = transform_findings(normalise, recipe, DataTable(root=""))
    assert [finding.level for finding in found] == ["warning"] * warns
    assert all(finding.field == "statistics" and "own statistics" in finding.message for finding in found)


@pytest.mark.parametrize(
    ("skeleton", "warns"),
    [
        (Skeleton(("Left eye", "right_eye")), True),
        (Skeleton(("left", "right"), partners=((0, 1),)), False),
        (Skeleton(("nose", "chin")), False),
        (None, False),
    ],
)
def test_a_mirror_without_partners_is_warned_of(skeleton: Skeleton | None, warns: bool) -> None:
    table = DataTable(root="", skeleton=skeleton)
    found = transform_findings(Flip(), made(Flip(), task=Keypoints()), table)
    assert [finding.level for finding in found] == ["warning"] * warns


def test_own_statistics_suit_measured_values_of_16_bits() -> None:
    channels, model = Channels(read_as="stored", count=5, depth="16"), Model(weights="pretrained")
    own, encoder = Normalise(statistics="own"), Normalise()
    assert transform_findings(own, made(channels, own, model=model), DataTable(root="")) == []
    (found,) = transform_findings(encoder, made(channels, encoder, model=model), DataTable(root=""))
    assert (found.level, found.field) == ("warning", "statistics")
    assert "nearly black" in found.message
