"""What the tests of labelers start from: a table of a folder's pictures, and tables that need no pictures."""

from collections.abc import Callable
from pathlib import Path

import pytest

import studio.work.table  # registers every builder
from studio.blocks.block import Block
from studio.blocks.source.folder import Folder
from studio.blocks.table import DataTable, Finding, Row
from studio.work.build import Surroundings, build

assert studio.work.table

Labeled = tuple[DataTable, list[Finding]]


@pytest.fixture
def label_folder() -> Callable[..., Labeled]:
    """(folder, block) to the table of the folder's pictures, labeled by the block, and what the block said."""

    def label(folder: Path, block: Block, around: Surroundings | None = None) -> Labeled:
        around = around or Surroundings()
        table = DataTable(root="")
        assert not [f for f in build(Folder(path=str(folder)), table, around) if f.level == "error"]
        return table, build(block, table, around)

    return label


@pytest.fixture
def label_csv(tmp_path: Path) -> Callable[..., Labeled]:
    """(text of a CSV, block, names) to a table of pictures with these names, labeled by the block from that CSV."""

    def label(
        text: str, block: type[Block], images: tuple[str, ...] = ("a.png", "b.png"), **settings: object
    ) -> Labeled:
        (tmp_path / "labels.csv").write_text(text, encoding="utf-8")
        table = DataTable(root=str(tmp_path), rows=[Row(image) for image in images])
        return table, build(block(**{"table": "labels.csv", **settings}), table, Surroundings())  # type: ignore[arg-type]

    return label
