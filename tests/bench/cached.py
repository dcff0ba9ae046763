"""A head on kept features against the same training with the body run for every batch, both frozen: resnet18, 128 px.

`speedup_20_epochs`: from the start to the end of the last epoch, the encoder's one look, validations and checkpoints
included. `speedup_step`: of a step alone, the wait for its batch included. The short side is trained before and after
the long one, so that both have the machine as it is on average.
"""

import statistics
import tempfile
import time
from pathlib import Path

import numpy as np

from studio.blocks.recipe import Recipe
from studio.engine import kept_features
from studio.engine.train import train_run
from studio.jobs.messages import EpochEnded, Event, FeaturesKept, Finished, RunStarted, StepDone
from studio.runs.labels import write_labels
from studio.runs.run import create_run
from tests.engine.conftest import draw_picture, rows_of

PICTURES, SIDE_PX, EPOCHS = 640, 128, 20


def measure() -> tuple[dict[str, float], str | None]:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "pictures"
        _draw(root)
        before = _train(Path(folder), root, is_kept=True)
        looked_s, looked_step_s = _train(Path(folder), root, is_kept=False)
        after = _train(Path(folder), root, is_kept=True)
    kept_s, kept_step_s = (statistics.median(pair) for pair in zip(before, after, strict=True))
    figures = {
        "speedup_20_epochs": looked_s / kept_s,
        "speedup_step": looked_step_s / kept_step_s,
        "kept_s": kept_s,
        "kept_step_ms": 1e3 * kept_step_s,
        "bare_s": looked_s,
        "bare_step_ms": 1e3 * looked_step_s,
    }
    return figures, None


def _train(folder: Path, root: Path, is_kept: bool) -> tuple[float, float]:
    """The seconds of all epochs, and of a step."""
    recipe = Recipe.model_validate(
        {
            "source": {"kind": "folder", "path": str(root)},
            "transforms": [{"kind": "resize", "side_px": SIDE_PX}, {"kind": "normalise"}],
            "model": {"encoder": "resnet18", "weights": "none"},
            "training": {"epochs": EPOCHS, "learns": "head", "device": "cpu", "precision": "float32"},
        }
    )
    run = create_run(folder / "runs", recipe, None)
    run.write_facts(run.facts().model_copy(update={"image_root": str(root), "classes": ("disc", "square")}))
    write_labels(run.labels_file, rows_of(root, valid_share=5))
    heard: list[tuple[float, Event]] = []
    limit_bytes = kept_features.LIMIT_BYTES if is_kept else 0
    usual, kept_features.LIMIT_BYTES = kept_features.LIMIT_BYTES, limit_bytes
    try:
        end = train_run(run, lambda event: heard.append((time.perf_counter(), event)), lambda: False, resume=False)
    finally:
        kept_features.LIMIT_BYTES = usual
    assert isinstance(end, Finished)
    assert any(isinstance(event, FeaturesKept) for _, event in heard) is is_kept
    began = next(at for at, event in heard if isinstance(event, RunStarted))
    ended = max(at for at, event in heard if isinstance(event, EpochEnded))
    per_epoch = len(rows_of(root, valid_share=5)) * 4 // 5 // recipe.batch.size
    steps = [event for _, event in heard if isinstance(event, StepDone) and event.step % per_epoch == 0]
    return ended - began, statistics.median(recipe.batch.size / event.images_per_s for event in steps)


def _draw(folder: Path) -> None:
    random = np.random.default_rng(0)
    for number in range(PICTURES):
        shape = ("disc", "square")[number % 2]
        draw_picture(folder / shape / f"{number:03d}.png", shape, random, (SIDE_PX, SIDE_PX))
