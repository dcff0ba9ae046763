"""What was decided when a run first started, kept so that going on with it decides nothing again: plan.json."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from studio.base.files import write_atomically
from studio.runtime.card import WeightsOrigin


class RunPlan(BaseModel):
    """`left_out`: pictures that could not be read at the start, each with its reason. They stay out, whatever
    becomes of them, so that the batches of a resumed run hold the same rows. `mean`, `std`: the pictures' own
    statistics, where the recipe normalises by them."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: int = 1
    device: str
    threads: int
    channels_last: bool
    weights: WeightsOrigin
    left_out: tuple[tuple[str, str], ...] = ()
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()


def write_plan(path: Path, plan: RunPlan) -> None:
    write_atomically(path, plan.model_dump_json(indent=2).encode())


def read_plan(path: Path) -> RunPlan | None:
    """None where there is none yet, or it is damaged."""
    try:
        return RunPlan.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
