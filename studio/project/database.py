"""The connection to a project's SQLite file: reads, transactions, and SQLite's errors in words."""

import errno
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

from studio.base.errors import Bug, UserError
from studio.base.files import cannot_write

Mode = Literal["read", "write", "create"]
Parameters = Sequence[Any] | Mapping[str, Any]

BUSY_TIMEOUT_MS = 5000
ROWS_AT_ONCE = 1000

_PRAGMAS = ("foreign_keys = ON", f"busy_timeout = {BUSY_TIMEOUT_MS}", "trusted_schema = OFF", "cell_size_check = ON")
_WRITER_PRAGMAS = ("journal_mode = WAL", "synchronous = FULL")
_URI_MODES: dict[Mode, str] = {"read": "ro", "write": "rw", "create": "rwc"}

# What the operating system would have said, for SQLite's primary result codes.
_ERROR_NUMBERS = {
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_READONLY: errno.EACCES,
    sqlite3.SQLITE_PERM: errno.EACCES,
    sqlite3.SQLITE_IOERR: errno.EIO,
    sqlite3.SQLITE_CANTOPEN: errno.EIO,
}
_WRONG_USE = (sqlite3.ProgrammingError, sqlite3.InterfaceError)


class Database:
    """One connection, for one thread. What it writes is on the disk when `transaction` ends, or never was."""

    def __init__(self, path: Path, mode: Mode) -> None:
        """Raises UserError when the file cannot be opened."""
        self.path = path
        self.is_writable = mode != "read"
        self._turn = threading.RLock()
        try:
            self.connection = self._connect(_URI_MODES[mode])
        except sqlite3.Error as error:
            raise in_words(path, error) from error

    def _connect(self, uri_mode: str) -> sqlite3.Connection:
        connection = sqlite3.connect(f"{self.path.absolute().as_uri()}?mode={uri_mode}", uri=True, isolation_level=None)
        try:
            connection.row_factory = sqlite3.Row
            for pragma in (*_PRAGMAS, *(_WRITER_PRAGMAS if self.is_writable else ())):
                connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            connection.close()
            raise
        return connection

    def close(self) -> None:
        self.connection.close()

    def beside(self) -> "Database":
        """Another connection to the same file, to be used and closed in the thread that asks for it.

        The transactions of both wait for each other here, and not in SQLite, which would look again now and then.
        """
        other = Database(self.path, "write" if self.is_writable else "read")
        other._turn = self._turn
        return other

    def wait_for_turn(self) -> None:
        """Return when no transaction is under way."""
        with self._turn:
            pass

    def rows(self, sql: str, parameters: Parameters = ()) -> list[sqlite3.Row]:
        """Everything that a query gives. Raises UserError when the file is damaged."""
        try:
            return self.connection.execute(sql, parameters).fetchall()
        except (sqlite3.Error, UnicodeError) as error:
            raise in_words(self.path, error) from error

    def row(self, sql: str, parameters: Parameters = ()) -> sqlite3.Row | None:
        """The first row that a query gives."""
        rows = self.rows(sql, parameters)
        return rows[0] if rows else None

    def columns(self, sql: str, parameters: Parameters = ()) -> list[list[Any]]:
        """Everything that a query gives, as a list for each column: for very many rows."""
        try:
            cursor = self.connection.execute(sql, parameters)
            columns: list[list[Any]] = [[] for _ in cursor.description]
            while rows := cursor.fetchmany(ROWS_AT_ONCE):
                for place, column in enumerate(columns):
                    column.extend([row[place] for row in rows])
            return columns
        except (sqlite3.Error, UnicodeError) as error:
            raise in_words(self.path, error) from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written inside is committed together, or nothing of it.

        Raises UserError when the disk is full or may not be written; the database is then as it was before.
        """
        if not self.is_writable:
            raise UserError(
                f"The project {self.path.parent.name} is open for reading only.", "Open it for writing to change it."
            )
        with self._turn:
            try:
                self.connection.execute("BEGIN IMMEDIATE")
                yield
                self.connection.execute("COMMIT")
            except (sqlite3.Error, UnicodeError) as error:
                self._roll_back()
                raise in_words(self.path, error) from error
            except BaseException:
                self._roll_back()
                raise

    def execute(self, sql: str, parameters: Parameters = ()) -> sqlite3.Cursor:
        """Write inside a transaction; SQLite's errors get their words from it."""
        self._require_transaction()
        return self.connection.execute(sql, parameters)

    def execute_many(self, sql: str, parameters: Iterable[Parameters]) -> None:
        self._require_transaction()
        self.connection.executemany(sql, parameters)

    def _require_transaction(self) -> None:
        if not self.connection.in_transaction:
            raise Bug("a write to the project outside a transaction")

    def _roll_back(self) -> None:
        # SQLite has rolled back by itself after some errors.
        if self.connection.in_transaction:
            with suppress(sqlite3.Error):
                self.connection.execute("ROLLBACK")


def in_words(path: Path, error: sqlite3.Error | UnicodeError) -> Exception:
    """The UserError for what SQLite reports; an error that is our own fault comes back as it is."""
    if isinstance(error, UnicodeEncodeError):
        return UserError(
            f"The name {error.object!r} cannot be stored: it holds bytes that are not text.",
            "Rename the file, then read the folder again.",
        )
    if isinstance(error, UnicodeError):
        return damaged(path, "it holds text that cannot be read")
    if not hasattr(error, "sqlite_errorcode"):
        # Not SQLite's but Python's: a wrong use of it, which is ours, or bytes in the file that are no text.
        return error if isinstance(error, _WRONG_USE) else damaged(path, str(error))
    # The primary result code is the low byte of the extended one.
    code = error.sqlite_errorcode & 0xFF
    if code in _ERROR_NUMBERS:
        return cannot_write(path, OSError(_ERROR_NUMBERS[code], str(error)))
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return damaged(path, str(error))
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return UserError(f"{path} is in use by another program.", "Close that program and try again.")
    return error


def damaged(path: Path, why: str) -> UserError:
    """The words for a file that is not what was written; it is never repaired by guessing."""
    return UserError(
        f"{path} is damaged: {why}.",
        f"The file was left as it is. To go on from a copy, move {path.name}, {path.name}-wal and {path.name}-shm away "
        f"and put the newest file of {path.parent / 'backups'} in their place.",
    )
