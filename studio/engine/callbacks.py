"""Features of training: what is drawn by chance, how fast it learns, when it must end."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import Tensor
from torch.utils._pytree import keystr, tree_flatten_with_path

from studio.base.errors import UserError
from studio.base.files import write_atomically
from studio.engine.chance import step_seed
from studio.engine.devices import seed_generators
from studio.engine.learner import Callback, Learner, StopTraining
from studio.engine.memory import cut_evenly
from studio.engine.model import EncoderAndHead, norm_layers
from studio.engine.optimizer import set_rates
from studio.engine.schedule import Stage, stage_at
from studio.engine.weight_files import to_bytes


class Chance(Callback):
    """Sets torch's generators before each step: drop-out depends on the seed and the step alone."""

    order = -20

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def before_step(self, learner: Learner) -> None:
        seed_generators(step_seed(self.seed, learner.step))


class Schedule(Callback):
    """Moves learning rates and momentum, and freezes the encoder where a stage wants it."""

    order = -10

    def __init__(self, stages: Sequence[Stage], model: EncoderAndHead) -> None:
        self.stages = tuple(stages)
        self.model = model
        self._stage: Stage | None = None

    def before_step(self, learner: Learner) -> None:
        stage = stage_at(self.stages, learner.step)
        if stage is not self._stage:
            self._enter(stage, learner)
        set_rates(learner.optimizer, stage.learning_rates(learner.step), stage.momentum(learner.step))

    def _enter(self, stage: Stage, learner: Learner) -> None:
        self._stage = stage
        freeze_before(self.model, stage.first_group, stage.still_since)
        if learner.step == stage.first_step:
            # A new stage does not remember the gradients of the one before (fastai 2 `freeze_to`); one that was
            # interrupted goes on with what it knew.
            learner.optimizer.state.clear()


def freeze_before(model: EncoderAndHead, first_group: int, still_since: int | None = None) -> None:
    """Only layer groups from this one on learn, but for the encoder's norm layers, which go on learning everywhere, and
    whose statistics follow the pictures, unless it stands still.  Source: fastai `freeze_to` and `train_bn`."""
    model.hold_still(still_since)
    for number, group in enumerate(model.layer_groups()):
        for parameter in group:
            parameter.requires_grad_(number >= first_group)
    for layer in norm_layers(model.encoder):
        for parameter in layer.parameters():
            parameter.requires_grad_(still_since is None)


class Losses(Callback):
    """Follows the loss.

    last: that of the current step. epoch_loss: the sum over the current epoch's steps. smoothed: an average that
    forgets, weighing the last step with 0.02, still pulled towards its start at 0. Source: fastai 2 `Recorder`.
    """

    order = 0
    _REMEMBERS = 0.98

    def __init__(self) -> None:
        self.last = math.nan
        self.epoch_loss = 0.0
        self.smoothed = 0.0

    def after_loss(self, learner: Learner) -> None:
        self.last = learner.loss

    def after_step(self, learner: Learner) -> None:
        self.epoch_loss += self.last
        self.smoothed = self._REMEMBERS * self.smoothed + (1 - self._REMEMBERS) * self.last

    @property
    def is_number(self) -> bool:
        return math.isfinite(self.last)

    def shown(self, step: int) -> float:
        """The smoothed loss after `step` steps, without the pull."""
        return self.smoothed / (1 - self._REMEMBERS**step)


class StopAtNan(Callback):
    """Ends the run, with a UserError, at the first loss that is not a number: no later step would mend the weights."""

    order = 45

    def __init__(self, losses: Losses, name_of: Callable[[int], str], file: Path) -> None:
        """`file`: where the pictures of the batch are named; what the network saw of them lies beside it."""
        self.losses = losses
        self.name_of = name_of
        self.file = file

    def after_loss(self, learner: Learner) -> None:
        if self.losses.is_number:
            return
        images = [self.name_of(row) for row in learner.batch.rows]
        write_atomically(self.file, "".join(f"{image}\n" for image in images).encode("utf-8", "surrogateescape"))
        batch_file = self.file.with_suffix(".safetensors")
        write_atomically(batch_file, to_bytes(_tensors_of(learner)))
        raise UserError(
            f"The loss is not a number any more at step {learner.step + 1}. Its batch begins with {images[0]}; "
            f"all its pictures are named in {self.file.name} in the run's folder, and {batch_file.name} beside it "
            "holds the batch as the network saw it.",
            "Lower the learning rate, to a tenth for example, and start a new run.",
        )


def _tensors_of(learner: Learner) -> dict[str, Tensor]:
    """The pictures and the targets of the current batch, by name."""
    parts = cut_evenly(len(learner.batch), learner.memory.at_once)  # all of it at once may not fit
    pictures = torch.cat([learner.batch.part(part)[0].cpu() for part in parts])
    leaves, _ = tree_flatten_with_path(learner.batch.targets)
    return {"pictures": pictures, **{f"targets{keystr(path)}": tensor for path, tensor in leaves}}


class StopWhenAsked(Callback):
    """Looks between two steps whether somebody wants the run to stop."""

    order = 50

    def __init__(self, should_stop: Callable[[], bool]) -> None:
        self.should_stop = should_stop

    def after_step(self, learner: Learner) -> None:
        self._look()

    def after_validation_batch(self, learner: Learner) -> None:
        self._look()

    def _look(self) -> None:
        if self.should_stop():
            raise StopTraining
