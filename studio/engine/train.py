"""A run, from its labels to its model: everything is got ready, the learner learns, the best weights are published."""

import shutil
from collections.abc import Callable

from studio.base.download import StoppedError
from studio.engine.checkpoint import Checkpoints
from studio.engine.corrections import BEFORE
from studio.engine.feature_batches import FEATURES
from studio.engine.keeper import Pace
from studio.engine.memory import too_little_in_words
from studio.engine.preparation import prepare
from studio.engine.sitting import Sitting
from studio.jobs.messages import Event, Finished, Stopped
from studio.runs.predictions import MASKS
from studio.runs.run import STAGES, Run

Emit = Callable[[Event], None]
_PACE = Pace()


def train_run(
    run: Run, emit: Emit, should_stop: Callable[[], bool], *, resume: bool, pace: Pace = _PACE
) -> Finished | Stopped:
    """Train a run, or go on with it from its last checkpoint; `should_stop` is asked between steps.

    A resumed run ends with the weights of an unbroken one, bit for bit on a processor. Raises UserError for what the
    user can mend; what was learned until the last checkpoint stays.
    """
    if not resume:
        forget(run)
    checkpoints = Checkpoints(run.folder / "checkpoints")
    checkpoint = checkpoints.newest()
    try:
        epochs_done = checkpoint.standing.epoch if checkpoint is not None else 0
        prepared = prepare(run, emit, should_stop, checkpoint is not None, epochs_done)
    except StoppedError:
        return Stopped(run=run.name)
    with too_little_in_words(prepared.card.preprocess.size_wh):
        return Sitting(run, prepared, checkpoints, emit, should_stop, pace).train(checkpoint, resume)


def forget(run: Run) -> None:
    """Remove what an earlier training of the run left."""
    for folder in ("checkpoints", FEATURES, MASKS, STAGES):
        shutil.rmtree(run.folder / folder, ignore_errors=True)
    for path in (run.weights_file, run.card_file, run.onnx_file, run.predictions_file, run.report_file):
        path.unlink(missing_ok=True)
    for name in ("plan.json", "clock.json", "nan_batch.txt", BEFORE, "nan_batch.safetensors"):
        (run.folder / name).unlink(missing_ok=True)
