"""Labels made in this project."""

from typing import ClassVar, Literal

from studio.base.targets import TargetKind
from studio.blocks.block import Block, Step, setting


class FromLabelSet(Block):
    """Takes the labels made on the Label page. Pictures without one are left unlabeled."""

    title: ClassVar[str] = "Label set of this project"
    step: ClassVar[Step] = "labels"
    icon: ClassVar[str] = "labels"
    gives: ClassVar[tuple[TargetKind, ...]] = ("class",)

    kind: Literal["label_set"] = "label_set"
    label_set: str = setting(
        "classes",
        title="Label set",
        widget="label_set",
        min_length=1,
        help="Which of the project's label sets to take.",
    )
    reviewed_only: bool = setting(
        False,
        title="Only reviewed labels",
        more=True,
        help="Use only labels that a second look has confirmed.",
    )

    def summary(self) -> str:
        return f"Labels of '{self.label_set}'"
