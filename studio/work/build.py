"""How a data block does its work on the table: one builder for each source, labeler and split."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import singledispatch
from pathlib import Path

from studio.base.errors import Bug
from studio.blocks.block import Block
from studio.blocks.table import DataTable, Finding, LabelSets, NoLabelSets

OnProgress = Callable[[int, int], None]


@dataclass(frozen=True)
class Surroundings:
    """What builders may use besides the table. `labels_version` is another text whenever a label or a class is.

    checks_pictures: whether a source opens every picture to find those that are broken; a guess has no time for that.
    """

    label_sets: LabelSets = field(default_factory=NoLabelSets)
    project_folder: Path | None = None
    labels_version: str = ""
    checks_pictures: bool = True
    on_progress: OnProgress = lambda done, total: None
    should_stop: Callable[[], bool] = lambda: False


@singledispatch
def build(block: Block, table: DataTable, around: Surroundings) -> list[Finding]:
    """Let a block do its work on the table, in place. One builder is registered for each source, labeler and split."""
    raise Bug(f"no builder for the block {block!r}")


def absolute(path: str, around: Surroundings) -> Path:
    """A path from a block's settings; a relative one is inside the project's folder."""
    given = Path(path).expanduser()
    return (given if given.is_absolute() or around.project_folder is None else around.project_folder / given).absolute()


def inside(table: DataTable, path: str, around: Surroundings) -> Path:
    """A file that a labeler or a split names: beside the pictures where it is there, else as `absolute`."""
    beside = Path(table.root) / Path(path).expanduser()
    return beside if beside.exists() else absolute(path, around)
