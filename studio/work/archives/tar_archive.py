"""Unpacking tar, plain or compressed with gzip, bzip2 or xz."""

import bz2
import gzip
import lzma
import tarfile
import zlib
from typing import IO, Any, BinaryIO, cast

from studio.work.archives.unpacking import CHUNK_BYTES, Unpacking
from studio.work.made_once import checked_stop

COMPRESSED = {b"\x1f\x8b": "gz", b"BZh": "bz2", b"\xfd7zXZ\x00": "xz"}
_LONGEST_READ_BYTES = 16 << 20  # headers are read whole: a longer one is made to fill the memory


def unpack_tar(job: Unpacking) -> None:
    """Write all entries. Raises UserError and Stopped."""
    size_bytes = job.archive.stat().st_size
    try:
        with open(job.archive, "rb") as raw, _opened(raw) as stream:
            forward = cast(BinaryIO, _Forward(stream, job))
            with tarfile.open(fileobj=forward, mode="r:") as packed:
                while (entry := packed.next()) is not None:
                    cast(Any, packed).members.clear()  # it keeps them all otherwise
                    _unpack(job, packed, entry)
                    job.around.on_progress(min(raw.tell(), size_bytes) // 1000, size_bytes // 1000 + 1)
            while forward.read(CHUNK_BYTES):  # to the checksum, which stands at the end
                pass
    # RecursionError: headers that only announce the next one, thousands of them.
    except (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile, RecursionError) as error:
        raise job.damaged(error) from error


def _unpack(job: Unpacking, packed: tarfile.TarFile, entry: tarfile.TarInfo) -> None:
    if entry.isdir():
        return
    if not entry.isreg() or entry.issparse():
        raise job.refused(entry.name, "it is a link or a device")
    content = packed.extractfile(entry)
    assert content is not None  # a regular file has one
    left = entry.size
    with job.begin(entry.name) as file:
        while left:
            chunk = content.read(min(CHUNK_BYTES, left))
            if not chunk:
                raise EOFError("it ends too early")
            job.write(file, chunk)
            left -= len(chunk)


def _opened(raw: BinaryIO) -> IO[bytes]:
    beginning = raw.read(6)
    raw.seek(0)
    kind = next((kind for magic, kind in COMPRESSED.items() if beginning.startswith(magic)), "")
    if kind == "gz":
        return cast(IO[bytes], gzip.GzipFile(fileobj=raw))
    if kind == "bz2":
        return cast(IO[bytes], bz2.BZ2File(raw))
    return cast(IO[bytes], lzma.LZMAFile(raw)) if kind == "xz" else raw


class _Forward:
    """A stream that is read once, from its beginning: tarfile steps back by one byte at most, and decompressors cannot
    go back at all without starting anew."""

    def __init__(self, stream: IO[bytes], job: Unpacking) -> None:
        self._stream = stream
        self._job = job
        self._place = 0
        self._last = b""  # the byte before `_place`
        self._again = b""  # what is read first, after a step back

    def tell(self) -> int:
        return self._place

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= _LONGEST_READ_BYTES:
            raise self._job.refused(self._job.archive.name, "it claims a header of absurd length")
        if size == 0:
            return b""
        checked_stop(self._job.around)
        content = self._again + self._stream.read(size - len(self._again))
        self._again = b""
        self._place += len(content)
        self._job.count(len(content))
        self._last = content[-1:] or self._last
        return content

    def seek(self, place: int, whence: int = 0) -> int:
        if whence != 0 or place < self._place - 1:
            raise tarfile.ReadError("not a tar archive")
        if place == self._place - 1:
            self._again, self._place, self._last = self._last, place, b""
        while self._place < place:
            skipped = self.read(min(CHUNK_BYTES, place - self._place))
            if not skipped:
                break
        return self._place
