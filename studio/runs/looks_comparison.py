"""Whether looking several times helped a run's model on its validation part: report/several_looks.json."""

import hashlib
import math
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from studio.base.errors import UserError
from studio.base.files import write_atomically
from studio.blocks.several_looks import SeveralLooks
from studio.runs.run import Run

CLEAR = 0.05  # how likely so uneven a number of better and worse pictures may be by chance alone
Verdict = Literal["helps", "harms", "no_clear_difference"]


class LooksComparison(BaseModel):
    """plain, several: the task's metrics, by name, with one look and with `looks` of them. better, worse: pictures
    whose answer became so. plain_s, several_s: how long the model took for all of them. model: which one it was."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    model: str
    settings: SeveralLooks
    looks: int
    pictures: int
    plain: dict[str, float]
    several: dict[str, float]
    better: int
    worse: int
    plain_s: float
    several_s: float

    @property
    def verdict(self) -> Verdict:
        """What can be said: more pictures became better than worse, or the other way round, by more than chance.

        Source: the sign test, two-sided, of Dixon and Mood 1946.
        """
        changed, fewer = self.better + self.worse, min(self.better, self.worse)
        chance = 2 * sum(math.comb(changed, count) for count in range(fewer + 1)) / 2**changed
        if chance > CLEAR:
            return "no_clear_difference"
        return "helps" if self.better > self.worse else "harms"


def comparison_file(run: Run) -> Path:
    """Where a run's comparison is kept."""
    return run.report_folder / "several_looks.json"


def write_comparison(run: Run, comparison: LooksComparison) -> None:
    """Raises UserError when it cannot be written."""
    run.report_folder.mkdir(exist_ok=True)
    write_atomically(comparison_file(run), comparison.model_dump_json(indent=2).encode())


def read_comparison(run: Run) -> LooksComparison | None:
    """The comparison of the model that the run has now; None where nobody asked for one, or the model is another."""
    try:
        found = LooksComparison.model_validate_json(comparison_file(run).read_bytes())
        return found if found.model == model_mark(run) else None
    except (OSError, ValidationError, UserError):
        return None


def model_mark(run: Run) -> str:
    """What tells a run's model from an earlier one of the same run. Raises UserError when there is none."""
    try:
        return hashlib.sha256(run.card_file.read_bytes()).hexdigest()
    except OSError as error:
        raise UserError(f"The run {run.name} has no model yet.", "Wait until it has finished, or resume it.") from error
