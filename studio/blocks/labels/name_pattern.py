"""A regular expression that finds the class in a picture's path."""

from typing import ClassVar, Literal

from studio.base.targets import TargetKind
from studio.blocks.block import Step, setting
from studio.blocks.labels.corrected import Corrected


class NamePattern(Corrected):
    """The class of a picture is a part of its path, found by a regular expression.

    The group called `label` counts, written `(?P<label>...)`; without one the first group. Corrections made on the
    Label page win over it.
    """

    title: ClassVar[str] = "Part of the file name"
    step: ClassVar[Step] = "labels"
    icon: ClassVar[str] = "labels"
    origin: ClassVar[str] = "From a part of its name"
    gives: ClassVar[tuple[TargetKind, ...]] = ("class",)

    kind: Literal["name_pattern"] = "name_pattern"
    pattern: str = setting(
        r"([^/]+)_\d+\.[^.]+$",
        title="Expression",
        widget="pattern",
        min_length=1,
        help="A regular expression; what its first pair of brackets holds is the class, as 'rose' of 'rose_12.jpg'.",
    )
    search: Literal["path", "name"] = setting(
        "path",
        title="Search in",
        help="The path begins below the source's folder and has forward slashes on every system.",
        words={"path": "The whole path", "name": "The file name only"},
    )

    def summary(self) -> str:
        return f"Class is what '{self.pattern}' finds"
