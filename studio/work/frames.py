"""Pictures out of a video: which ones, and where they are kept; each is taken out once."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio.base.files import cannot_write
from studio.blocks.source.video import Video
from studio.imaging.identity import identity
from studio.imaging.video import FrameReader, open_video
from studio.work.build import Surroundings
from studio.work.made_once import alone, checked_stop, facts_of, keep_facts, source_text, unfinished_beside

_JPEG_QUALITY = 95
_COMPARED_PX = 64  # pictures are compared at this size: noise and small shifts do not count as a change
_CHANGED = 25  # of 255: a place this much darker or lighter looks different; noise and flicker stay below

ImageHWC = NDArray[np.uint8]


@dataclass(frozen=True)
class FramesTaken:
    """The names of a video's pictures inside its folder, in order, and how many the file promised but did not give."""

    names: list[str]
    missing: int = 0


def take_frames(video: Path, folder: Path, block: Video, around: Surroundings) -> FramesTaken:
    """The pictures that the block wants of a video, taken out into `folder` unless they are there.

    Those taken for other settings stay: a run or a label may know them. Raises UserError when the video cannot be
    read or the pictures cannot be written, Stopped when that is wanted; then the folder is as it was.
    """
    settings = _settings_text(block)
    with alone(folder, around):
        facts = facts_of(folder)
        is_same = facts.get("identity") == (identity(video) if video.exists() else facts.get("identity"))
        sets: dict[str, Any] = facts.get("sets", {}) if is_same else {}
        known = sets.get(settings)
        if known is not None and _is_complete(folder, known["sizes"]):
            return FramesTaken(list(known["sizes"]), known["missing"])
        with unfinished_beside(folder) as unfinished:
            taken = _extract(video, unfinished, block, around)
            sizes = {name: (unfinished / name).stat().st_size for name in taken.names}
            folder.mkdir(exist_ok=True)
            for name in taken.names:
                os.replace(unfinished / name, folder / name)
        sets = sets | {settings: {"sizes": sizes, "missing": taken.missing}}
        keep_facts(folder, {"source": source_text(video, around), "identity": identity(video), "sets": sets})
        return taken


def _settings_text(block: Video) -> str:
    rule = f"every {block.every}" if block.take == "every" else f"change {block.change_percent:g} %"
    return f"{rule}, at most {block.most}, {block.stored_as}"


def _is_complete(folder: Path, sizes: dict[str, int]) -> bool:
    """Whether all pictures are there in full: after a power cut a file may be there without its content."""
    try:
        with os.scandir(folder) as entries:
            there = {entry.name: entry.stat().st_size for entry in entries if entry.name in sizes}
    except OSError:
        return False
    return there == sizes


def _extract(video: Path, folder: Path, block: Video, around: Surroundings) -> FramesTaken:
    names: list[str] = []
    suffix = ".jpg" if block.stored_as == "jpeg" else ".png"
    with open_video(video) as reader:
        last = -1
        for last, image_hwc in _wanted(reader, block, around):
            if image_hwc is None:
                continue
            name = f"{last:06d}{suffix}"
            _write(folder / name, image_hwc, block)
            names.append(name)
            if len(names) == block.most:
                return FramesTaken(names)
        return FramesTaken(names, max(0, reader.claimed_frames - 1 - last))


def _wanted(reader: FrameReader, block: Video, around: Surroundings) -> Iterator[tuple[int, ImageHWC | None]]:
    """Number and picture of each that is wanted; a number without a picture for the others."""
    total = max(reader.claimed_frames, 1)
    kept: NDArray[np.float32] | None = None
    for number in reader.numbers():
        checked_stop(around)
        around.on_progress(min(number, total - 1), total)
        if block.take == "every":
            yield number, reader.picture() if number % block.every == 0 else None
            continue
        image_hwc = reader.picture()
        if image_hwc is None:
            yield number, None
            continue
        small = _small(image_hwc)
        has_changed = kept is None or _changed_percent(small, kept) >= block.change_percent
        if has_changed:
            kept = small
        yield number, image_hwc if has_changed else None
    around.on_progress(total, total)


def _small(image_hwc: ImageHWC) -> NDArray[np.float32]:
    """Brightness at a small size, (64, 64) from 0 to 255."""
    grey = Image.fromarray(image_hwc).convert("L")
    return np.asarray(grey.resize((_COMPARED_PX, _COMPARED_PX), Image.Resampling.BOX), dtype=np.float32)


def _changed_percent(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """How much of the picture looks different. Not the mean difference: a small thing that moves hardly shows in it."""
    return float((np.abs(one - other) > _CHANGED).mean()) * 100


def _write(path: Path, image_hwc: ImageHWC, block: Video) -> None:
    picture = Image.fromarray(image_hwc)
    try:
        if block.stored_as == "jpeg":
            picture.save(path, quality=_JPEG_QUALITY, subsampling=0)
        else:
            picture.save(path, compress_level=3)
    except OSError as error:
        raise cannot_write(path, error) from error
