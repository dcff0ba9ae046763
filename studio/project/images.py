"""The pictures of a project as the last scan found them, and the folder that they are in."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from studio.base.errors import UserError
from studio.blocks.table import Part
from studio.project.changes import Changes
from studio.project.database import Database


@dataclass(frozen=True)
class ImageEntry:
    """One picture: its path below the image root with forward slashes, the class the rule gives it, and its part."""

    path: str
    rule_target: str | None = None
    part: Part = ""


class Images:
    """Mirrors the disk, so it is not undone. Pictures are linked, never copied."""

    def __init__(self, database: Database, project_folder: Path) -> None:
        self._database = database
        self._project_folder = project_folder

    def take(self, root: Path, entries: Iterable[ImageEntry], replace: bool) -> Changes:
        """These are the project's pictures, in this order; without `replace` they come behind the others."""
        entries = list({entry.path: entry for entry in entries}.values())
        absolute, relative = str(root.resolve()), _relative(root, self._project_folder)
        stored = self._database.row("SELECT absolute, relative FROM image_root")
        is_same_root = stored is not None and tuple(stored) == (absolute, relative)
        if is_same_root and entries == (self.all() if replace else self._known(entries)):
            return Changes()
        with self._database.transaction():
            self._database.execute(
                "INSERT OR REPLACE INTO image_root (id, absolute, relative) VALUES (1, ?, ?)", (absolute, relative)
            )
            if replace:
                self._database.execute("DELETE FROM image")
            last = self._database.row("SELECT coalesce(max(position), -1) FROM image")
            first_position = (last[0] if last else -1) + 1
            self._database.execute_many(
                "INSERT INTO image (path, position, rule_target, part) VALUES (?, ?, ?, ?) ON CONFLICT (path) "
                "DO UPDATE SET rule_target = excluded.rule_target, part = excluded.part",
                (
                    (entry.path, first_position + index, entry.rule_target, entry.part)
                    for index, entry in enumerate(entries)
                ),
            )
        return Changes(images=True)

    def count(self) -> int:
        row = self._database.row("SELECT count(*) FROM image")
        return int(row[0]) if row else 0

    def all(self, start: int = 0, limit: int | None = None) -> list[ImageEntry]:
        """From the `start`-th on, in the order of the scan."""
        rows = self._database.rows(
            "SELECT path, rule_target, part FROM image ORDER BY position, path LIMIT ? OFFSET ?",
            (-1 if limit is None else limit, start),
        )
        return [ImageEntry(*row) for row in rows]

    def root(self) -> Path | None:
        """The folder that the pictures' paths start from; None before the first scan.

        Where project and pictures moved together the relative path finds it; else the place where it was.
        """
        row = self._database.row("SELECT absolute, relative FROM image_root")
        if row is None:
            return None
        was = Path(row["absolute"])
        if row["relative"] is None:
            return was
        beside = Path(os.path.normpath(self._project_folder.resolve() / row["relative"]))
        return beside if beside.is_dir() or not was.is_dir() else was

    def path(self, image: str) -> Path:
        """Where a picture is. Raises UserError before the first scan, and for a path that leads out of the root."""
        root = self.root()
        if root is None:
            raise UserError("The project has no pictures yet.", "Choose a folder of pictures on the Blocks page.")
        parts = PurePosixPath(image)
        if parts.is_absolute() or ".." in parts.parts:
            raise UserError(f"'{image}' is not below the folder of the pictures.", "Read the folder again.")
        return root / parts

    def _known(self, entries: Iterable[ImageEntry]) -> list[ImageEntry]:
        known = {entry.path: entry for entry in self.all()}
        return [known[entry.path] for entry in entries if entry.path in known]


def _relative(root: Path, project_folder: Path) -> str | None:
    """The way from the project to the pictures, with forward slashes; None when they are on different drives."""
    try:
        return Path(os.path.relpath(root.resolve(), project_folder.resolve())).as_posix()
    except ValueError:
        return None
