"""The pictures of a project as the last scan found them, and the folder that they are in."""

import os
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from pathlib import Path, PurePosixPath

from studio.base.errors import UserError
from studio.project.changes import Changes
from studio.project.database import Database
from studio.project.image_list import ImageEntry, ImageList

__all__ = ["ImageEntry", "ImageList", "Images"]
PORTION = 2_000  # rows that are written together: some ten milliseconds, which an edit may have to wait

_Row = tuple[object, ...]
_Write = tuple[str, list[_Row]]  # a statement, and the parameters of each time that it is run
_PUT_ROOT = "INSERT OR REPLACE INTO image_root (id, absolute, relative) VALUES (1, ?, ?)"
_PUT = (
    "INSERT INTO image (path, position, rule_target, part) VALUES (?, ?, ?, ?) ON CONFLICT (path) "
    "DO UPDATE SET position = excluded.position, rule_target = excluded.rule_target, part = excluded.part"
)


class Images:
    """Mirrors the disk, so it is not undone. Pictures are linked, never copied."""

    def __init__(self, database: Database, project_folder: Path) -> None:
        self._database = database
        self._project_folder = project_folder

    def take(self, root: Path, entries: Iterable[ImageEntry], replace: bool) -> Changes:
        """These are the project's pictures, in this order; without `replace` they come behind the others.

        All is written, or nothing of it.
        """
        images = entries if isinstance(entries, ImageList) else ImageList.of(entries)
        portions = self._portions(root, images if replace else self.all().with_more(images))
        first = next(portions, None)
        if first is None:
            return Changes()
        with self._database.transaction():
            for portion in chain([first], portions):
                self._write(portion)
        return Changes(images=True)

    def take_in_portions(self, root: Path, images: ImageList, may_go_on: Callable[[], bool]) -> Iterator[int]:
        """As `take`, but each portion is a transaction of its own, after which its number is given, from 1 on.

        It ends early when `may_go_on` says so, which is asked when nothing else can be written any more. What is
        left then, or by a kill, is an old list with some new rows in it: taking the same pictures again completes it.
        """
        for number, portion in enumerate(self._portions(root, images), start=1):
            with self._database.transaction():
                if not may_go_on():
                    return
                self._write(portion)
            yield number

    def _write(self, portion: list[_Write]) -> None:
        for statement, parameters in portion:
            self._database.execute_many(statement, parameters)

    def _portions(self, root: Path, images: ImageList) -> Iterator[list[_Write]]:
        """What must be written so that these are the pictures; none where they are already."""
        absolute, relative = str(root.resolve()), _relative(root, self._project_folder)
        stored = self._database.row("SELECT absolute, relative FROM image_root")
        if stored is not None and tuple(stored) == (absolute, relative):
            columns = self._database.columns("SELECT path, position, rule_target, part FROM image")
            gone = ((path,) for path in columns[0] if path not in images.places)
            yield from ([("DELETE FROM image WHERE path = ?", rows)] for rows in _cut(gone))
        else:
            # Paths below another folder are other pictures: none of them may be looked for below the new one.
            yield [(_PUT_ROOT, [(absolute, relative)]), ("DELETE FROM image", [()])]
            columns = [[], [], [], []]
        yield from ([(_PUT, rows)] for rows in _cut(_differing(images, *columns)))

    def count(self) -> int:
        row = self._database.row("SELECT count(*) FROM image")
        return int(row[0]) if row else 0

    def all(self, start: int = 0, limit: int | None = None) -> ImageList:
        """From the `start`-th on, in the order of the scan."""
        columns = self._database.columns(
            "SELECT path, rule_target, part FROM image ORDER BY position, path LIMIT ? OFFSET ?",
            (-1 if limit is None else limit, start),
        )
        return ImageList(*columns)

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


def _differing(
    images: ImageList, paths: list[str], positions: list[int], rule_targets: list[str | None], parts: list[str]
) -> Iterator[_Row]:
    """The rows to write, where those are stored: one after another, since very many at once keep the collector busy.

    Positions only ascend: a picture that is gone from the middle moves none of the others.
    """
    places = dict(zip(paths, range(len(paths)), strict=True))
    last = -1
    for path, rule_target, part in zip(images.paths, images.rule_targets, images.parts, strict=True):
        place = places.get(path)
        if place is None or positions[place] <= last:
            last += 1
        else:
            last = positions[place]
            if rule_targets[place] == rule_target and parts[place] == part:
                continue
        yield path, last, rule_target, part


def _cut(rows: Iterator[_Row]) -> Iterator[list[_Row]]:
    while portion := list(islice(rows, PORTION)):
        yield portion


def _relative(root: Path, project_folder: Path) -> str | None:
    """The way from the project to the pictures, with forward slashes; None when they are on different drives."""
    try:
        return Path(os.path.relpath(root.resolve(), project_folder.resolve())).as_posix()
    except ValueError:
        return None
