"""What was decided when a run first started, kept so that going on with it decides nothing again: plan.json."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from studio.base.files import write_atomically
from studio.engine.precision import PrecisionName
from studio.runtime.card import WeightsOrigin


class Limit(BaseModel):
    """From this step on so many pictures go through the network at once; `part`: while it learns, or is checked."""

    model_config = ConfigDict(frozen=True)

    step: int
    part: Literal["train", "valid"]
    at_once: int


class RunPlan(BaseModel):
    """`left_out`: pictures that could not be read at the start, each with its reason. They stay out, whatever
    becomes of them, so that the batches of a resumed run hold the same rows. `mean`, `std`: the pictures' own
    statistics, where the recipe normalises by them. `batch_size`: pictures a step. `at_once`: how many of them go
    through the network together, and `limits` what became of that. `samples_on_device`: whether training pictures are
    sampled where the network is."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: int = 1
    device: str
    threads: int
    channels_last: bool
    batch_size: int = 0  # 0 for this and the next: in a run that was begun before they were decided here
    at_once: int = 0
    precision: PrecisionName = "float32"
    is_compiled: bool = False
    samples_on_device: bool = False
    limits: tuple[Limit, ...] = ()
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
