"""A run that is killed in the middle of an epoch and resumed ends with the weights of an unbroken one, bit for bit."""

import hashlib
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from studio.engine.train import train_run
from studio.jobs.messages import CheckpointWritten, EpochEnded, Event, Resumed, StepDone
from studio.jobs.wire import parse_event
from studio.runs.run import Run

MakeRun = Callable[..., Run]

# Trains the run in argv[1], a checkpoint every argv[2] steps; each event is a line.
PROGRAM = """
import os, sys
os.environ["OMP_WAIT_POLICY"] = "passive"
from pathlib import Path
from studio.engine.keeper import Pace
from studio.engine.train import train_run
from studio.runs.run import Run

def emit(event):
    print(event.model_dump_json(), flush=True)

pace = Pace(steps=int(sys.argv[2]))
train_run(Run(Path(sys.argv[1])), emit, lambda: False, resume=sys.argv[3] == "resume", pace=pace)
"""

NIGHTLY = bool(os.environ.get("STUDIO_NIGHTLY"))
KILLS = 24 if NIGHTLY else 2
EPOCHS, STEPS_PER_EPOCH = 5, 3


STAGED = {"stages": ({"side_px": 32, "learns": "head", "epochs": 2}, {"side_px": 48, "epochs": 3})}


@pytest.mark.parametrize("training", [{}, {"freeze_epochs": 2}, STAGED] if NIGHTLY else [{}, STAGED])
def test_killed_and_resumed_is_as_unbroken(make_run: MakeRun, training: dict[str, Any]) -> None:
    whole = make_run(epochs=EPOCHS, **training)
    whole_events: list[Event] = []
    end = train_run(whole, whole_events.append, lambda: False, resume=False)

    broken = make_run(epochs=EPOCHS, **training)
    chance = random.Random(len(training))
    # Not in the last steps: the run could end before the signal arrives.
    kills = sorted(chance.randrange(1, STEPS_PER_EPOCH * (EPOCHS - 1)) for _ in range(KILLS))
    events: list[Event] = []
    for number, kill_at in enumerate([*kills, None]):
        events += train_until(broken, kill_at, every=chance.randrange(1, 4), resume=number > 0)
    assert len([event for event in events if isinstance(event, Resumed)]) == KILLS

    assert digest(broken.weights_file) == digest(whole.weights_file)
    assert digest(last_checkpoint(broken)) == digest(last_checkpoint(whole))
    assert broken.predictions_file.read_bytes() == whole.predictions_file.read_bytes()
    ended = {event.epoch: (event.train_loss, event.valid_loss, event.metrics) for event in epochs_of(events)}
    assert ended == {
        event.epoch: (event.train_loss, event.valid_loss, event.metrics) for event in epochs_of(whole_events)
    }
    assert end.run == whole.name


def train_until(run: Run, kill_at: int | None, every: int, resume: bool) -> list[Event]:
    """Train in a process of its own, and kill it when it has told of step `kill_at`; None lets it end."""
    command = [sys.executable, "-c", PROGRAM, str(run.folder), str(every), "resume" if resume else "start"]
    events: list[Event] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            event = parse_event(line)
            assert event is not None
            events.append(event)
            if kill_at is not None and isinstance(event, StepDone | CheckpointWritten) and event.step >= kill_at:
                process.kill()
    assert process.returncode == (0 if kill_at is None else -signal.SIGKILL)
    return events


def epochs_of(events: list[Event]) -> list[EpochEnded]:
    return [event for event in events if isinstance(event, EpochEnded)]


def last_checkpoint(run: Run) -> Path:
    return sorted((run.folder / "checkpoints").glob("step-*"))[-1]


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
