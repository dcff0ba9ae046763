"""What is kept of each stage of a training: the model as it was at its end, in a folder like a run's."""

import shutil
from collections.abc import Callable
from typing import ClassVar

from torch import Tensor

from studio.base.files import cannot_write, write_atomically
from studio.engine.checkpoint import BestEpoch
from studio.engine.learner import Callback, Learner
from studio.engine.preparation import Prepared
from studio.engine.publish import finished_card
from studio.engine.weight_files import to_bytes
from studio.runs.run import Run
from studio.runtime.card import write_card


class StageWeights(Callback):
    """Calls `keep` after each epoch, before the checkpoint is written from which the next stage would go on."""

    order: ClassVar[int] = 35

    def __init__(self, keep: Callable[[], None]) -> None:
        self.keep = keep

    def after_epoch(self, learner: Learner) -> None:
        self.keep()


def keep_stage(run: Run, prepared: Prepared, weights: dict[str, Tensor], last: BestEpoch, train_s: float) -> Run:
    """Write weights and card of the stage that has ended, and the run's labels and recipe beside them: the folder can
    be predicted with, exported, and started from. last: its last epoch. Raises UserError when the disk is full."""
    stage = prepared.stage
    kept = run.after_stage(stage.number, stage.name)
    try:
        kept.folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(run.labels_file, kept.labels_file)
    except OSError as error:
        raise cannot_write(kept.folder, error) from error
    write_atomically(kept.recipe_file, stage.recipe.model_dump_json(indent=2).encode())
    kept.write_facts(run.facts())
    write_atomically(kept.weights_file, to_bytes(weights))
    write_card(kept.card_file, finished_card(prepared, last, train_s))
    return kept
