"""Masks and run lengths as outlines, and back."""

import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray
from pycocotools import mask as cocomask

from studio.formats import outlines
from studio.formats.outlines import box_around, mask_rings
from studio.formats.run_lengths import mask_of_runs
from studio.formats.values import UnusableError

MASKS = hnp.arrays(bool, st.tuples(st.integers(1, 12), st.integers(1, 12)))


def filled(rings: tuple[tuple[float, ...], ...], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """The pixels inside an odd number of rings: each upright edge turns all pixels to its right around."""
    turned = np.zeros(shape, dtype=int)
    for ring in rings:
        corners = list(zip(ring[0::2], ring[1::2], strict=True))
        for (x, y), (other_x, other_y) in zip(corners, corners[1:] + corners[:1], strict=True):
            assert x == other_x or y == other_y
            if x == other_x:
                top, bottom = sorted((int(y), int(other_y)))
                turned[top:bottom, int(x) :] += 1
    return turned % 2 == 1


@given(MASKS)
def test_the_rings_enclose_exactly_the_mask(mask_hw: NDArray[np.bool_]) -> None:
    rings = mask_rings(mask_hw, "mask")
    assert (filled(rings, mask_hw.shape) == mask_hw).all()
    assert bool(rings) == bool(mask_hw.any())


@given(MASKS, st.integers(-5, 50), st.integers(-5, 50))
def test_the_rings_lie_where_the_mask_does(mask_hw: NDArray[np.bool_], left_px: int, top_px: int) -> None:
    if mask_hw.any():
        ys, xs = np.nonzero(mask_hw)
        assert box_around(mask_rings(mask_hw, "mask", left_px, top_px)) == (
            left_px + xs.min(),
            top_px + ys.min(),
            left_px + xs.max() + 1,
            top_px + ys.max() + 1,
        )


def test_noise_is_no_outline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlines, "MOST_CORNERS", 100)
    with pytest.raises(UnusableError, match="noise"):
        mask_rings(np.indices((20, 20)).sum(axis=0) % 2 == 0, "mask")


@given(MASKS)
def test_compressed_run_lengths_are_read_as_pycocotools_writes_them(mask_hw: NDArray[np.bool_]) -> None:
    packed = cocomask.encode(np.asfortranarray(mask_hw.astype(np.uint8)))
    found = mask_of_runs({"size": list(packed["size"]), "counts": packed["counts"].decode()}, "segmentation")
    assert (found == mask_hw).all()


@given(st.text(alphabet=[chr(code) for code in range(40, 125)], max_size=20), st.integers(-2, 50), st.integers(-2, 50))
def test_any_text_is_a_mask_or_refused(counts: str, height: int, width: int) -> None:
    with contextlib.suppress(UnusableError):
        assert mask_of_runs({"size": [height, width], "counts": counts}, "x").shape == (height, width)
