"""What lies where in a project's folder, making a new one, and the lock of the one who writes it."""

import os
import shutil
import sqlite3
import uuid
from pathlib import Path

from studio.base.errors import UserError
from studio.base.files import cannot_write, sync_folder
from studio.base.locks import FileLock
from studio.project import migrations
from studio.project.database import Database, in_words

SUFFIX = ".studio"


def database_file(folder: Path) -> Path:
    return folder / "project.sqlite"


def lock_file(folder: Path) -> Path:
    return folder / "lock"


def runs_folder(folder: Path) -> Path:
    return folder / "runs"


def grabs_folder(folder: Path) -> Path:
    return folder / "grabs"


def backups_folder(folder: Path) -> Path:
    return folder / "backups"


def with_suffix(folder: Path) -> Path:
    """The project's folder has the ending that shows what it is."""
    return folder if folder.suffix == SUFFIX else folder.with_name(folder.name + SUFFIX)


def make(folder: Path) -> None:
    """A new, empty project: made beside its place and moved there, so that it is whole or not there at all.

    Raises UserError when there is something in the folder, or it cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(
            f"{folder} exists already and is not empty.", "Choose another name, or open it if it is a project."
        )
    unfinished = folder.with_name(f".{folder.name}.{uuid.uuid4().hex[:8]}")
    try:
        unfinished.mkdir(parents=True)
        for inner in (runs_folder, grabs_folder, backups_folder):
            inner(unfinished).mkdir()
        _make_database(unfinished)
        sync_folder(unfinished)
        if folder.exists():
            folder.rmdir()
        os.rename(unfinished, folder)
        sync_folder(folder.parent)
    except OSError as error:
        raise cannot_write(folder, error) from error
    finally:
        if unfinished.exists():
            shutil.rmtree(unfinished, ignore_errors=True)


def take_lock(folder: Path, holder: str) -> FileLock:
    """The lock on writing a project, taken for `holder`. Raises UserError naming whoever has it."""
    lock = FileLock(lock_file(folder))
    try:
        is_taken = lock.acquire(holder or f"process {os.getpid()}")
    except OSError as error:
        raise cannot_write(folder, error) from error
    if not is_taken:
        raise UserError(
            f"The project {folder.name} is in use by {lock.holder() or 'another process'}.",
            "Close it there first; reading it is possible at any time.",
        )
    return lock


def _make_database(folder: Path) -> None:
    database = Database(database_file(folder), "create")
    try:
        migrations.apply(database.connection, migrations.MIGRATIONS)
    except sqlite3.Error as error:
        raise in_words(database.path, error) from error
    finally:
        database.close()
