"""The folder that a picture lies in is its class."""

from typing import ClassVar, Literal

from studio.base.targets import TargetKind
from studio.blocks.block import Step, setting
from studio.blocks.labels.corrected import Corrected


class ParentFolder(Corrected):
    """The class of a picture is the name of the folder it lies in. Corrections made on the Label page win over it."""

    title: ClassVar[str] = "Name of the folder"
    step: ClassVar[Step] = "labels"
    icon: ClassVar[str] = "labels"
    origin: ClassVar[str] = "From the name of its folder"
    gives: ClassVar[tuple[TargetKind, ...]] = ("class",)

    kind: Literal["parent_folder"] = "parent_folder"
    level: int = setting(
        1,
        title="Level",
        ge=1,
        le=8,
        more=True,
        help="1 is the folder that holds the picture, 2 the one around it, and so on.",
    )
    unlabeled_folders: tuple[str, ...] = setting(
        (),
        title="Folders without a class",
        more=True,
        help="Pictures in folders with these names are taken as not labeled yet, for example 'test' or 'new'.",
    )

    def summary(self) -> str:
        return "Class is the folder's name" if self.level == 1 else f"Class is the folder {self.level} levels up"
