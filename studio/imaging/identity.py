"""Whether a file is still the one that was seen before: the keys of caches."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from studio.imaging.refusal import not_reachable

_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class FileIdentity:
    """Length and time of last change. No inode or device: those differ after a copy or on another mount."""

    size_bytes: int
    mtime_ns: int

    def __str__(self) -> str:
        return f"{self.size_bytes:x}-{self.mtime_ns:x}"


def file_identity(path: Path) -> FileIdentity:
    """Length and time of a file. Raises UserError when it is gone or may not be looked at."""
    try:
        status = os.stat(path)
    except (OSError, ValueError) as error:
        raise not_reachable(Path(path), error) from error
    return FileIdentity(status.st_size, status.st_mtime_ns)


def identity(path: Path) -> str:
    """A short text that changes when the file does; costs one look at the folder entry, nothing is read.

    Two different files may share it (unpacked together, of one length), so a cache names the path beside it: see
    `cache_key`. A change that keeps both length and time goes unnoticed: see `content_hash`.
    """
    return str(file_identity(path))


def cache_key(path: Path, *parts: object) -> str:
    """32 hexadecimal digits for one file as it is now, and whatever else the cached thing depends on."""
    fields = (os.path.abspath(path), identity(path), *map(str, parts))
    text = "\0".join(fields).encode("utf-8", "surrogateescape")
    return hashlib.blake2b(text, digest_size=16).hexdigest()


def content_hash(path: Path) -> str:
    """40 hexadecimal digits (BLAKE2b) of what is in the file, wherever it lies. Raises UserError as above."""
    digest = hashlib.blake2b(digest_size=20)
    try:
        with open(path, "rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                digest.update(chunk)
    except (OSError, ValueError) as error:
        raise not_reachable(Path(path), error) from error
    return digest.hexdigest()
