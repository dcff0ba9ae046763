"""The table that a data set is: each block adds a column, and says what it found."""

from dataclasses import dataclass, field
from typing import Literal, Protocol, get_args

from studio.base.targets import Skeleton, Target

Part = Literal["", "train", "valid", "test", "unused"]
Level = Literal["error", "warning", "info"]
LabelSource = Literal["person", "import", "model"]
Rule = Literal["folder", "name", "table", "file", "constant", "function"]
RULES: tuple[str, ...] = get_args(Rule)  # what `Row.labeled_by` says of labels that nobody gave in the project


@dataclass(slots=True)
class Row:
    """One picture. `image` is the path below the table's root, with forward slashes; `by_rule` is what the labels
    block alone says, `target` what counts after people's labels.

    cells, line: the row of the source's table that it came from, in the order of `DataTable.columns`, and its line in
    that file counted from 1 (0: from no table). group: what must not be divided (a video's name), where a source knows.
    changed: whether the label is another one than in the run that the model starts from, or new since then.
    """

    image: str
    target: Target | None = None
    labeled_by: str = ""
    part: Part = ""
    by_rule: Target | None = None
    cells: tuple[str, ...] = ()
    line: int = 0
    group: str = ""
    changed: bool = False

    @property
    def is_given(self) -> bool:
        """Whether the label was given in the project, not by the rule."""
        return bool(self.labeled_by) and self.labeled_by not in RULES


@dataclass(frozen=True)
class LeftOut:
    """A file that is not used, and why, in a sentence."""

    image: str
    reason: str


@dataclass(frozen=True)
class Finding:
    """Something the user should know about a step; `field` names the setting to look at, if there is one."""

    level: Level
    message: str
    hint: str = ""
    field: str = ""


@dataclass
class DataTable:
    """The rows so far, and what was left out. `root` is the absolute folder that `Row.image` is relative to.

    columns, file: of the source's table, where it is one. classes: of classes, tags, objects, and masks (by place).
    """

    root: str
    rows: list[Row] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)
    columns: tuple[str, ...] = ()
    file: str = ""
    skeleton: Skeleton | None = None
    number_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class GivenLabel:
    """A label of a label set: the class, who gave it, whether it was reviewed, and what kind of source that is."""

    class_name: str
    given_by: str
    reviewed: bool
    source: LabelSource = field(default="person", compare=False)


class LabelSets(Protocol):
    """What blocks need of a project: its label sets. `studio.project` implements it."""

    def class_names(self, label_set: str) -> list[str]:
        """The classes of a set in their order. Raises UserError when there is no such set."""

    def class_labels(self, label_set: str) -> dict[str, GivenLabel]:
        """The labels of a set by image (path relative to the source folder, forward slashes)."""


class NoLabelSets:
    """The label sets of a recipe that runs without a project: none, so rules alone count."""

    def class_names(self, label_set: str) -> list[str]:
        return []

    def class_labels(self, label_set: str) -> dict[str, GivenLabel]:
        return {}
