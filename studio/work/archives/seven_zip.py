"""Unpacking 7z."""

import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from studio.base.errors import UserError
from studio.work.archives.unpacking import Unpacking
from studio.work.made_once import Stopped


def unpack_7z(job: Unpacking) -> None:
    """Write all entries. Raises UserError and Stopped."""
    import py7zr

    try:
        with py7zr.SevenZipFile(job.archive, "r") as packed:
            if packed.needs_password():
                raise job.encrypted()
            entries = list(packed.files)
            job.expect(len(entries), sum(entry.uncompressed or 0 for entry in entries))
            for entry in entries:
                if entry.is_symlink or entry.is_junction or entry.is_socket:
                    raise job.refused(entry.filename, "it is a link or a device")
            wanted = {entry.filename for entry in entries if not entry.is_directory}
            _refuse_names(job, [entry.filename for entry in entries if not entry.is_directory])
            writers = _make_writers(job, len(wanted))
            try:
                packed.extractall(job.folder, factory=writers)
            except Exception:
                # A writer that refuses ends the reading with an error of py7zr's own; ours says why.
                if writers.refusal is not None:
                    raise writers.refusal from None
                raise
            if writers.refusal is not None:
                raise writers.refusal
    except py7zr.exceptions.PasswordRequired as error:
        raise job.encrypted() from error
    except (UserError, Stopped):
        raise
    except py7zr.exceptions.AbsolutePathError as error:
        raise job.refused(str(error) or job.archive.name, "it is an absolute path") from error
    except py7zr.exceptions.UnsupportedCompressionMethodError as error:
        raise job.refused(job.archive.name, "it is packed in a way that is not read here") from error
    except (py7zr.exceptions.ArchiveError, lzma.LZMAError, EOFError, ValueError, TypeError, IndexError) as error:
        raise job.damaged(error) from error


def _refuse_names(job: Unpacking, names: list[str]) -> None:
    """All names before the first byte: py7zr would bend some of them instead of refusing."""
    probe = Unpacking(job.archive, job.folder, 1, job.around)
    for name in names:
        probe.claim(name)


def _make_writers(job: Unpacking, files: int) -> Any:
    """What py7zr asks for a place to write to; it is imported at use, so its base classes are known only here."""
    from py7zr.io import Py7zIO, WriterFactory

    class Writer(Py7zIO):
        _file: BinaryIO | None = None

        def __init__(self, writers: "Writers", name: str) -> None:
            self._writers = writers
            self._name = name
            self._size = 0

        def open(self) -> None:
            self._file = job.begin(self._name)

        def write(self, s: bytes | bytearray) -> int:
            self._writers.guarded(lambda: self._put(bytes(s)))
            return len(s)

        def _put(self, content: bytes) -> None:
            assert self._file is not None  # opened by the factory
            job.count(len(content))
            job.write(self._file, content)
            self._size += len(content)

        def read(self, size: int | None = None) -> bytes:
            return b""

        def seek(self, offset: int, whence: int = 0) -> int:
            return 0

        def flush(self) -> None:
            return None

        def size(self) -> int:
            return self._size

        def close(self) -> None:
            if self._file is not None:
                self._file.close()
                self._file = None
                self._writers.finish_one()

    class Writers(WriterFactory):
        def __init__(self) -> None:
            self.refusal: Exception | None = None
            self._done = 0

        def create(self, filename: str) -> Writer:
            writer = Writer(self, Path(filename).relative_to(job.folder).as_posix())
            self.guarded(writer.open)
            return writer

        def guarded(self, work: Callable[[], None]) -> None:
            try:
                work()
            except (UserError, Stopped) as refusal:
                self.refusal = self.refusal or refusal
                raise

        def finish_one(self) -> None:
            self._done += 1
            job.around.on_progress(self._done, files)

    return Writers()
