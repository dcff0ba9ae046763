"""Pictures decoded once: kept a little larger than the model sees them, for every epoch and for the next run."""

import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import islice
from pathlib import Path

from studio.base.errors import UserError
from studio.base.paths import user_folder
from studio.blocks.table import LeftOut
from studio.engine.packs import Pack, PackWriter, evict, mark_used, open_packs, used_bytes
from studio.imaging.decode import read_header
from studio.imaging.identity import cache_key
from studio.imaging.pixels import ImageHWC
from studio.runtime.preprocess import Preprocess

# Changes when `Preprocess.read` gives other pixels for the same file, or packs say something else of them.
PIXELS_VERSION = 3

LIMIT_BYTES = 10 << 30
_PACK_BYTES = 256 << 20  # the most that a killed process loses of what it has decoded

OnProgress = Callable[[int, int], None]


class PictureCache:
    """Gives pictures as `Preprocess.read` does, from packs in the user's cache folder where they are there.

    Safe to read from several threads. A full disk or a used-up limit costs time, never a run: what could not be kept
    is decoded at each use.
    """

    def __init__(
        self, root: Path, preprocess: Preprocess, *, folder: Path | None = None, limit_bytes: int = LIMIT_BYTES
    ) -> None:
        """`root`: the absolute folder that pictures are named below."""
        self.root = root
        self.preprocess = preprocess
        self._top = folder or user_folder("cache") / "pictures"
        width_px, height_px = preprocess.cache_wh
        self.folder = self._top / f"{width_px}x{height_px}px-{preprocess.method}-{PIXELS_VERSION}{_kind(preprocess)}"
        self._limit_bytes = limit_bytes
        self._kept: dict[str, tuple[Pack, str]] = {}
        self.is_full = False

    def read(self, image: str) -> ImageHWC:
        """(height, width, channels). Raises UserError when it is not kept and can no longer be read."""
        kept = self._kept.get(image)
        return kept[0][kept[1]] if kept else self.preprocess.read(self.root / image)

    def read_sized(self, image: str) -> tuple[ImageHWC, tuple[int, int]]:
        """The same, and the upright picture's own size, in whose pixels its labels are given."""
        kept = self._kept.get(image)
        return (
            (kept[0][kept[1]], kept[0].original_wh(kept[1])) if kept else self.preprocess.read_sized(self.root / image)
        )

    def original_wh(self, image: str) -> tuple[int, int]:
        """The upright picture's own size, in whose pixels its labels are given. Raises UserError as `read` does."""
        kept = self._kept.get(image)
        return kept[0].original_wh(kept[1]) if kept else _original_wh(self.root / image)

    def fill(
        self,
        images: Sequence[str],
        threads: int,
        on_progress: OnProgress = lambda done, total: None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> list[LeftOut]:
        """Decode what is not kept yet, and give the pictures that cannot be read, each with its reason.

        Ends early, with what was found until then, when `should_stop()`.
        """
        left_out: list[LeftOut] = []
        keys = self._keys(images, left_out)
        self._take(keys)
        missing = [image for image in images if image in keys and image not in self._kept]
        done = len(images) - len(missing)
        on_progress(done, len(images))
        writing = _Writing(self.folder, self._room_bytes() if missing else 0)
        for image, result in _in_threads(self.preprocess, self.root, missing, threads, should_stop):
            if isinstance(result, UserError):
                left_out.append(_left_out(self.root, image, result))
            else:
                writing.add(keys[image], *result)
            done += 1
            on_progress(done, len(images))
        writing.close()
        self.is_full = writing.is_full
        self._take(keys)
        places = {image: place for place, image in enumerate(images)}
        return sorted(left_out, key=lambda item: places[item.image])

    def _keys(self, images: Sequence[str], left_out: list[LeftOut]) -> dict[str, str]:
        keys = {}
        for image in images:
            try:
                keys[image] = cache_key(self.root / image)
            except UserError as error:
                left_out.append(_left_out(self.root, image, error))
        return keys

    def _take(self, keys: dict[str, str]) -> None:
        """Look the pictures up in the packs that there are."""
        packs = {key: pack for pack in open_packs(self.folder, self.preprocess.dtype) for key in pack}
        self._kept = {image: (packs[key], key) for image, key in keys.items() if key in packs}
        for index in self._in_use():
            mark_used(index)

    def _room_bytes(self) -> int:
        """What may still be written: within the limit, and never more than half of what is free on the disk."""
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            evict(self._top, self._limit_bytes * 3 // 4, self._in_use())
            return min(self._limit_bytes - used_bytes(self._top), shutil.disk_usage(self.folder).free // 2)
        return 0

    def _in_use(self) -> set[Path]:
        return {pack.index for pack, _ in self._kept.values()}


class _Writing:
    """Packs of a limited size, as long as there is room."""

    def __init__(self, folder: Path, room_bytes: int) -> None:
        self._folder = folder
        self._room_bytes = room_bytes
        self._pack: PackWriter | None = None
        self.is_full = False

    def add(self, key: str, image_hwc: ImageHWC, original_wh: tuple[int, int]) -> None:
        self._room_bytes -= image_hwc.nbytes
        if self.is_full or self._room_bytes < 0:
            self.is_full = True
            return
        try:
            self._pack = self._pack or PackWriter(self._folder)
            self._pack.add(key, image_hwc, original_wh)
            if self._pack.size_bytes >= _PACK_BYTES:
                self.close()
        except OSError:
            self._give_up()

    def close(self) -> None:
        if self._pack is None:
            return
        try:
            self._pack.finish()
            self._pack = None
        except (OSError, UserError):
            self._give_up()

    def _give_up(self) -> None:
        self.is_full = True
        if self._pack is not None:
            self._pack.drop()
            self._pack = None


_Read = tuple[ImageHWC, tuple[int, int]]


def _in_threads(
    preprocess: Preprocess, root: Path, images: list[str], threads: int, should_stop: Callable[[], bool]
) -> Iterator[tuple[str, _Read | UserError]]:
    """Each picture and its own size, or why there is none, in order; few enough under way that memory is bounded."""

    def read(image: str) -> _Read | UserError:
        if stopped.is_set():
            return UserError("stopped")
        try:
            return preprocess.read_sized(root / image)
        except UserError as error:
            return error

    stopped = threading.Event()
    with ThreadPoolExecutor(threads) as pool:
        waiting = iter(images)
        under_way: list[tuple[str, Future[_Read | UserError]]] = []
        try:
            while True:
                for image in islice(waiting, 4 * threads - len(under_way)):
                    under_way.append((image, pool.submit(read, image)))
                if not under_way or should_stop():
                    return
                image, future = under_way.pop(0)
                yield image, future.result()
        finally:
            stopped.set()


def _kind(preprocess: Preprocess) -> str:
    """What tells the packs of colours, of greys and of pictures as stored apart."""
    if preprocess.read_as == "stored":
        return f"-{preprocess.channels}x{preprocess.depth_bits}bits"
    return "" if preprocess.read_as == "colour" else f"-{preprocess.read_as}"


def _original_wh(path: Path) -> tuple[int, int]:
    header = read_header(path)
    return header.width_px, header.height_px


def _left_out(root: Path, image: str, error: UserError) -> LeftOut:
    """The reason without the path that stands beside it anyway."""
    reason = error.message.removeprefix(f"{root / image} ")
    return LeftOut(image, reason[:1].upper() + reason[1:])
