"""Several looks at the things in a picture: each look's boxes are brought back, and those of one thing become one."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.base.geometry import apply_to_points
from studio.runtime.answer import Answer
from studio.runtime.boxes import Boxes, is_there, overlaps
from studio.runtime.card import ModelCard
from studio.runtime.several_looks.averaging import Averaging
from studio.runtime.several_looks.look import Look, seen_rectangle
from studio.runtime.tasks.detection import MOST_BOXES, answer_of, find_in_picture
from studio.runtime.view import View

OVERLAP = 0.55  # of boxes of one class that are the same thing. Source: Solovyev et al., their default
EDGE_PX = 1.0  # what comes nearer than this to the edge of what a look shows is taken as cut off there


def merge(outputs: NDArray[np.floating], looks: Sequence[Look], card: ModelCard, how: Averaging) -> NDArray[np.float64]:
    """The boxes in the model's plain picture that all looks find together, the best first: (n, 6), each left, top,
    right, bottom, score, and its class's place. NaN, (1, 6), where an output is not finite.

    outputs: (looks, ...), as the model gives them.
    """
    size_wh = card.preprocess.size_wh
    found = [find_in_picture(one, card) for one in outputs]
    if any(one is None for one in found):
        return np.full((1, 6), np.nan)
    views = np.array([seen_rectangle(look, size_wh) for look in looks])
    boxes = [
        _back(one, look, view, size_wh) for one, look, view in zip(found, looks, views, strict=True) if one is not None
    ]
    return fuse(boxes, views, how)


def answer(merged: NDArray[np.float64], card: ModelCard, view: View) -> Answer:
    """The answer to what `merge` gives."""
    return answer_of(None if np.isnan(merged).any() else merged, card, view)


def fuse(boxes: Sequence[NDArray[np.float64]], views_v4: Boxes, how: Averaging) -> NDArray[np.float64]:
    """The boxes of several looks at one picture, (n, 6) each, the plain look's first, as one list of the same kind.

    A box joins the fused one of its class that it overlaps most, if that has none of the same look yet; a fused box is
    the mean of its boxes, weighted by score and by the look's share. Its score is the mean over all looks that show the
    whole of it, 0 for one that did not find it. views_v4: what each look shows.
    Source: Solovyev et al. 2019, "Weighted boxes fusion", arXiv:1910.13302; a look here never gives two boxes to a
    fused one, and a look that could not see a thing has no say.
    """
    shares = _shares(len(boxes), how)
    all_boxes = np.concatenate([np.column_stack([one, np.full(len(one), look)]) for look, one in enumerate(boxes)])
    clusters: list[list[NDArray[np.float64]]] = []
    fused = np.empty((0, 6))
    for box in all_boxes[np.argsort(-all_boxes[:, 4], kind="stable")]:
        place = _cluster_for(box, fused, clusters)
        if place is None:
            clusters.append([])
            fused = np.concatenate([fused, np.zeros((1, 6))])
            place = len(clusters) - 1
        clusters[place].append(box)
        fused[place] = _mean(np.array(clusters[place]), shares)
    for place, cluster in enumerate(clusters):
        fused[place, 4] = _score(fused[place], np.array(cluster), views_v4, shares, how)
    return fused[np.argsort(-fused[:, 4], kind="stable")][:MOST_BOXES]


def _shares(looks: int, how: Averaging) -> NDArray[np.float64]:
    """How much each look counts, the plain one first."""
    if looks == 1:
        return np.ones(1)
    others = looks - 1
    return np.array([how.plain_share, *[(1 - how.plain_share) / others] * others])


def _cluster_for(
    box: NDArray[np.float64], fused: NDArray[np.float64], clusters: Sequence[Sequence[NDArray[np.float64]]]
) -> int | None:
    overlap = overlaps(box[:4], fused[:, :4])
    for place in np.argsort(-overlap, kind="stable"):
        if overlap[place] <= OVERLAP:
            return None
        if fused[place, 5] == box[5] and all(member[6] != box[6] for member in clusters[place]):
            return int(place)
    return None


def _mean(members_m7: NDArray[np.float64], shares: NDArray[np.float64]) -> NDArray[np.float64]:
    weights = members_m7[:, 4] * shares[members_m7[:, 6].astype(int)]
    if not weights.any():  # only looks that count for nothing found it
        weights = members_m7[:, 4]
    return np.append(np.average(members_m7[:, :5], axis=0, weights=weights), members_m7[0, 5])


def _score(
    fused_6: NDArray[np.float64],
    members_m7: NDArray[np.float64],
    views_v4: Boxes,
    shares: NDArray[np.float64],
    how: Averaging,
) -> float:
    if how.takes_largest:
        return float(members_m7[:, 4].max())
    found = members_m7[:, 6].astype(int)
    counts = (fused_6[:2] >= views_v4[:, :2] - EDGE_PX).all(axis=1) & (fused_6[2:4] <= views_v4[:, 2:] + EDGE_PX).all(
        axis=1
    )
    counts = counts | np.isin(np.arange(len(views_v4)), found)
    weight = shares[counts].sum()
    return float((members_m7[:, 4] * shares[found]).sum() / weight) if weight else 0.0


def _back(
    found_n6: NDArray[np.float64], look: Look, view_4: NDArray[np.float64], size_wh: tuple[int, int]
) -> NDArray[np.float64]:
    """A look's boxes in the plain picture, without those that are cut off where the picture goes on."""
    around = found_n6[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 2)
    moved = apply_to_points(look.back, around).reshape(-1, 4, 2)
    boxes = np.concatenate([moved.min(axis=1), moved.max(axis=1)], axis=1)
    is_inner_edge = np.append(view_4[:2] > EDGE_PX, view_4[2:] < np.array(size_wh) - EDGE_PX)
    is_cut = ((np.abs(boxes - view_4) < EDGE_PX) & is_inner_edge).any(axis=1)
    boxes = boxes.clip(0, [*size_wh, *size_wh])
    kept = is_there(boxes) & ~is_cut
    return np.column_stack([boxes, found_n6[:, 4:]])[kept]
