"""Why a picture file is not accepted, in words for somebody who did not make it."""

import errno
import os
from pathlib import Path

from studio.base.errors import UserError

SAVE_AGAIN = "Open it in another program and save it as JPEG or PNG, or leave it out."
KEEP_CHANNELS = (
    "To learn from all of its channels, add the transform 'Channels' and let it keep them as they are stored."
)
DAMAGED = "Copy or export it again from where it came from, or leave it out."

# First bytes of what is found in picture folders but is not one of the formats read here.
_FOREIGN = {
    b"8BPS": "a Photoshop document",
    b"\x00\x00\x00\x0cjP  ": "a JPEG 2000 picture",
    b"\xff\x4f\xff\x51": "a JPEG 2000 picture",
    b"\x00\x00\x01\x00": "an icon file",
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a ZIP archive",
    b"Rar!": "a RAR archive",
    b"\x1f\x8b": "a compressed archive",
    b"\xd0\xcf\x11\xe0": "an Office document",
    b"<svg": "an SVG drawing",
    b"<?xml": "an XML text",
    b"<!doctype html": "a web page, not the picture itself",
    b"<html": "a web page, not the picture itself",
    b"version https://git-lfs": "a Git LFS pointer, not the picture itself",
}
_HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"mif1", b"msf1"}

# First bytes of the formats that are read: a file with them is damaged, not something else.
_OWN = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG": "PNG",
    b"II*\x00": "TIFF",
    b"MM\x00*": "TIFF",
    b"II+\x00": "TIFF",
    b"MM\x00+": "TIFF",
    b"GIF8": "GIF",
    b"BM": "BMP",
}
_BEGINNING_BYTES = 32


def shown(path: Path) -> str:
    """A path for a message: line breaks and bytes that are no text are escaped, accents stay."""
    text = str(path).encode("utf-8", "backslashreplace").decode("utf-8")
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def refuse(path: Path, what: str, hint: str) -> UserError:
    """The error for one file: its name, what is wrong with it, what to do."""
    return UserError(f"{shown(path)} {what}.", hint)


def not_reachable(path: Path, error: OSError | ValueError) -> UserError:
    """The words for a file that the system does not hand out."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return refuse(path, "no longer exists", "Put it back, or read the source again to drop it.")
    if isinstance(error, PermissionError):
        return refuse(path, "may not be read: permission denied", "Give yourself the right to read it.")
    if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
        return refuse(path, "could not be opened: too many files are open", "Close other programs and try again.")
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return refuse(path, f"could not be read: {reason}", "Check the disk or the network drive that it is on.")


def too_large(path: Path, size_wh: tuple[int, int] | None, pixel_cap: int) -> UserError:
    """The words for a picture above the pixel cap; the size is unknown where the decoder itself gave up."""
    shape = f"{size_wh[0]} x {size_wh[1]} pixels, " if size_wh else ""
    return refuse(
        path,
        f"is too large: {shape}at most {pixel_cap / 1e6:.0f} megapixels are read",
        "Save it smaller or cut it into parts; a small file that claims such a size is damaged or hostile.",
    )


def not_decoded(path: Path, error: Exception, beginning: bytes, size_bytes: int) -> UserError:
    """The words for a file whose content is no picture, or a broken one.

    Args: the decoder's own exception, the file's first bytes, the file's length.
    """
    if isinstance(error, MemoryError):
        return refuse(path, "needs more memory than there is", "Save it smaller, or close other programs.")
    if isinstance(error, OSError) and error.errno is not None:
        return not_reachable(path, error)
    if _says_truncated(error) or _riff_is_short(beginning, size_bytes):
        return refuse(path, "ends too early: a part of the picture is missing", DAMAGED)
    own = _own_format(beginning)
    if own is not None:
        return refuse(path, f"is damaged: it begins as {own} but cannot be decoded", DAMAGED)
    foreign = _foreign_format(beginning)
    if foreign is not None:
        return refuse(path, f"is {foreign}, which is not read here", SAVE_AGAIN)
    named = f" although it is named {shown(Path(path.suffix))}" if path.suffix else ""
    return refuse(path, f"is not a picture{named}", SAVE_AGAIN)


def beginning_of(descriptor: int) -> bytes:
    """The first bytes of an open file, without moving its position where the system allows that."""
    if hasattr(os, "pread"):
        return os.pread(descriptor, _BEGINNING_BYTES, 0)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return os.read(descriptor, _BEGINNING_BYTES)


def _says_truncated(error: Exception) -> bool:
    text = str(error).lower()
    return "truncat" in text or "unexpected eof" in text or "unexpected end" in text


def _riff_is_short(beginning: bytes, size_bytes: int) -> bool:
    """WebP states its length in bytes 4 to 8 (RIFF container): its decoder does not say what is wrong."""
    return beginning[:4] == b"RIFF" and size_bytes < int.from_bytes(beginning[4:8], "little") + 8


def _own_format(beginning: bytes) -> str | None:
    if beginning[:4] == b"RIFF" and beginning[8:12] == b"WEBP":
        return "WebP"
    if beginning[4:8] == b"ftyp" and beginning[8:12] in (b"avif", b"avis"):
        return "AVIF"
    if beginning[:1] == b"P" and beginning[1:2] in b"123456" and beginning[2:3].isspace():
        return "PPM"
    return next((name for magic, name in _OWN.items() if beginning.startswith(magic)), None)


def _foreign_format(beginning: bytes) -> str | None:
    if beginning[4:8] == b"ftyp":
        return "a HEIC photo" if beginning[8:12] in _HEIF_BRANDS else "a video"
    text = beginning.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return next(
        (name for magic, name in _FOREIGN.items() if beginning.startswith(magic) or text.startswith(magic)), None
    )
