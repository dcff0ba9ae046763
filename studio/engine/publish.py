"""The end of a run: the best epoch's weights become the model, and its answers are written down."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.base.files import write_atomically
from studio.base.targets import MaskFile
from studio.engine.checkpoint import BestEpoch, Checkpoints
from studio.engine.interpret import Answers, interpret
from studio.engine.preparation import Prepared
from studio.engine.tensors import read_tensors
from studio.imaging.masks import mask_png
from studio.runs.predictions import MASKS, write_predictions
from studio.runs.run import Run
from studio.runtime.card import TrainFacts, write_card


def publish(
    run: Run,
    prepared: Prepared,
    checkpoints: Checkpoints,
    best: BestEpoch,
    train_s: float,
    answer: Callable[[], Answers],
) -> None:
    """Write model.safetensors, model.json, predictions.csv and the masks that it names; doing it twice changes nothing.

    The network has the best weights afterwards; `answer` then says what it makes of the validation part.
    Raises UserError when the disk is full; the checkpoints are then still there.
    """
    weights_file = checkpoints.best_file(best.epoch)
    if not weights_file.exists():  # published before
        weights_file = run.weights_file
    prepared.model.load_state_dict(read_tensors(weights_file))
    run.onnx_file.unlink(missing_ok=True)  # it holds older weights, if it is there
    write_atomically(run.weights_file, weights_file.read_bytes())
    facts = TrainFacts(
        epoch=best.epoch,
        epochs=prepared.recipe.training.epochs,
        train_rows=len(prepared.rows.train),
        valid_rows=len(prepared.rows.valid),
        seed=prepared.recipe.training.seed,
        device=prepared.plan.device,
        seconds=train_s,
    )
    write_card(run.card_file, prepared.card.model_copy(update={"metrics": flat(best), "train": facts}))
    predictions = interpret(
        answer(), prepared.task, prepared.card, prepared.rows.rows, partial(_write_mask, run.folder)
    )
    has_probabilities = any(item.probabilities for item in predictions)
    write_predictions(run.predictions_file, prepared.rows.classes if has_probabilities else (), predictions)


def flat(best: BestEpoch) -> dict[str, float]:
    """The epoch's metrics with its validation loss, name to number."""
    loss = {"valid_loss": best.valid_loss} if best.valid_loss is not None else {}
    return {**best.metrics, **loss}


def _write_mask(run_folder: Path, row: int, mask_hw: NDArray[np.uint8]) -> MaskFile:
    path = f"{MASKS}/{row:06d}.png"
    (run_folder / MASKS).mkdir(exist_ok=True)
    write_atomically(run_folder / path, mask_png(mask_hw))
    return MaskFile(path)
