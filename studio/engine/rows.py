"""The rows that a run learns from and is checked on, and whether anything can be learned from them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from studio.base.errors import UserError
from studio.blocks.table import Row
from studio.jobs.messages import Event, Warned
from studio.runs.labels import read_labels
from studio.runs.run import Run


@dataclass(frozen=True)
class RunRows:
    """`train` and `valid` are row numbers in the run's labels: they name a row whatever else is left out."""

    root: Path
    rows: list[Row]
    classes: tuple[str, ...]
    train: list[int]
    valid: list[int]

    @property
    def used(self) -> list[int]:
        return sorted([*self.train, *self.valid])

    def targets(self) -> dict[int, int]:
        """The class number of each used row."""
        numbers = {name: number for number, name in enumerate(self.classes)}
        return {row: numbers[str(self.rows[row].target)] for row in self.used}

    def without(self, images: set[str]) -> "RunRows":
        """The same without some pictures."""
        return replace(
            self,
            train=[row for row in self.train if self.rows[row].image not in images],
            valid=[row for row in self.valid if self.rows[row].image not in images],
        )


def read_rows(run: Run) -> RunRows:
    """Raises UserError when labels name classes that the run does not know, or there are fewer than two."""
    facts, rows = run.facts(), read_labels(run.labels_file)
    labeled = [number for number, row in enumerate(rows) if row.target is not None]
    train = [number for number in labeled if rows[number].part == "train"]
    valid = [number for number in labeled if rows[number].part == "valid"]
    classes = facts.classes or tuple(sorted({str(rows[number].target) for number in train + valid}))
    unknown = next((number for number in train + valid if rows[number].target not in classes), None)
    if unknown is not None:
        raise UserError(
            f"{rows[unknown].image} has the class {rows[unknown].target!r}, which this run does not know.",
            "Read the labels again and start a new run.",
        )
    if len(classes) < 2:
        found = f"only {classes[0]!r}" if classes else "none"
        raise UserError(f"At least two classes are needed; there is {found}.", "Look at the Labels block.")
    return RunRows(Path(facts.image_root), rows, classes, train, valid)


def check_rows(rows: RunRows, left_out: int, emit: Callable[[Event], None]) -> None:
    """Warn of classes that cannot be learned. Raises UserError when nothing can be.

    `left_out`: how many pictures could not be read.
    """
    because = f" {left_out} pictures could not be read." if left_out else ""
    if left_out and not rows.used:
        raise UserError(
            f"None of the {left_out} pictures can be read.", "Look at the list of pictures that were left out."
        )
    if len(rows.train) < 2:
        number = "only one labeled picture" if rows.train else "no labeled pictures"
        raise UserError(f"There is {number} to train on.{because}", "Label more pictures, or look at the Split block.")
    if not rows.valid:
        raise UserError(
            f"There are no labeled pictures to check the model on.{because}",
            "Look at the Split block, or label more pictures.",
        )
    trained = {rows.rows[row].target for row in rows.train}
    checked = {rows.rows[row].target for row in rows.valid}
    for name in rows.classes:
        if name not in trained:
            there = " only pictures to check the model on" if name in checked else " no pictures"
            emit(
                Warned(
                    message=f"The class {name!r} has{there}: it cannot be learned.",
                    hint="Label some pictures of it, or change the split so that some are trained on.",
                )
            )
    if len(trained) < 2:
        raise UserError(
            f"All pictures to train on have the class {next(iter(trained))!r}: nothing can be told apart.",
            "Label pictures of another class, or look at the Split block.",
        )
