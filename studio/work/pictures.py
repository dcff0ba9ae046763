"""Pictures for the window: large ones as frames, small ones from the thumbnail cache."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from studio.base.errors import UserError
from studio.base.paths import user_folder
from studio.imaging.showing import FIRST_THREE, read_shown
from studio.imaging.thumbnail import cached_thumbnail
from studio.jobs.frames import write_frame
from studio.jobs.messages import FrameWritten, ThumbnailMade


def read_large(path: Path, max_side_px: int, channel: int = FIRST_THREE) -> FrameWritten:
    """The picture as a frame, RGB, its longer side at most `max_side_px`. `channel`: what is shown of a picture with
    many, see `studio.imaging.showing`. Raises UserError when it cannot be read."""
    image_hwc = read_shown(path, max_side_px=max_side_px, channel=channel)
    return FrameWritten(frame=write_frame(image_hwc), shape=image_hwc.shape, paths=(str(path),))


def make_thumbnails(
    paths: tuple[str, ...], side_px: int, should_stop: Callable[[], bool], channel: int = FIRST_THREE
) -> Iterator[ThumbnailMade]:
    """A thumbnail for each path, in the order of the paths; a broken picture gives its reason."""
    cache = user_folder("cache") / "thumbnails"

    def make(path: str) -> ThumbnailMade:
        try:
            thumbnail = cached_thumbnail(Path(path), side_px, cache, channel=channel)
        except UserError as error:
            return ThumbnailMade(path=path, thumbnail=None, reason=error.message)
        return ThumbnailMade(path=path, thumbnail=str(thumbnail))

    with ThreadPoolExecutor(max_workers=2) as pool:
        for start in range(0, len(paths), 8):
            if should_stop():
                return
            yield from pool.map(make, paths[start : start + 8])
