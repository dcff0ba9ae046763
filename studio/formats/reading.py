"""Reading annotations, of whatever format."""

from collections.abc import Callable
from pathlib import Path

from studio.base.errors import UserError
from studio.formats.annotations import Annotations
from studio.formats.detect import Found, detect
from studio.formats.folder import files_below
from studio.formats.gathering import Gathered
from studio.formats.inputs import OnProgress, Reading, SizeWH
from studio.formats.registry import format_named
from studio.imaging.decode import PICTURE_SUFFIXES, read_header
from studio.imaging.refusal import shown


def what_to_read(path: Path, format: str = "auto") -> Found:
    """The file or folder that a path stands for, and its format. Raises UserError where that is not clear."""
    path = path.absolute()
    return detect(path) if format == "auto" else Found(format_named(format), path)


def read_annotations(
    found: Found,
    *,
    size_of: Callable[[str], SizeWH | None] | None = None,
    on_progress: OnProgress = lambda done, total: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Annotations:
    """What a file says, or the files below a folder together.

    size_of: width and height in pixels of an entry's picture; without it, pictures are looked for beside the files.
    Raises UserError where nothing can be read; what is wrong with single entries stands in `problems`.
    """
    files = _files(found)
    gathered = Gathered(found.format.name)
    reading = Reading(found.base, files, size_of or _sizes_beside(found.base), on_progress, should_stop)
    found.format.read(reading, gathered)
    return gathered.finished()


def _files(found: Found) -> tuple[Path, ...]:
    path, kind = found.path, found.format
    if not path.exists():
        raise UserError(f"{shown(path)} does not exist.", "Choose the annotation file, or the folder of them.")
    if not path.is_dir():
        return (path,)
    files = tuple(kind.files(path, list(files_below(path, frozenset(kind.suffixes)))))
    if not files:
        raise UserError(f"There are no files of the format {kind.title} in {shown(path)}.", "Choose another folder.")
    return files


def _sizes_beside(base: Path) -> Callable[[str], SizeWH | None]:
    def size_of(picture: str) -> SizeWH | None:
        path = base / picture
        for suffix in ("", *sorted(PICTURE_SUFFIXES)):
            try:
                candidate = path.with_name(path.name + suffix)
                if candidate.is_file():
                    header = read_header(candidate)
                    return header.width_px, header.height_px
            except (UserError, OSError, ValueError):
                continue
        return None

    return size_of
