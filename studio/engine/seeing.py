"""A row of the table as its picture and its label are when chance begins."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.base.targets import MaskFile
from studio.blocks.table import DataTable, Row
from studio.engine.augment import Seen
from studio.imaging.class_places import class_places, shrink_mask
from studio.imaging.masks import read_mask
from studio.runtime.preprocess import Preprocess


def see(preprocess: Preprocess, table: DataTable, row: Row) -> Seen:
    """Read picture and mask. Raises UserError when one of them cannot be read."""
    path = Path(table.root) / row.image
    image_hwc, original_wh = preprocess.read_sized(path)
    mask_hw = None
    if isinstance(row.target, MaskFile):
        kept_wh = image_hwc.shape[1], image_hwc.shape[0]
        mask_hw = see_mask(Path(table.root), row.target, len(table.classes), kept_wh)
    return Seen(image_hwc, original_wh, row.target, mask_hw)


def see_mask(root: Path, target: MaskFile, classes: int, kept_wh: tuple[int, int]) -> NDArray[np.uint8]:
    """The class places of a mask at the size at which its picture is kept, whatever size the mask has."""
    return shrink_mask(class_places(read_mask(root / target.path), classes, target.values), kept_wh)
