"""A run's folder: what it was asked to do, what happened, and what came out."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from studio.base.errors import UserError
from studio.base.files import cannot_write, write_atomically
from studio.base.locks import FileLock
from studio.base.targets import Skeleton
from studio.blocks.recipe import Recipe, read_recipe

STAGES = "stages"  # the folder with what each stage of a run left

RunState = Literal["new", "running", "finished", "stopped", "failed", "died"]


class RunFacts(BaseModel):
    """What a run knows of itself besides the recipe: `run.json`.

    classes, skeleton, number_names: what its labels are about, as the table had them; a task has one of them.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: int = 1
    name: str
    project: str | None = None
    image_root: str = ""
    classes: tuple[str, ...] = ()
    skeleton: Skeleton | None = None
    number_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Run:
    """One run, by its folder. A training child writes into it; everybody else reads."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def recipe_file(self) -> Path:
        return self.folder / "recipe.json"

    @property
    def facts_file(self) -> Path:
        return self.folder / "run.json"

    @property
    def events_file(self) -> Path:
        return self.folder / "events.jsonl"

    @property
    def labels_file(self) -> Path:
        return self.folder / "labels.csv.gz"

    @property
    def log_file(self) -> Path:
        return self.folder / "log.txt"

    @property
    def predictions_file(self) -> Path:
        """What the best model says of each validation picture: predictions.csv."""
        return self.folder / "predictions.csv"

    @property
    def weights_file(self) -> Path:
        return self.folder / "model.safetensors"

    @property
    def card_file(self) -> Path:
        return self.folder / "model.json"

    @property
    def onnx_file(self) -> Path:
        return self.folder / "model.onnx"

    @property
    def report_folder(self) -> Path:
        return self.folder / "report"

    @property
    def report_file(self) -> Path:
        """Tables and charts of the best model; runs from before there were reports have none."""
        return self.report_folder / "report.json"

    def after_stage(self, number: int, name: str) -> "Run":
        """A folder like a run's, with the model as it was at the end of a stage, counted from 1."""
        words = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower()[:40] or "stage"
        return Run(self.folder / STAGES / f"{number}-{words}")

    def recipe(self) -> Recipe:
        """Raises UserError when the folder is not a run's or its recipe cannot be read."""
        return read_recipe(self._text(self.recipe_file), f"The recipe of run {self.name}")

    def facts(self) -> RunFacts:
        try:
            return RunFacts.model_validate_json(self._text(self.facts_file))
        except ValidationError as error:
            raise UserError(f"{self.facts_file} is damaged.", "Train again; the recipe beside it is whole.") from error

    def write_facts(self, facts: RunFacts) -> None:
        write_atomically(self.facts_file, facts.model_dump_json(indent=2).encode())

    def lock(self) -> FileLock:
        """Held by the training child as long as it lives, however it ends."""
        return FileLock(self.folder / "alive.lock")

    def is_alive(self) -> bool:
        return self.lock().holder() is not None

    def _text(self, path: Path) -> str:
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(
                f"{self.folder} is not the folder of a run: {path.name} is missing or cannot be read.",
                "Name a folder inside the project's 'runs'.",
            ) from error


def create_run(runs_folder: Path, recipe: Recipe, project: str | None, name: str = "") -> Run:
    """A new numbered folder with the recipe in it. Raises UserError when it cannot be written."""
    words = name or f"{recipe.model.encoder}-{recipe.training.all_epochs}ep"
    slug = re.sub(r"[^A-Za-z0-9]+", "-", words).strip("-").lower()[:40] or "run"
    try:
        runs_folder.mkdir(parents=True, exist_ok=True)
        while True:
            folder = runs_folder / f"{_next_number(runs_folder):04d}-{slug}"
            try:
                folder.mkdir()
                break
            except FileExistsError:
                continue
    except OSError as error:
        raise cannot_write(runs_folder, error) from error
    run = Run(folder)
    write_atomically(run.recipe_file, recipe.model_dump_json(indent=2).encode())
    run.write_facts(RunFacts(name=run.name, project=project))
    return run


def list_runs(runs_folder: Path) -> list[Run]:
    """The runs in a folder, oldest first."""
    if not runs_folder.is_dir():
        return []
    folders = [path for path in runs_folder.iterdir() if path.is_dir() and (path / "recipe.json").exists()]
    return [Run(folder) for folder in sorted(folders, key=lambda path: (_number(path), path.name))]


def find_run(runs_folder: Path, name: str) -> Run:
    """The run of that name or number ("3", "0003-resnet18-5ep"), what one of its stages left
    ("0003-resnet18-5ep/stages/1-head"), or the folder of any run. Raises UserError that lists what there is."""
    runs = list_runs(runs_folder)
    for run in runs:
        if name in (run.name, str(run.folder)) or (name.isdecimal() and run.name.startswith(f"{int(name):04d}-")):
            return run
    folder = runs_folder / Path(name).expanduser()  # one that is whole stays as it is
    if name.strip() and "\0" not in name and (folder / "recipe.json").is_file():
        return Run(folder)
    names = ", ".join(run.name for run in runs[-5:]) or "none yet"
    raise UserError(f"There is no run '{name}' in {runs_folder.parent.name}.", f"The runs are: {names}.")


def _next_number(runs_folder: Path) -> int:
    return max((_number(path) for path in runs_folder.iterdir()), default=0) + 1


def _number(path: Path) -> int:
    match = re.match(r"(\d+)-", path.name)
    return int(match.group(1)) if match else 0
