"""The table that a data set is: each block adds a column, and says what it found."""

from dataclasses import dataclass, field
from typing import Literal, Protocol

Part = Literal["", "train", "valid", "unused"]
Level = Literal["error", "warning", "info"]
LabelSource = Literal["person", "import", "model"]


@dataclass(slots=True)
class Row:
    """One picture. `image` is the path below the table's root, with forward slashes; `by_rule` is what the labels
    block alone says, `target` what counts after people's labels."""

    image: str
    target: str | None = None
    labeled_by: str = ""
    part: Part = ""
    by_rule: str | None = None


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
    """The rows so far, and what was left out. `root` is the absolute folder that `Row.image` is relative to."""

    root: str
    rows: list[Row] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)


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
