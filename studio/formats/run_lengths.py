"""COCO's masks as run lengths, plain and compressed.

Unpacked here and not by pycocotools, whose decoder takes them on trust: what is cut off, or adds up to more than the
picture, is refused first.
Source: cocoapi, common/maskApi.h and maskApi.c (rleFrString): columns from the top, the first run is unset;
compressed, each number is the difference to the one two before it (from the fourth on), in groups of five bits, lowest
first, with a sixth bit for "more", each as a sign from "0" (48) on; the fifth bit of the last group is the sign.
"""

from typing import TYPE_CHECKING, Any

from studio.formats.values import UnusableError, numbers, shown, whole
from studio.imaging.decode import PIXEL_CAP

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def mask_of_runs(value: dict[str, Any], field: str) -> "NDArray[np.bool_]":
    """The mask, bool (height, width). Raises UnusableError where it is malformed or too large."""
    import numpy as np

    size = value.get("size")
    if not isinstance(size, list) or len(size) != 2:
        raise UnusableError(f"{field}.size", "Height and width of the mask are missing.")
    height, width = (whole(side, f"{field}.size") for side in size)
    if height <= 0 or width <= 0 or height * width > PIXEL_CAP:
        raise UnusableError(f"{field}.size", f"The mask is {width} x {height} pixels, which is not possible.")
    counts = value.get("counts")
    runs = _uncompressed(counts, field) if isinstance(counts, str) else numbers(counts, f"{field}.counts")
    lengths = np.array(runs, dtype=np.float64)
    if (lengths < 0).any() or (lengths != np.floor(lengths)).any() or lengths.sum() != height * width:
        raise UnusableError(f"{field}.counts", f"The run lengths do not add up to {width} x {height} pixels.")
    is_set = np.arange(len(runs)) % 2 == 1
    return np.repeat(is_set, lengths.astype(np.int64)).reshape(width, height).T


def _uncompressed(counts: str, field: str) -> list[int]:
    runs: list[int] = []
    run = place = 0
    for sign in counts:
        group = ord(sign) - 48
        if not 0 <= group < 64 or place > 50:
            raise UnusableError(f"{field}.counts", f"The compressed run lengths hold a wrong sign, {shown(sign)}.")
        run |= (group & 31) << place
        place += 5
        if group & 32:
            continue
        if group & 16:
            run -= 1 << place
        runs.append(run + runs[-2] if len(runs) > 2 else run)
        run = place = 0
    if place:
        raise UnusableError(f"{field}.counts", "The compressed run lengths end too early.")
    return runs
