"""What the tests of sources share: small pictures, and a block at work."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.blocks.block import Block
from studio.blocks.table import DataTable, Finding
from studio.work import table as _every_builder  # noqa: F401 (importing it registers the builders)
from studio.work.build import Surroundings, build

Draw = Callable[[Path], Path]
Build = Callable[..., tuple[DataTable, list[Finding]]]


@pytest.fixture
def draw() -> Draw:
    """Makes a small picture, in folders that are made as well."""

    def draw_one(path: Path) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((8, 8, 3), 90, np.uint8)).save(path)
        return path

    return draw_one


@pytest.fixture
def build_source(tmp_path: Path) -> Build:
    """The table and the findings of a source; in a project if one is named."""

    def build_one(block: Block, project: Path | None = None, **around: object) -> tuple[DataTable, list[Finding]]:
        table = DataTable(root="")
        return table, build(block, table, Surroundings(project_folder=project, **around))  # type: ignore[arg-type]

    return build_one
