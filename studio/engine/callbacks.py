"""Features of training: what is drawn by chance, how fast it learns, when it must end."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from studio.base.errors import UserError
from studio.base.files import write_atomically
from studio.engine.chance import step_seed
from studio.engine.learner import Callback, Learner, StopTraining
from studio.engine.model import EncoderAndHead, norm_layers
from studio.engine.optimizer import set_rates
from studio.engine.schedule import Stage, stage_at


class Chance(Callback):
    """Sets torch's generators before each step: drop-out depends on the seed and the step alone."""

    order = -20

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def before_step(self, learner: Learner) -> None:
        torch.manual_seed(step_seed(self.seed, learner.step))


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
        freeze_encoder(self.model, stage.is_frozen)
        if learner.step == stage.first_step:
            # A new stage does not remember the gradients of the one before (fastai 2 `freeze_to`); one that was
            # interrupted goes on with what it knew.
            learner.optimizer.state.clear()


def freeze_encoder(model: EncoderAndHead, is_frozen: bool) -> None:
    """A frozen encoder's norm layers go on learning, and their statistics follow the pictures (fastai `train_bn`)."""
    for parameter in model.encoder.parameters():
        parameter.requires_grad_(not is_frozen)
    for layer in norm_layers(model.encoder):
        for parameter in layer.parameters():
            parameter.requires_grad_(True)


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
        self.last = float(learner.loss.detach())

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
        """`file`: where the pictures of the batch are named."""
        self.losses = losses
        self.name_of = name_of
        self.file = file

    def after_loss(self, learner: Learner) -> None:
        if self.losses.is_number:
            return
        images = [self.name_of(row) for row in learner.batch.rows]
        write_atomically(self.file, "".join(f"{image}\n" for image in images).encode("utf-8", "surrogateescape"))
        raise UserError(
            f"The loss is not a number any more at step {learner.step + 1}. Its batch begins with {images[0]}; "
            f"all its pictures are named in {self.file.name} in the run's folder.",
            "Lower the learning rate, to a tenth for example, and start a new run.",
        )


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
