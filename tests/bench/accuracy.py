"""Our training against fastai's from no weights: same data, split, encoder, size, batch, epochs, rate and seeds.

Metrics are those of the last epoch. `X_gain`: ours less fastai's; for points, whose metric is an error in pixels, the
share of fastai's error that is saved. STUDIO_BENCH_SEEDS says how many seeds.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio.app.training import RunWatcher, start_run
from studio.base.targets import MaskFile, Points, Tags
from studio.blocks.recipe import Recipe
from studio.jobs.messages import EpochEnded, Event, Finished, RunStarted
from studio.project.store import Project
from studio.runs.labels import read_labels
from tests.bench.peers import python_of

SEEDS = tuple(range(int(os.environ.get("STUDIO_BENCH_SEEDS", "3"))))
FASTAI = Path(__file__).with_name("fastai_side.py")
# Loader processes for fastai: on two cores they cost it more than they bring with such small data.
WORKERS = int(os.environ.get("STUDIO_BENCH_WORKERS", "0"))
CHANCE = ({"kind": "warp"}, {"kind": "rotate"}, {"kind": "zoom"}, {"kind": "lighting"}, {"kind": "normalise"})


@dataclass(frozen=True)
class Case:
    """One data set, and how both sides train on it. root: what the rows' paths are relative to."""

    root: Path
    recipe: dict[str, Any]
    epochs: int
    size_wh: tuple[int, int]
    batch: int = 32
    rate: float = 3e-3
    is_flipped: bool = True
    more: dict[str, Any] = field(default_factory=dict)

    def our_recipe(self, seed: int) -> Recipe:
        width_px, height_px = self.size_wh
        resize = {"kind": "resize", "side_px": width_px, "height_px": height_px, "shape": "rectangle",
                  "method": "squish"}  # fmt: skip
        return Recipe.model_validate(
            {
                **self.recipe,
                "transforms": (resize, *([{"kind": "flip"}] if self.is_flipped else []), *CHANCE),
                "batch": {"size": self.batch},
                "model": {"encoder": "resnet18", "weights": "none"},
                "training": {"epochs": self.epochs, "learning_rate": self.rate, "seed": seed},
            }
        )


def cases(data: Path) -> dict[str, Case]:
    """What is compared, by data set."""
    folders = {"kind": "parent_folder", "unlabeled_folders": ["test"]}
    return {
        "mnist_tiny": Case(
            data / "mnist_tiny",
            {"source": _folder(data / "mnist_tiny"), "labels": folders, "split": {"kind": "by_folder"}},
            epochs=5, size_wh=(64, 64), is_flipped=False,
        ),
        "flowers": Case(
            data / "flowers_128",
            {"source": _folder(data / "flowers_128"), "labels": folders},
            epochs=8, size_wh=(64, 64),
        ),
        "camvid_tiny": Case(
            data / "camvid_tiny/images",
            {
                "task": {"kind": "segmentation", "void": "Void"},
                "source": _folder(data / "camvid_tiny/images"),
                "labels": {"kind": "mask_files"},
            },
            epochs=5, size_wh=(64, 48), batch=8, rate=1e-3, more={"void": "Void"},
        ),
        "coco_tiny": Case(
            data / "coco_tiny/train",
            {
                "task": {"kind": "tagging"},
                "source": {"kind": "table", "path": str(data / "coco_tiny/DERIVED_labels.csv"), "folder": "train"},
                "labels": {"kind": "tags_column"},
            },
            epochs=15, size_wh=(128, 128), batch=8,
        ),
        "dlc": Case(
            data / "dlc_openfield",
            {
                "task": {"kind": "keypoints"},
                "source": _folder(data / "dlc_openfield"),
                "labels": {
                    "kind": "annotation_file",
                    "take": "points",
                    "path": str(next((data / "dlc_openfield").glob("*/labeled-data/*/CollectedData_*.csv"), "")),
                },
            },
            # A mirror would make a left ear a right one: fastai knows no partners, so neither side mirrors.
            epochs=20, size_wh=(160, 120), batch=8, is_flipped=False, more={"original_wh": (640, 480)},
        ),
    }  # fmt: skip


def measure(only: str = "") -> tuple[dict[str, float], str | None]:
    data = Path(os.environ.get("STUDIO_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
    if not data.is_dir():
        return {}, "the real data sets are not here (set STUDIO_DATA to their folder)"
    fastai = python_of("fastai")
    if fastai is None:
        return {}, "fastai is not installed: python -m tests.bench peers makes its environment"
    figures: dict[str, float] = {}
    for name, case in cases(data).items():
        if not only or name in only.split(","):
            figures |= {f"{name}_{figure}": value for figure, value in _compare(name, case, fastai).items()}
    ratios = [value for figure, value in figures.items() if figure.endswith("_time_vs_fastai")]
    gains = [value for figure, value in figures.items() if figure.endswith("_gain")]
    if ratios:
        figures |= {"mean_gain": statistics.mean(gains), "time_vs_fastai": statistics.geometric_mean(ratios)}
    return figures, None


def _compare(name: str, case: Case, fastai: Path) -> dict[str, float]:
    ours, theirs, our_s, their_s = [], [], [], []
    is_error = False
    for seed in SEEDS:
        with tempfile.TemporaryDirectory() as folder:
            recipe = case.our_recipe(seed)
            is_error = recipe.task.main_metric in recipe.task.errors
            metric, seconds, classes, rows = _train_ours(Path(folder), recipe)
            ours.append(metric)
            our_s.append(seconds)
            other = _train_fastai(fastai, Path(folder), case, recipe, classes, rows)
            theirs.append(other["metric"])
            their_s.append(other["seconds"])
        print(
            f"{name}, seed {seed}: ours {ours[-1]:.4f} in {our_s[-1]:.1f} s, "
            f"fastai {theirs[-1]:.4f} in {their_s[-1]:.1f} s",
            file=sys.stderr,
            flush=True,
        )
    pairs = zip(ours, theirs, strict=True)
    gains = [(other - own) / other if is_error else own - other for own, other in pairs]
    return {
        "metric": statistics.mean(ours),
        "fastai_metric": statistics.mean(theirs),
        "gain": statistics.mean(gains),
        "gain_se": statistics.stdev(gains) / len(gains) ** 0.5 if len(gains) > 1 else 0.0,
        "time_vs_fastai": statistics.median(our_s) / statistics.median(their_s),
    }


def _train_ours(folder: Path, recipe: Recipe) -> tuple[float, float, tuple[str, ...], list[list[object]]]:
    """The last epoch's metric, the seconds from the first step to the last, the classes, and the rows as they were."""
    project = Project.create(folder / "bench", author="bench")
    project.close()
    run = start_run(project.folder, recipe)
    events: list[Event] = []
    watcher = RunWatcher(run, just_started=True)
    watcher.wait(events.append)
    assert isinstance(watcher.history.end, Finished), watcher.history.end
    started = next(event for event in events if isinstance(event, RunStarted))
    last = [event for event in events if isinstance(event, EpochEnded)][-1]
    rows = [
        [row.image, _plain(row.target, started.classes), row.part == "valid"]
        for row in read_labels(run.labels_file)
        if row.target is not None and row.part in ("train", "valid")
    ]
    return last.metrics[recipe.task.main_metric], watcher.history.end.train_s or 0.0, started.classes, rows


def _plain(target: object, classes: tuple[str, ...]) -> object:
    """A target as fastai's side reads it."""
    if isinstance(target, Tags):
        return [name for name in target.names if name in classes]
    if isinstance(target, MaskFile):
        return target.path
    if isinstance(target, Points):
        return [[place.x_px, place.y_px] for place in target.places if place is not None]
    return target


def _train_fastai(
    python: Path, folder: Path, case: Case, recipe: Recipe, classes: tuple[str, ...], rows: list[list[object]]
) -> dict[str, float]:
    job = {
        "task": recipe.task.kind,
        "root": str(case.root),
        "rows": rows,
        "classes": classes,
        "seed": recipe.training.seed,
        "threads": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "workers": WORKERS,
        "batch": case.batch,
        "size_hw": case.size_wh[::-1],
        "epochs": case.epochs,
        "rate": case.rate,
        "flip": case.is_flipped,
        **case.more,
    }
    task = folder / "fastai.json"
    task.write_text(json.dumps(job))
    done = subprocess.run(
        ["nice", "-n", "10", str(python), str(FASTAI), str(task)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    result: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def _folder(path: Path) -> dict[str, str]:
    return {"kind": "folder", "path": str(path)}
