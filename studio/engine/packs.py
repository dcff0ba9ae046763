"""Files of many decoded pictures one after another, written once and then mapped into memory."""

import json
import math
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np

from studio.base.files import write_all, write_atomically
from studio.imaging.pixels import ImageHWC

# An unfinished pack this old has no writer any more.
_ORPHANED_S = 24 * 3600


class PackWriter:
    """Appends pictures; the pack exists for others from `finish` on, never half of it.

    Raises OSError when the disk is full.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / f"{uuid.uuid4().hex}.pixels"
        self._descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        self._places: dict[str, tuple[int, ...]] = {}
        self.size_bytes = 0

    def add(self, key: str, image_hwc: ImageHWC, original_wh: tuple[int, int]) -> None:
        """`original_wh`: the size of the file's upright picture, in whose pixels labels are given.

        uint8 or uint16, the same for all pictures of a folder of packs.
        """
        write_all(self._descriptor, np.ascontiguousarray(image_hwc).tobytes())
        self._places[key] = (self.size_bytes, *image_hwc.shape, *original_wh)
        self.size_bytes += image_hwc.nbytes

    def finish(self) -> Path:
        """Make it durable, then write the index beside it. Gives the index file."""
        os.fsync(self._descriptor)
        os.close(self._descriptor)
        index = self.path.with_suffix(".json")
        write_atomically(index, json.dumps(self._places).encode())
        return index

    def drop(self) -> None:
        """Forget what was written."""
        with suppress(OSError):
            os.close(self._descriptor)
        self.path.unlink(missing_ok=True)


class Pack:
    """The pictures of a finished pack, read-only and straight from the mapped file."""

    def __init__(self, index: Path, dtype: type[np.uint8] | type[np.uint16] = np.uint8) -> None:
        """Raises OSError or ValueError when another process has just removed it, or it is damaged."""
        self.index = index
        self._places: dict[str, list[int]] = json.loads(index.read_bytes())
        # Seen as a plain array: numpy takes several times as long to cut a piece from a memmap.
        self._pixels = np.asarray(np.memmap(index.with_suffix(".pixels"), dtype=dtype, mode="r"))
        if self._pixels.itemsize > 1:  # from bytes to places in the array
            size = self._pixels.itemsize
            self._places = {key: [start // size, *rest] for key, (start, *rest) in self._places.items()}
        end = max((start + math.prod(shape[:3]) for start, *shape in self._places.values()), default=0)
        if end > len(self._pixels):
            raise ValueError(f"{index} names pixels that are not there")

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __getitem__(self, key: str) -> ImageHWC:
        start, *shape = self._places[key][:4]
        return self._pixels[start : start + math.prod(shape)].reshape(shape)

    def original_wh(self, key: str) -> tuple[int, int]:
        """The size that the picture had in its file, upright."""
        width_px, height_px = self._places[key][4:]
        return width_px, height_px


def open_packs(folder: Path, dtype: type[np.uint8] | type[np.uint16] = np.uint8) -> list[Pack]:
    """All finished packs in a folder, whose pictures are of this kind; damaged ones are removed."""
    packs = []
    for index in sorted(folder.glob("*.json")):
        try:
            packs.append(Pack(index, dtype))
        except (OSError, ValueError):
            remove_pack(index)
    return packs


def used_bytes(folder: Path) -> int:
    """What all packs of a folder and those below it take."""
    return sum(_size(path) for path in folder.rglob("*.pixels"))


def evict(folder: Path, limit_bytes: int, keep: set[Path]) -> None:
    """Remove the packs that were not used for longest until the rest fits; those in `keep` (index files) stay."""
    for path in folder.rglob("*.pixels"):
        index = path.with_suffix(".json")
        if not index.exists() and time.time() - _used_at(path) > _ORPHANED_S:
            path.unlink(missing_ok=True)
    indexes = sorted(folder.rglob("*.json"), key=_used_at)
    for index in indexes:
        if used_bytes(folder) <= limit_bytes:
            return
        if index not in keep:
            remove_pack(index)


def remove_pack(index: Path) -> None:
    """The index first: pixels without one are nobody's. A file that is in use elsewhere may stay (Windows)."""
    with suppress(OSError):
        index.unlink(missing_ok=True)
        index.with_suffix(".pixels").unlink(missing_ok=True)


def mark_used(index: Path) -> None:
    with suppress(OSError):
        os.utime(index)


def _used_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
