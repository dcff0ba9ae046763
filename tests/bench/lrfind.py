"""How good the suggested learning rate is: the metric after two epochs with it, against the best rate of a sweep.

`X_shortfall_se` is how far the suggestion stays behind the sweep's best, in standard errors of the difference over the
seeds; below 0 it is better than all of them. STUDIO_BENCH_SEEDS, STUDIO_BENCH_LIMIT_S: how many seeds, how much time.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from studio.blocks.recipe import Recipe
from studio.jobs.messages import EpochEnded, Event, FindLearningRate, Finished, RatesSuggested, RunStarted, TrainRun
from studio.runs.run import create_run

SEEDS = tuple(range(int(os.environ.get("STUDIO_BENCH_SEEDS", "3"))))
LIMIT_S = float(os.environ.get("STUDIO_BENCH_LIMIT_S", "3600"))
RATES = tuple(10 ** (-4 + step / 2) for step in range(7))  # 1e-4 to 1e-1
EPOCHS = 2


def recipes(data: Path) -> dict[str, dict[str, Any]]:
    """What is trained, by data set."""
    resnet = {"encoder": "resnet18", "weights": "none"}
    chance = [{"kind": "rotate"}, {"kind": "zoom"}, {"kind": "lighting"}, {"kind": "normalise"}]
    return {
        "mnist_tiny": {
            "source": {"kind": "folder", "path": str(data / "mnist_tiny")},
            "labels": {"kind": "parent_folder", "unlabeled_folders": ["test"]},
            "split": {"kind": "by_folder"},
            "transforms": [{"kind": "resize", "side_px": 32}, *chance],
            "model": resnet,
        },
        "coco_tiny": {
            "task": {"kind": "tagging"},
            "source": {"kind": "table", "path": str(data / "coco_tiny/DERIVED_labels.csv"), "folder": "train"},
            "labels": {"kind": "tags_column"},
            "transforms": [{"kind": "resize", "side_px": 64}, {"kind": "flip"}, *chance],
            "batch": {"size": 8},
            "model": resnet,
        },
        "camvid_tiny": {
            "task": {"kind": "segmentation", "void": "Void"},
            "source": {"kind": "folder", "path": str(data / "camvid_tiny/images")},
            "labels": {"kind": "mask_files"},
            "transforms": [{"kind": "resize", "side_px": 96, "method": "squish"}, {"kind": "flip"}, *chance],
            "batch": {"size": 8},
            "model": resnet,
        },
    }


def measure(only: str = "") -> tuple[dict[str, float], str | None]:
    data = Path(os.environ.get("STUDIO_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
    if not data.is_dir():
        return {}, "the real data sets are not here (set STUDIO_DATA to their folder)"
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    ends_at = time.monotonic() + LIMIT_S
    figures: dict[str, float] = {}
    skipped = []
    for name, recipe in recipes(data).items():
        if only and name != only:
            continue
        found = _compare(name, recipe, ends_at)
        if found is None:
            skipped.append(name)
        else:
            figures |= {f"{name}_{figure}": value for figure, value in found.items()}
    shortfalls = [value for figure, value in figures.items() if figure.endswith("_shortfall_se")]
    if shortfalls:
        figures["worst_shortfall_se"] = max(shortfalls)
    return figures, f"no time left for {', '.join(skipped)} (STUDIO_BENCH_LIMIT_S)" if skipped else None


def _compare(name: str, recipe: dict[str, Any], ends_at: float) -> dict[str, float] | None:
    """None when there was not time enough."""
    at_rates: dict[float, list[float]] = {rate: [] for rate in RATES}
    at_suggestion, suggestions, resolution = [], [], 0.0
    for seed in SEEDS:
        suggested = _suggest(_recipe(recipe, seed, 1e-3))
        suggestions.append(suggested)
        for rate in (*RATES, suggested):
            if time.monotonic() > ends_at:
                return None
            metric, resolution = _train(_recipe(recipe, seed, rate))
            (at_suggestion if rate is suggested else at_rates[rate]).append(metric)
            print(f"{name}, seed {seed}, rate {rate:.2g}: {metric:.4f}", file=sys.stderr, flush=True)
    best = max(RATES, key=lambda rate: statistics.mean(at_rates[rate]))
    behind = [other - own for other, own in zip(at_rates[best], at_suggestion, strict=True)]
    error = statistics.stdev(behind) / len(behind) ** 0.5 if len(behind) > 1 else 0.0
    return {
        "suggested": statistics.median(suggestions),
        "best_rate": best,
        "metric_at_suggested": statistics.mean(at_suggestion),
        "metric_at_best": statistics.mean(at_rates[best]),
        # One picture more or less is no difference, however alike the seeds are.
        "shortfall_se": statistics.mean(behind) / max(error, resolution),
    }


def _recipe(recipe: dict[str, Any], seed: int, rate: float) -> Recipe:
    return Recipe.model_validate({**recipe, "training": {"epochs": EPOCHS, "learning_rate": rate, "seed": seed}})


def _suggest(recipe: Recipe) -> float:
    from studio.child.models import find_learning_rate

    events: list[Event] = []
    end = find_learning_rate(FindLearningRate(recipe=recipe), _job(events))
    assert isinstance(end, Finished), end
    (suggested,) = [event for event in events if isinstance(event, RatesSuggested)]
    return suggested.chosen


def _train(recipe: Recipe) -> tuple[float, float]:
    """The main metric after the last epoch, 0 where the training went astray; and what one picture is worth."""
    from studio.child.handlers import answer

    events: list[Event] = []
    with tempfile.TemporaryDirectory() as folder:
        run = create_run(Path(folder), recipe, None)
        end = answer(TrainRun(run=str(run.folder)), _job(events))
    (started,) = [event for event in events if isinstance(event, RunStarted)]
    epochs = [event for event in events if isinstance(event, EpochEnded)]
    is_done = isinstance(end, Finished) and len(epochs) == EPOCHS
    return epochs[-1].metrics.get(recipe.task.main_metric, 0.0) if is_done else 0.0, 1 / started.valid_rows


def _job(events: list[Event]) -> Any:
    from studio.child.job import Job

    return Job(emit=events.append, should_stop=lambda: False)
