"""The one pass over the pictures: what every check needs to know of them, remembered."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.imaging.decode import read_header, read_image
from studio.work.build import OnProgress
from studio.work.survey.likeness import SIDE_PX, make_small, perceptual_hash
from studio.work.survey.records import STAMP, Memory, Records, look_at_files

# width_px, height_px: as it is seen. contrast: the largest difference inside one channel; dark, bright: the grey value
# that all but one per cent of the pixels lie above or below. All three from 0 to 255, of the reduced picture.
LOOK = [
    *STAMP,
    ("width_px", np.int32),
    ("height_px", np.int32),
    ("orientation", np.uint8),
    ("channels", np.uint8),
    ("depth_bits", np.uint8),
    ("contrast", np.uint8),
    ("dark", np.uint8),
    ("bright", np.uint8),
    ("hash", np.uint64),
    ("small", np.uint8, (SIDE_PX, SIDE_PX)),
]
_REDUCED_PX = 2 * SIDE_PX
_GRAY = np.array([299, 587, 114], dtype=np.uint32)  # of red, green and blue in a thousand; source: ITU-R BT.601


def survey_pictures(
    root: Path, images: Sequence[str], on_progress: OnProgress, should_stop: Callable[[], bool]
) -> tuple[Records, dict[int, str]]:
    """A LOOK for each picture, and why some could not be read, by place."""
    return look_at_files(root, images, Memory(root, "looks-2", LOOK), _look, on_progress, should_stop)


def _look(path: Path, look: Any) -> None:
    header = read_header(path)
    look["width_px"], look["height_px"] = header.width_px, header.height_px
    look["orientation"], look["channels"], look["depth_bits"] = header.orientation, header.channels, header.depth_bits
    pixels_hwc = read_image(path, max_side_px=_REDUCED_PX, mode="native" if header.is_stack else "rgb")
    if header.is_stack:
        steps = 257 if header.depth_bits > 8 else 1
        gray_hw = _stretched(pixels_hwc.mean(axis=2))
    else:
        steps = 1
        gray_hw = ((pixels_hwc @ _GRAY + 500) // 1000).astype(np.uint8)
    spread = pixels_hwc.max(axis=(0, 1)).astype(int) - pixels_hwc.min(axis=(0, 1))
    look["contrast"] = int(np.max(spread)) // steps
    look["dark"], look["bright"] = np.percentile(gray_hw, (1, 99))
    small = make_small(gray_hw)
    look["small"], look["hash"] = small, perceptual_hash(small)


def _stretched(deep_hw: NDArray[Any]) -> NDArray[np.uint8]:
    """Measured values as 8 bits, from the darkest to the brightest: a microscope that uses a tenth of the range still
    shows."""
    low, high = np.percentile(deep_hw, (0.5, 99.5))
    return np.asarray(np.clip((deep_hw - low) * (255 / max(high - low, 1.0)), 0, 255), dtype=np.uint8)
