"""One label for all pictures."""

from typing import ClassVar, Literal, Self

from pydantic import model_validator

from studio.base.number_text import read_number
from studio.base.targets import TargetKind
from studio.blocks.block import Step, setting
from studio.blocks.labels.corrected import Corrected


class Constant(Corrected):
    """Every picture gets the same class, or the same number. Corrections made on the Label page win over a class."""

    title: ClassVar[str] = "The same for all"
    step: ClassVar[Step] = "labels"
    icon: ClassVar[str] = "labels"
    origin: ClassVar[str] = "The same for all pictures"
    gives: ClassVar[tuple[TargetKind, ...]] = ("class", "number")

    kind: Literal["constant"] = "constant"
    meaning: Literal["class", "number"] = setting(
        "class", title="It is", help="What is given to every picture.", words={"class": "A class", "number": "A number"}
    )
    value: str = setting("thing", title="Value", min_length=1, help="The name of the class, or the number.")

    @model_validator(mode="after")
    def _a_number(self) -> Self:
        if self.meaning == "number" and read_number(self.value) is None:
            raise ValueError("Write a number as the value, or choose that it is a class.")
        return self

    def summary(self) -> str:
        return f"'{self.value}' for every picture"
