"""A mask beside each picture, found by a rule for its name."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, model_validator

from studio.base.targets import TargetKind
from studio.blocks.block import Step, setting
from studio.blocks.labels.tolerant import Tolerant
from studio.blocks.path_template import checked_template

LARGEST_VALUE = 255  # a class is one byte of a mask


class MaskFiles(Tolerant):
    """The class of each pixel is a number in a second picture, the mask, whose name follows from the picture's."""

    title: ClassVar[str] = "Mask files"
    step: ClassVar[Step] = "labels"
    icon: ClassVar[str] = "labels"
    gives: ClassVar[tuple[TargetKind, ...]] = ("mask",)

    kind: Literal["mask_files"] = "mask_files"
    template: Annotated[str, AfterValidator(checked_template)] = setting(
        "{parent}/../labels/{stem}_P.png",
        title="Name of the mask",
        widget="template",
        min_length=1,
        help="{parent} is the picture's folder, {stem} its name without the ending; {stem without _rgb} cuts text off.",
    )
    classes_from: Literal["file", "names", "masks"] = setting(
        "file",
        title="Names of the classes",
        help="What the numbers in the masks mean.",
        words={"file": "A text file, one name a line", "names": "Written here", "masks": "The values in the masks"},
    )
    classes_file: str = setting(
        "codes.txt",
        title="File of names",
        widget="file",
        shown_when=("classes_from", "file"),
        help="The first line names value 0, the second value 1, and so on; looked for beside the pictures too.",
    )
    class_names: tuple[str, ...] = setting(
        (),
        title="Classes",
        shown_when=("classes_from", "names"),
        help="The name of the first value, of the second, and so on.",
    )
    values: tuple[str, ...] = setting(
        (),
        title="Values",
        more=True,
        help="Which number stands for the first class, the second, and so on, such as 0 and 255. Empty: 0, 1, 2 and so "
        "on, or the values in the masks where there are as many of them as names.",
    )

    @model_validator(mode="after")
    def _whole_values(self) -> Self:
        wrong = [text for text in self.values if not (text.strip().isdecimal() and int(text) <= LARGEST_VALUE)]
        if wrong:
            raise ValueError(f"Values are whole numbers from 0 to {LARGEST_VALUE}; '{wrong[0]}' is none.")
        if len({int(text) for text in self.values}) < len(self.values):
            raise ValueError("Each value may stand for one class only.")
        return self

    def summary(self) -> str:
        return f"Masks {self.template}"
