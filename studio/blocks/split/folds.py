"""Several folds, of which one validates."""

from typing import ClassVar, Literal, Self

from pydantic import model_validator

from studio.blocks.block import Block, setting
from studio.blocks.split.grouping import Grouping
from studio.blocks.split.shares import KeepsTest, Seeded


class Folds(Block):
    """How many folds there are, and which one checks. Apart, so that it stands first in the form."""

    folds: int = setting(
        5, title="Folds", unit="folds", ge=2, le=20, help="Into how many parts of about the same size."
    )
    valid_fold: int = setting(
        1, title="Fold to check on", unit="of them", ge=1, le=20, help="Which of the folds checks the model, from 1."
    )

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if self.valid_fold > self.folds:
            raise ValueError(f"There are only {self.folds} folds: choose one of them to check on.")
        return self


class FoldSplit(Seeded, KeepsTest, Grouping, Folds):
    """Divides the pictures into equal folds: one checks the model, the others train it.

    Train once with each fold, and every picture has been checked once: for small data sets, the surest score.
    """

    title: ClassVar[str] = "Folds"

    kind: Literal["folds"] = "folds"
    stratified: bool = setting(
        True, title="Same mix in each fold", help="Each fold gets its share of every class, as far as groups allow."
    )

    def summary(self) -> str:
        whole = "" if self.group_by == "nothing" else f", whole groups ({self.group_words()})"
        test = f", {self.test_percent:g} % to test" if self.test_percent else ""
        return f"Fold {self.valid_fold} of {self.folds} checks{whole}{test}"
