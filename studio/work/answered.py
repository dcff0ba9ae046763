"""A picture twice: with its label, and with what a run's model said of it."""

from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from studio.base.errors import UserError
from studio.base.scaled import scaled
from studio.base.targets import MaskFile, Target
from studio.imaging.class_places import UNDECIDED, class_places, shrink_mask
from studio.imaging.masks import read_mask
from studio.imaging.showing import read_shown_sized
from studio.jobs.frames import write_frame
from studio.jobs.messages import FrameWritten, ShowAnswered
from studio.runs.run import Run


def show_answered(request: ShowAnswered) -> FrameWritten:
    """Two pictures in one frame, the label's first. Raises UserError when the picture or a mask cannot be read."""
    run = Run(Path(request.run))
    facts = run.facts()
    path = _inside(Path(facts.image_root), request.image)
    image_hwc, (width_px, height_px) = read_shown_sized(path, max_side_px=request.max_side_px, channel=request.channel)
    high, wide = image_hwc.shape[:2]
    label, answer = (
        scaled(target, wide / width_px, high / height_px) for target in (request.target, request.predicted)
    )
    masks = ""
    if isinstance(label, MaskFile) or isinstance(answer, MaskFile):
        classes = len(facts.classes)
        layers = [
            _mask(Path(facts.image_root), label, classes, (wide, high)),
            _mask(run.folder, answer, classes, (wide, high)),
        ]
        masks = write_frame(np.stack(layers))
    frame = write_frame(np.stack([image_hwc, image_hwc]))
    return FrameWritten(
        frame=frame, shape=(2, *image_hwc.shape), paths=(str(path),) * 2, targets=(label, answer), masks=masks
    )


def _inside(folder: Path, name: str) -> Path:
    parts = PurePosixPath(name)
    if parts.is_absolute() or ".." in parts.parts:
        raise UserError(f"'{name}' does not lie in the folder of the pictures.", "Train again.")
    return folder / parts


def _mask(folder: Path, target: Target | None, classes: int, size_wh: tuple[int, int]) -> NDArray[np.uint8]:
    if not isinstance(target, MaskFile):
        return np.full(size_wh[::-1], UNDECIDED, dtype=np.uint8)
    return shrink_mask(class_places(read_mask(folder / target.path), classes, target.values), size_wh)
