"""What our training adds to a step, against a loop written by hand with the same network, batches and threads.

Ours is as a run has it: the schedule, the smoothed loss, events into the run's diary, a look at its control file
after each step, and a checkpoint as often as the pace of a run allows. `epoch_vs_bare` has the validation too, with
its metrics, and the checkpoints at an epoch's end, for an epoch as short as 120 batches. Both sides take batches that
are in memory: making them is measured by `loader`.
"""

import json
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Generator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from studio.blocks.recipe import Recipe
from studio.blocks.table import Row
from studio.engine.checkpoint import Checkpoints
from studio.engine.encoders import Encoder
from studio.engine.keeper import Pace
from studio.engine.loader import LoadedBatch
from studio.engine.model import EncoderAndHead, add_head
from studio.engine.optimizer import make_optimizer, set_rates
from studio.engine.preparation import Prepared, prepare
from studio.engine.sitting import Sitting
from studio.runs.control import Control
from studio.runs.events import EventLog
from studio.runs.labels import write_labels
from studio.runs.run import Run, create_run
from tests.bench import small_net
from tests.bench.peers import python_of

FEATURES = 48  # of the small network: a step is then about 10 ms on two cores
REPEATS = int(os.environ.get("STUDIO_BENCH_REPEATS", "9"))
FASTAI = Path(__file__).with_name("loop_fastai.py")
CLASSES = tuple(f"class {number}" for number in range(small_net.CLASSES))

Times = list[tuple[float, float]]  # of each round: training, validation, in seconds


def measure() -> tuple[dict[str, float], str | None]:
    with tempfile.TemporaryDirectory() as folder:
        figures = _ours(Path(folder))
        fastai = python_of("fastai")
        if fastai is None:
            return figures, "fastai is not installed: python -m tests.bench peers makes its environment"
        return figures | _theirs(fastai, Path(folder)), None


def _ours(folder: Path) -> dict[str, float]:
    run = _make_run(folder)
    prepared = _with_small_net(prepare(run, lambda event: None, lambda: False, has_checkpoint=False))
    diary, pace = EventLog(run.events_file), Pace()
    sitting = Sitting(
        run, prepared, Checkpoints(run.folder / "checkpoints"), diary.write, Control(run.folder).is_stop_asked, pace
    )
    train, valid = small_net.draw_batches(small_net.STEPS, 0), small_net.draw_batches(small_net.CHECKS, 1)
    sitting.batches = InMemory(train, valid)  # type: ignore[assignment]
    learner = sitting.learner
    bare = deepcopy(prepared.model)
    optimizer = make_optimizer(bare.layer_groups(), prepared.recipe.training.weight_decay)
    set_rates(optimizer, [small_net.RATE] * 2, momentum=0.9)

    def ours() -> tuple[float, float]:
        began = time.perf_counter()
        learner.train_epoch()
        trained = time.perf_counter()
        learner.answers = learner.validate(may_stop=True)
        learner.epoch += 1
        learner._call("after_epoch")
        return trained - began, time.perf_counter() - trained

    learner._call("before_fit")
    one, other = small_net.in_turn(REPEATS, ours, lambda: small_net.hand_written_epoch(bare, optimizer, train, valid))
    began = time.perf_counter()
    sitting.keeper.write(learner)  # where it stands now is written already: the next line forgets that
    sitting.keeper._written = None
    sitting.keeper.write(learner)
    write_s = time.perf_counter() - began
    diary.close()
    return {
        "step_vs_bare": _ratio([train_s for train_s, _ in one], [train_s for train_s, _ in other])
        * (1 + write_s / max(pace.seconds, pace.share * write_s)),
        "epoch_vs_bare": _ratio(list(map(sum, one)), list(map(sum, other))),
        **_step_figures("", one, other),
        "checkpoint_ms": 1e3 * write_s,
    }


class InMemory:
    """Our batches, as the loader gives them."""

    def __init__(self, train: small_net.Batches, valid: small_net.Batches) -> None:
        self._train, self._valid = _loaded(train), _loaded(valid)

    def training(self, epoch: int, skip: int) -> Generator[LoadedBatch]:
        yield from self._train[skip:]

    def validation(self, epoch: int, skip: int) -> Generator[LoadedBatch]:
        yield from self._valid[skip:]


def _loaded(batches: small_net.Batches) -> list[LoadedBatch]:
    rows = tuple(range(small_net.PICTURES))
    return [LoadedBatch(rows, pictures.numpy(), classes.numpy()) for pictures, classes in batches]


def _make_run(folder: Path) -> Run:
    """One that the child could train: a picture a class, an epoch of as many rows as the batches have."""
    rows = []
    for name in CLASSES:
        Image.fromarray(np.zeros((small_net.SIDE_PX, small_net.SIDE_PX, 3), np.uint8)).save(folder / f"{name}.png")
        rows += [Row(f"{name}.png", name, "", "train"), Row(f"{name}.png", name, "", "valid")]
    recipe = Recipe.model_validate(
        {
            "source": {"kind": "folder", "path": str(folder)},
            "transforms": [{"kind": "resize", "side_px": small_net.SIDE_PX}, {"kind": "normalise"}],
            "batch": {"size": small_net.PICTURES},
            "model": {"encoder": "test_resnet"},
            "training": {"epochs": REPEATS + 1, "learning_rate": small_net.RATE, "device": "cpu"},
        }
    )
    run = create_run(folder / "runs", recipe, None)
    run.write_facts(run.facts().model_copy(update={"image_root": str(folder), "classes": CLASSES}))
    write_labels(run.labels_file, rows)
    return run


def _with_small_net(prepared: Prepared) -> Prepared:
    """The same run with the network and the number of rows of the comparison, computed in the plainest way."""
    body = small_net.make_body(FEATURES)
    body.num_features = FEATURES  # type: ignore[assignment]
    torch.manual_seed(0)
    model: EncoderAndHead = add_head(Encoder(body), prepared.task.head)
    rows = replace(prepared.rows, train=prepared.rows.train[:1] * (small_net.STEPS * small_net.PICTURES))
    plan = prepared.plan.model_copy(update={"channels_last": False})
    return replace(prepared, model=model, rows=rows, plan=plan)


def _theirs(fastai: Path, folder: Path) -> dict[str, float]:
    job = folder / "fastai.json"
    job.write_text(json.dumps({"features": FEATURES, "threads": torch.get_num_threads(), "repeats": REPEATS}))
    around = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    command = [str(fastai), str(FASTAI), str(job)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=around)
    assert done.returncode == 0, done.stderr[-3000:]
    theirs, bare = json.loads(done.stdout.strip().splitlines()[-1])
    return {
        "fastai_step_vs_bare": _ratio([train_s for train_s, _ in theirs], [train_s for train_s, _ in bare]),
        "fastai_epoch_vs_bare": _ratio(list(map(sum, theirs)), list(map(sum, bare))),
        **_step_figures("fastai_", theirs, bare),
    }


def _step_figures(prefix: str, one: Times, other: Times) -> dict[str, float]:
    """Milliseconds a step."""
    return {
        f"{prefix}step_ms": 1e3 * statistics.median(train_s for train_s, _ in one) / small_net.STEPS,
        f"{prefix}bare_step_ms": 1e3 * statistics.median(train_s for train_s, _ in other) / small_net.STEPS,
    }


def _ratio(one: list[float], other: list[float]) -> float:
    """Of rounds that stood side by side: what else the machine did meanwhile hit both."""
    return statistics.median(own / bare for own, bare in zip(one, other, strict=True))
