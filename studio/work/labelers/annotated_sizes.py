"""Whether pictures still have the size that they had when they were annotated."""

from functools import lru_cache
from pathlib import Path

from studio.base.errors import UserError
from studio.base.wording import count_words
from studio.blocks.table import Finding
from studio.imaging.decode import read_header
from studio.imaging.identity import FileIdentity, file_identity

LOOKED_AT = 200

SizeWH = tuple[int, int]


def size_of_picture(path: Path) -> SizeWH | None:
    """Width and height in pixels as the picture is seen; None where it cannot be read."""
    try:
        return _size_of(path, file_identity(path))
    except UserError:
        return None


@lru_cache(maxsize=200_000)  # the labels are read anew at each change of a setting
def _size_of(path: Path, identity: FileIdentity) -> SizeWH:
    header = read_header(path)
    return header.width_px, header.height_px


def size_findings(root: Path, written: list[tuple[str, SizeWH]], file: str) -> list[Finding]:
    """A warning where pictures have another size than a file says; some of them are looked at, evenly spread.

    written: pictures below `root` with the size that the file says.
    """
    looked_at = written[:: max(1, -(-len(written) // LOOKED_AT))]
    found = [(image, size, size_of_picture(root / image)) for image, size in looked_at]
    other = [(image, size, real) for image, size, real in found if real is not None and real != size]
    if not other:
        return []
    image, size, real = other[0]
    message = (
        f"{len(other)} of {count_words(len(looked_at), 'picture')} looked at have another size than {file} says, "
        f"for example {image}: {size[0]} x {size[1]} pixels there, {real[0]} x {real[1]} here."
    )
    if all(real == size[::-1] for _, size, real in other):
        hint = "They were annotated lying on their side: the camera's mark for turning (EXIF) was not followed then."
    else:
        hint = "The pictures were made smaller or larger afterwards; the annotations are elsewhere in them now."
    return [Finding("warning", message, hint, "path")]
