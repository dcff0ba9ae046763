"""The one pass over the masks: their sizes and which values they hold, remembered."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.base.targets import MaskFile
from studio.blocks.table import DataTable
from studio.imaging.masks import read_mask
from studio.work.build import OnProgress
from studio.work.survey.records import STAMP, Memory, Records, look_at_files

# values: one bit for each of the numbers 0 to 255 that the mask holds; largest: of all its numbers.
MASK = [*STAMP, ("width_px", np.int32), ("height_px", np.int32), ("largest", np.uint16), ("values", np.uint8, (32,))]


def survey_masks(
    table: DataTable, on_progress: OnProgress, should_stop: Callable[[], bool]
) -> tuple[NDArray[np.int64], Records, dict[int, str]]:
    """The places of the rows that have a mask, a MASK for each of those, and why some could not be read, by place."""
    here = [place for place, row in enumerate(table.rows) if isinstance(row.target, MaskFile)]
    paths = [table.rows[place].target.path for place in here]  # type: ignore[union-attr]
    root = Path(table.root)
    records, reasons = look_at_files(root, paths, Memory(root, "masks-1", MASK), _measure, on_progress, should_stop)
    return np.array(here, dtype=np.int64), records, {here[place]: reason for place, reason in reasons.items()}


def values_of(mask: Any) -> NDArray[np.int64]:
    """The numbers from 0 to 255 that a mask holds."""
    return np.flatnonzero(np.unpackbits(mask["values"]))


def _measure(path: Path, mask: Any) -> None:
    values_hw = read_mask(path)
    mask["height_px"], mask["width_px"] = values_hw.shape
    mask["largest"] = values_hw.max()
    counts = np.bincount(values_hw.ravel(), minlength=256)
    mask["values"] = np.packbits(counts[:256] > 0)
