"""Which column of a table names the pictures, and what has to be put before and behind its cells to find them."""

import posixpath
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from studio.imaging.decode import PICTURE_SUFFIXES
from studio.work.tables.table import Table

CELLS_COMPARED = 300
LEAST_FOUND = 0.1  # of the cells that are compared, so that a column counts at all


@dataclass(frozen=True)
class NamedPictures:
    """The column that names pictures.

    folder, suffix: complete the cells to paths below the table's own folder; `paths` are those of each row below the
    folder that was looked at, "" where no such picture is there.  match_by: "path" where that works for most rows,
    else by what the pictures can be found, "name" or "stem", and `paths` are found that way.
    """

    column: int
    folder: str
    suffix: str
    match_by: Literal["path", "name", "stem"]
    paths: list[str]

    @property
    def found(self) -> list[str]:
        """The pictures that are named and there, each once."""
        return list(dict.fromkeys(path for path in self.paths if path))


class PictureIndex:
    """The pictures of a folder by path, by name and by name without ending."""

    def __init__(self, pictures: Sequence[str]) -> None:
        self.paths = set(pictures)
        self.names: dict[str, str] = {}
        self.stems: dict[str, str] = {}
        for picture in reversed(pictures):
            name = posixpath.basename(picture)
            self.names[name] = picture
            self.stems[posixpath.splitext(name)[0]] = picture

    def find(self, cell: str) -> str:
        """A picture of the name in a cell, whatever folder it is in; "" where there is none."""
        name = posixpath.basename(cell)
        return self.names.get(name) or (self.stems.get(name, "") if not _has_suffix(name) else "")


def find_names(table: Table, table_folder: str, index: PictureIndex) -> NamedPictures | None:
    """The column whose cells name the most pictures; None where no column does.

    table_folder: the folder of the table below the one that was looked at, "" for that itself.
    """
    best: tuple[float, int] = (LEAST_FOUND, -1)
    step = max(1, len(table.rows) // CELLS_COMPARED)
    for column in range(len(table.columns)):
        cells = [cell for row in table.rows[::step] if (cell := _plain(row[column]))]
        if not cells:
            continue
        found = sum(bool(index.find(cell)) for cell in cells) / len(cells)
        is_picture = any(_has_suffix(cell) for cell in cells[:20])
        # A column of small whole numbers names pictures such as 1.png by accident more often than on purpose.
        score = found * min(1.0, len(set(cells)) / len(cells) + 0.2) + (0.05 if is_picture else 0.0)
        best = max(best, (score, column), key=lambda item: item[0])
    return None if best[1] < 0 else _completed(table, best[1], table_folder, index)


def _completed(table: Table, column: int, table_folder: str, index: PictureIndex) -> NamedPictures | None:
    """Find what completes the cells of a column to paths, and the pictures that they name."""
    cells = [_plain(row[column]) for row in table.rows]
    ways: Counter[tuple[str, str]] = Counter()
    for cell in cells[:: max(1, len(cells) // CELLS_COMPARED)]:
        picture = index.find(cell) if cell else ""
        if picture:
            suffix = "" if _has_suffix(cell) else posixpath.splitext(picture)[1]
            if (f"/{picture}").endswith(f"/{cell}{suffix}"):
                ways[picture[: -len(cell + suffix)].rstrip("/"), suffix] += 1
    for (above, suffix), _ in ways.most_common(3):
        paths = [
            _there(posixpath.normpath(posixpath.join(above, cell + suffix)), index) if cell else "" for cell in cells
        ]
        if sum(map(bool, paths)) >= 0.9 * sum(bool(cell and index.find(cell)) for cell in cells):
            folder = posixpath.relpath(above or ".", table_folder or ".")
            return NamedPictures(column, "" if folder == "." else folder, suffix, "path", paths)
    found = [index.find(cell) if cell else "" for cell in cells]
    if not any(found):
        return None
    return NamedPictures(column, "", "", "name" if any(_has_suffix(cell) for cell in cells[:50]) else "stem", found)


def _there(path: str, index: PictureIndex) -> str:
    return path if path in index.paths else ""


def _plain(cell: str) -> str:
    return cell.strip().replace("\\", "/").removeprefix("./")


def _has_suffix(name: str) -> bool:
    return posixpath.splitext(name)[1].lower() in PICTURE_SUFFIXES
