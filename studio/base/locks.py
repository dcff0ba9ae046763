"""A lock on a file that ends with the process holding it, however that process ends."""

import os
import sys
import time
from pathlib import Path
from typing import IO


class FileLock:
    """An exclusive lock on `path`. The file's text names the holder; the lock itself is the operating system's."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[str] | None = None

    def acquire(self, holder: str) -> bool:
        """Take the lock and write `holder` into the file; False when another process has it."""
        file = open(self.path, "a+", encoding="utf-8")  # noqa: SIM115 (kept open: the lock lives with it)
        # Somebody asking for the holder has the lock for an instant: try for a moment before giving up.
        for _ in range(5):
            if _try_lock(file):
                break
            time.sleep(0.02)
        else:
            file.close()
            return False
        file.seek(0)
        file.truncate()
        file.write(holder)
        file.flush()
        self._file = file
        return True

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def holder(self) -> str | None:
        """Who holds the lock now; None when nobody does. Takes the lock for a moment to find out."""
        if not self.path.exists():
            return None
        with open(self.path, "a+", encoding="utf-8") as file:
            if _try_lock(file):
                return None
            file.seek(0)
            return file.read() or "another process"


def _try_lock(file: IO[str]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            # A byte far behind the text: the text stays readable for everybody.
            os.lseek(file.fileno(), 1 << 20, os.SEEK_SET)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
