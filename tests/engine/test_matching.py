"""Which anchor is to find which box, held against torchvision's."""

import pytest
import torch
from torch import Tensor
from torchvision.models.detection._utils import Matcher, SSDMatcher
from torchvision.ops import box_iou

from studio.engine.matching import BACKGROUND, UNDECIDED, match_by_overlap, match_each


def boxes(count: int, random: torch.Generator) -> Tensor:
    places = torch.rand(count, 2, generator=random) * 50
    return torch.cat([places, places + 4 + 30 * torch.rand(count, 2, generator=random)], 1)


@pytest.mark.parametrize("count", [1, 2, 9])
def test_matches_are_those_of_torchvision(count: int) -> None:
    random = torch.Generator().manual_seed(count)
    anchors, things = boxes(400, random), boxes(count, random)
    anchors = torch.cat([anchors, anchors[:50]])  # some overlap a box exactly as much as another one
    overlaps = box_iou(things, anchors)
    found = match_by_overlap(anchors, things, least=0.4, sure=0.5)
    assert torch.equal(found, Matcher(0.5, 0.4, allow_low_quality_matches=True)(overlaps.clone()))
    assert {BACKGROUND, UNDECIDED} < set(found.tolist())
    assert set(found[found >= 0].tolist()) == set(range(count))
    assert torch.equal(match_each(anchors, things, sure=0.5), SSDMatcher(0.5)(overlaps.clone()))


def test_a_box_far_from_every_anchor_is_found_by_the_nearest_one() -> None:
    anchors = torch.tensor([[0.0, 0, 10, 10], [20, 20, 30, 30], [0, 0, 9, 9]])
    thing = torch.tensor([[28.0, 28, 31, 31]])
    assert match_by_overlap(anchors, thing, least=0.4, sure=0.5).tolist() == [BACKGROUND, 0, BACKGROUND]
    assert match_each(anchors, thing, sure=0.5).tolist() == [BACKGROUND, 0, BACKGROUND]


def test_without_boxes_all_is_background() -> None:
    anchors, nothing = torch.zeros(3, 4), torch.empty(0, 4)
    assert match_by_overlap(anchors, nothing, least=0.4, sure=0.5).tolist() == [BACKGROUND] * 3
    assert match_each(anchors, nothing, sure=0.5).tolist() == [BACKGROUND] * 3
