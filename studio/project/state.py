"""Small things that the window remembers in the project, as JSON by key. They are not undone."""

import json
from typing import Any

from studio.project.database import Database


class State:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str) -> Any:
        """None when nothing was kept under this key, or it cannot be read any more."""
        row = self._database.row("SELECT value FROM state WHERE key = ?", (key,))
        try:
            return None if row is None else json.loads(row["value"])
        except ValueError:
            return None

    def set(self, key: str, value: Any) -> None:
        """`value` is anything that JSON can hold."""
        text = json.dumps(value)
        with self._database.transaction():
            self._database.execute("INSERT OR REPLACE INTO state (key, value) VALUES (?, ?)", (key, text))
