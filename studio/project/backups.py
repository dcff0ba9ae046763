"""Copies of a project's SQLite file, each checked when it is made. The pictures are not in them."""

import os
import re
import shutil
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from studio.base.errors import UserError
from studio.base.files import cannot_write, sync_folder
from studio.project.database import Database, damaged, in_words
from studio.project.layout import backups_folder, database_file, take_lock

KEPT = 7
_EVERY = timedelta(days=1)
_TIME = "%Y-%m-%dT%H%M%S"
_DAILY = re.compile(r"\d{4}-\d\d-\d\dT\d{6}\.sqlite")


def back_up_if_old(database: Database) -> Path | None:
    """A new copy when the newest is older than a day and there is work to lose; the oldest beyond seven go.

    Raises UserError.
    """
    if database.row("SELECT 1 FROM edit LIMIT 1") is None:
        return None
    copies = daily_copies(database.path.parent)
    now = datetime.now(UTC)
    if copies:
        age = now - datetime.strptime(copies[-1].stem, _TIME).replace(tzinfo=UTC)
        # A copy from the future comes from a clock that was wrong.
        if timedelta(0) <= age < _EVERY:
            return None
    copy = back_up(database, f"{now.strftime(_TIME)}.sqlite")
    for old in daily_copies(database.path.parent)[:-KEPT]:
        old.unlink(missing_ok=True)
    return copy


def daily_copies(folder: Path) -> list[Path]:
    """The regular copies of a project, oldest first."""
    return sorted(path for path in backups_folder(folder).glob("*.sqlite") if _DAILY.fullmatch(path.name))


def back_up(database: Database, name: str) -> Path:
    """A checked copy under this name, whole or not there at all.

    Raises UserError when it cannot be written, or when it shows that the project is damaged.
    """
    folder = backups_folder(database.path.parent)
    copy, unfinished = folder / name, folder / f".{name}.part"
    try:
        folder.mkdir(exist_ok=True)
        # What a killed process has left.
        for old in folder.glob(".*.part*"):
            old.unlink(missing_ok=True)
        with closing(sqlite3.connect(unfinished)) as target:
            database.connection.backup(target)
            # Without the write-ahead log the copy is one file, which may be carried about.
            target.execute("PRAGMA journal_mode = DELETE")
            report = target.execute("PRAGMA integrity_check").fetchone()[0]
            if report != "ok":
                raise damaged(database.path, report)
        _sync(unfinished)
        os.replace(unfinished, copy)
        sync_folder(folder)
    except sqlite3.Error as error:
        raise in_words(copy, error) from error
    except OSError as error:
        raise cannot_write(copy, error) from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return copy


def restore(folder: Path, copy: Path, holder: str = "") -> Path:
    """Put a copy in the place of the project's file; gives the folder that the old file and its log were moved to.

    Raises UserError when the copy is damaged, nothing can be written, or the project is open somewhere.
    """
    try:
        with closing(sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro", uri=True)) as source:
            report = source.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.Error as error:
        raise in_words(copy, error) from error
    if report != "ok":
        raise UserError(f"The copy {copy} is damaged too: {report}.", "Restore an older copy.")
    lock = take_lock(folder, holder)
    try:
        return _put_in_place(database_file(folder), copy)
    except OSError as error:
        raise cannot_write(database_file(folder), error) from error
    finally:
        lock.release()


def _put_in_place(file: Path, copy: Path) -> Path:
    aside = backups_folder(file.parent) / f"replaced-{datetime.now(UTC).strftime(_TIME)}"
    unfinished = file.with_name(f".{file.name}.part")
    shutil.copyfile(copy, unfinished)
    _sync(unfinished)
    aside.mkdir(parents=True)
    # A log left beside another file would be read into it.
    for suffix in ("-wal", "-shm", ""):
        part = file.with_name(file.name + suffix)
        if part.exists():
            os.replace(part, aside / part.name)
    os.replace(unfinished, file)
    sync_folder(file.parent)
    return aside


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
