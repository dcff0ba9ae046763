"""What was seen of files, kept in the user's cache: a file that is unchanged is not read again."""

import contextlib
import io
import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from studio.base.errors import UserError
from studio.base.files import write_atomically
from studio.base.paths import user_folder
from studio.work.build import OnProgress

Records = NDArray[np.void]
NOT_SEEN, SEEN, UNREADABLE = 0, 1, 2
STAMP = [("size_bytes", np.int64), ("mtime_ns", np.int64), ("state", np.uint8)]  # what every kind of record begins with
_PORTION = 64
_DAMAGED = (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile)  # what a broken memory raises


class Memory:
    """The records of one kind below one folder, by name. `kind` names the file and changes when its records do."""

    def __init__(self, root: Path, kind: str, fields: list[Any]) -> None:
        name = blake2b(os.fsencode(root), digest_size=12).hexdigest()
        self._path = user_folder("cache") / "health" / f"{name}-{kind}.npz"
        self._fields = np.dtype(fields)

    def recall(self, names: Sequence[str]) -> Records:
        """One record a name: as it is remembered, or NOT_SEEN."""
        records = np.zeros(len(names), dtype=self._fields)
        with contextlib.suppress(*_DAMAGED):
            with np.load(self._path, allow_pickle=False) as kept:
                known: Records = kept["records"]
                places = {name: place for place, name in enumerate(json.loads(kept["names"].tobytes()))}
            if known.dtype == self._fields and len(known) == len(places):
                here = np.array([places.get(name, -1) for name in names], dtype=np.int64)
                records[here >= 0] = known[here[here >= 0]]
        return records

    def keep(self, names: Sequence[str], records: Records) -> None:
        """Only good news is kept: a file that could not be read is looked at again, it may have been mended."""
        good = np.flatnonzero(records["state"] == SEEN)
        text = json.dumps([names[int(place)] for place in good]).encode()
        content = io.BytesIO()
        np.savez(content, names=np.frombuffer(text, dtype=np.uint8), records=records[good])
        with contextlib.suppress(OSError, UserError):  # a memory that cannot be kept costs time only
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self._path, content.getvalue())


def look_at_files(
    root: Path,
    names: Sequence[str],
    memory: Memory,
    read: Callable[[Path, Any], None],
    on_progress: OnProgress,
    should_stop: Callable[[], bool],
) -> tuple[Records, dict[int, str]]:
    """A record for each name, in their order, and why some could not be read, by place.

    `read` fills in a file's record, or raises UserError. Records stay NOT_SEEN when somebody wants the work to stop.
    """
    records = memory.recall(names)
    new = _changed(root, names, records)
    reasons: dict[int, str] = {}

    def look(place: int) -> None:
        record = records[place : place + 1]
        try:
            read(root / names[place], record[0])
            record["state"] = SEEN
        except UserError as error:
            record["state"] = UNREADABLE
            reasons[place] = error.message

    with ThreadPoolExecutor(max_workers=min(8, (os.cpu_count() or 1) + 1)) as pool:
        for start in range(0, len(new), _PORTION):
            if should_stop():
                break
            list(pool.map(look, new[start : start + _PORTION]))
            on_progress(min(start + _PORTION, len(new)), len(new))
    if len(new):
        memory.keep(names, records)
    return records, reasons


def _changed(root: Path, names: Sequence[str], records: Records) -> list[int]:
    """The places of the files that were not seen yet, or differ from what was seen; their records are blank then."""
    stamps = np.full((len(names), 2), -1, dtype=np.int64)
    base = os.fspath(root)
    for place, name in enumerate(names):
        with contextlib.suppress(OSError, ValueError):
            facts = os.stat(f"{base}/{name}")
            stamps[place] = facts.st_size, facts.st_mtime_ns
    kept = np.column_stack([records["size_bytes"], records["mtime_ns"]])
    new = np.flatnonzero((records["state"] != SEEN) | (kept != stamps).any(axis=1))
    records[new] = np.zeros((), dtype=records.dtype)
    records["size_bytes"], records["mtime_ns"] = stamps.T
    return [int(place) for place in new]
