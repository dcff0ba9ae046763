"""The end of a run: the best epoch's weights become the model, and its answers are written down."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.base.files import write_atomically
from studio.base.targets import MaskFile
from studio.engine.checkpoint import BestEpoch, Checkpoints
from studio.engine.interpret import Interpretation, TakeBatch
from studio.engine.preparation import Prepared
from studio.engine.tensors import read_tensors
from studio.engine.weight_files import to_bytes
from studio.imaging.masks import mask_png
from studio.runs.predictions import MASKS, write_predictions
from studio.runs.report import AnyPart, Report, write_report
from studio.runs.run import Run
from studio.runtime.card import ModelCard, TrainFacts, write_card


def publish(
    run: Run,
    prepared: Prepared,
    checkpoints: Checkpoints,
    best: BestEpoch,
    train_s: float,
    tell_answers: Callable[[TakeBatch], None],
    own_parts: Callable[[], list[AnyPart]] = list,
) -> None:
    """Write model.safetensors, model.json, predictions.csv with the masks that it names, and the report; doing it twice
    changes nothing.

    The network has the best weights afterwards; `tell_answers` then hands over what it makes of the validation part,
    and `own_parts` what the report says besides what the task says.
    Raises UserError when the disk is full; the checkpoints are then still there.
    """
    weights = checkpoints.best_weights(best.epoch)
    if weights is None:  # published before
        weights = read_tensors(run.weights_file)
    prepared.model.load_state_dict(weights)
    run.onnx_file.unlink(missing_ok=True)  # it holds older weights, if it is there
    write_atomically(run.weights_file, to_bytes(weights))
    write_card(run.card_file, finished_card(prepared, best, train_s))
    found = Interpretation(prepared.task, prepared.card, prepared.rows.rows, partial(_write_mask, run.folder))
    tell_answers(found.take)
    has_probabilities = any(item.probabilities for item in found.predictions)
    write_report(run.report_file, Report(parts=(*found.report().parts, *own_parts())))
    # Last: where they are there is everything else of the results.
    write_predictions(run.predictions_file, prepared.rows.classes if has_probabilities else (), found.predictions)


def finished_card(prepared: Prepared, epoch: BestEpoch, train_s: float) -> ModelCard:
    """The card of the weights that an epoch left."""
    facts = TrainFacts(
        epoch=epoch.epoch,
        stage=prepared.stage.name,
        epochs=prepared.recipe.training.all_epochs,
        train_rows=len(prepared.rows.train),
        valid_rows=len(prepared.rows.valid),
        seed=prepared.recipe.training.seed,
        device=prepared.plan.device,
        seconds=train_s,
    )
    return prepared.card.model_copy(update={"metrics": flat(epoch), "train": facts})


def flat(best: BestEpoch) -> dict[str, float]:
    """The epoch's metrics with its validation loss, name to number."""
    loss = {"valid_loss": best.valid_loss} if best.valid_loss is not None else {}
    return {**best.metrics, **loss}


def _write_mask(run_folder: Path, row: int, mask_hw: NDArray[np.uint8]) -> MaskFile:
    path = f"{MASKS}/{row:06d}.png"
    (run_folder / MASKS).mkdir(exist_ok=True)
    write_atomically(run_folder / path, mask_png(mask_hw))
    return MaskFile(path)
