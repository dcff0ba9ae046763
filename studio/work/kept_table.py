"""The table of a recipe kept between requests: while somebody moves a slider the data stays what it was."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from studio.base.targets import MaskFile
from studio.blocks.block import Block
from studio.blocks.recipe import Recipe
from studio.blocks.table import DataTable
from studio.work.build import Surroundings, absolute
from studio.work.table import build_table

# A label file that is changed in place leaves no trace in its folder: it is seen after so long at the latest.
TRUSTED_S = 60

_Identities = dict[Path, tuple[int, int] | None]


class KeptTable:
    """Remembers one table, with what it was made from.

    It is built again when the data blocks, a label of the project, a folder with pictures or masks in it, or a file
    that a block names is different, and from time to time anyway.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._made_from: object = None
        self._made_at = 0.0
        self._is_whole = False
        self._table = DataTable(root="")
        self._seen: _Identities = {}

    def get(self, recipe: Recipe, around: Surroundings, pictures_only: bool = False) -> DataTable:
        """The table, which nobody may change. Raises UserError as `build_table` does."""
        made_from = (
            recipe.task,
            recipe.source,
            recipe.labels,
            recipe.split,
            recipe.model if recipe.model.weights == "run" else None,  # its pictures keep their parts
            around.project_folder,
            around.labels_version,
        )
        is_enough = made_from == self._made_from and (self._is_whole or pictures_only)
        is_fresh = self._clock() - self._made_at < TRUSTED_S
        if not (is_enough and is_fresh and self._seen == {path: _identity(path) for path in self._seen}):
            self._made_from = None
            table, _ = build_table(recipe, around, pictures_only)
            self._is_whole = not pictures_only
            if around.should_stop():  # what was begun is not whole
                return table
            self._table, self._made_from, self._made_at = table, made_from, self._clock()
            self._seen = {path: _identity(path) for path in _sources(recipe, table, around)}
        return self._table


def _sources(recipe: Recipe, table: DataTable, around: Surroundings) -> set[Path]:
    """The folders that the table's files lie in, and the files that its blocks name."""
    root = Path(table.root)
    inside = {PurePosixPath(image).parent for image in _files(table)}
    folders = {root} | {root / folder for each in inside for folder in (each, *each.parents)}
    named = {path for block in (recipe.source, recipe.labels, recipe.split) for path in _named(block, root, around)}
    return folders | named | ({Path(table.file)} if table.file else set())


def _files(table: DataTable) -> Iterator[str]:
    yield from (item.image for item in table.left_out)
    for row in table.rows:
        yield row.image
        if isinstance(row.by_rule, MaskFile):
            yield row.by_rule.path


def _named(block: Block, root: Path, around: Surroundings) -> Iterator[Path]:
    for value in block.model_dump().values():
        for text in value if isinstance(value, tuple) else (value,):
            if isinstance(text, str) and text and "\0" not in text:
                yield from (path for path in (root / text, absolute(text, around)) if _identity(path))


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status.st_size, status.st_mtime_ns
