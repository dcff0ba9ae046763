"""What is known of a run's best model beside its answers: tables, matrices and charts, declared by its task.

The page and the command draw these parts without knowing the task: report/report.json in the run's folder.
"""

import json
import math
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from studio.base.errors import UserError
from studio.base.files import write_atomically

REPORT_VERSION = 1


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


Number = Annotated[float | None, BeforeValidator(_finite)]  # None where nothing could be measured
Cell = Annotated[str | int | float | None, BeforeValidator(_finite)]
Best = Literal["", "high", "low"]


class Piece(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)


class Part(Piece):
    """One part of a report.

    id: for programs, and the same in every task that has such a part. tab: parts with the same one are shown together.
    note: what it comes to, in a sentence. figures: its numbers, by name.
    """

    id: str
    tab: str
    title: str
    explanation: str = ""
    note: str = ""
    figures: dict[str, Number] = {}


class Column(Piece):
    """`best` says which number wins, if one does; is_share: numbers from 0 to 1."""

    title: str
    best: Best = ""
    explanation: str = ""
    is_share: bool = False


class Table(Part):
    """rows: a cell a column. pictures: of each row those that belong to it, where there are any."""

    kind: Literal["table"] = "table"
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    pictures: tuple[tuple[str, ...], ...] = ()


class CellPictures(Piece):
    """The pictures of one cell of a matrix, those that have most of it first."""

    row: int
    column: int
    images: tuple[str, ...]


class Matrix(Part):
    """counts: a row for each actual class, a column for each answer. counted: a word for one of what is counted.

    outside: the name of the last row and column, which is no class but what was missed or not there; "": there is none.
    """

    kind: Literal["matrix"] = "matrix"
    names: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    counted: str = "picture"
    outside: str = ""
    pictures: tuple[CellPictures, ...] = ()


class Line(Piece):
    """x ascending. style: "reference" is what a line is held against, drawn thin."""

    name: str
    x: tuple[float, ...]
    y: tuple[Number, ...]
    style: Literal["line", "points", "reference"] = "line"


class Choice(Piece):
    """A setting of the model that can be taken from a chart: the best value, and the one that it has."""

    setting: Literal["threshold"] = "threshold"
    best: float
    now: float


class Chart(Part):
    """axes: of x and y. marked: the point that is named, as (line, x, words). Both axes go from 0 to 1."""

    kind: Literal["chart"] = "chart"
    axes: tuple[str, str]
    lines: tuple[Line, ...]
    marked: tuple[str, float, str] | None = None
    choice: Choice | None = None


class Doubt(Piece):
    """A label that may be wrong. score: from 0 to 1, the larger the more doubtful; about: which class, tag or point."""

    image: str
    score: float
    given: str
    suggested: str
    about: str = ""


class Doubts(Part):
    """Labels to look at, the most doubtful first. checked: how many labels were ranked."""

    kind: Literal["doubts"] = "doubts"
    checked: int
    doubts: tuple[Doubt, ...]


AnyPart = Annotated[Table | Matrix | Chart | Doubts, Field(discriminator="kind")]


class Report(Piece):
    version: int = REPORT_VERSION
    parts: tuple[AnyPart, ...] = ()

    def part(self, part_id: str) -> Part | None:
        return next((part for part in self.parts if part.id == part_id), None)

    @property
    def doubts(self) -> Doubts | None:
        return next((part for part in self.parts if isinstance(part, Doubts)), None)


def write_report(path: Path, report: Report) -> None:
    """Raises UserError when the disk is full or the folder may not be written."""
    path.parent.mkdir(exist_ok=True)
    # Plain ASCII, so that names of files that are no valid text come back as they were.
    write_atomically(path, json.dumps(report.model_dump(), allow_nan=False).encode("ascii"))


def read_report(path: Path) -> Report | None:
    """None where a run has none: one from before there were reports. Raises UserError when it is damaged."""
    try:
        return Report.model_validate(json.loads(path.read_bytes()))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:  # pydantic's error is a ValueError
        raise UserError(f"{path} is damaged.", "Train again with the same recipe.") from error
