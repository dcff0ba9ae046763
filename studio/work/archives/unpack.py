"""Which kind of archive a file is, by its first bytes, and how it is unpacked."""

import tarfile
from pathlib import Path

from studio.base.errors import UserError
from studio.imaging.refusal import not_reachable, shown
from studio.work.archives.seven_zip import unpack_7z
from studio.work.archives.tar_archive import COMPRESSED, unpack_tar
from studio.work.archives.unpacking import Unpacking
from studio.work.archives.zip_archive import unpack_zip
from studio.work.build import Surroundings

_TAR_MARK = (257, b"ustar")  # POSIX.1-1988, in the header of the first entry


def unpack(archive: Path, folder: Path, most_bytes: int, around: Surroundings) -> None:
    """Write all files of an archive into an empty folder.

    Raises UserError, with the entry's name, for everything that would lead out of the folder, for links and devices,
    for more bytes than allowed, for passwords and damage; Stopped when that is wanted.
    """
    try:
        with open(archive, "rb") as file:
            beginning = file.read(512)
    except OSError as error:
        raise not_reachable(archive, error) from error
    job = Unpacking(archive, folder, most_bytes, around)
    if beginning.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        unpack_zip(job)
    elif beginning.startswith(b"7z\xbc\xaf\x27\x1c"):
        unpack_7z(job)
    elif beginning.startswith(tuple(COMPRESSED)) or _is_tar(beginning):
        unpack_tar(job)
    elif beginning.startswith(b"Rar!"):
        raise UserError(
            f"{shown(archive)} is a RAR archive, which is not read here.",
            "Unpack it with another program and choose the folder as the source.",
        )
    else:
        raise UserError(f"{shown(archive)} is not an archive.", "Choose a .zip, .tar, .tar.gz, .tgz or .7z file.")


def _is_tar(beginning: bytes) -> bool:
    place, mark = _TAR_MARK
    if beginning[place:].startswith(mark):
        return True
    try:  # tar before POSIX has no mark, but a checksum
        tarfile.TarInfo.frombuf(beginning, "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True
