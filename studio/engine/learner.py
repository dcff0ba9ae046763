"""The training loop. It knows how a model learns; everything else is a callback."""

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from typing import ClassVar

import torch
from torch import Tensor, nn

from studio.engine.devices import Placement
from studio.engine.interpret import Answers, Gathering
from studio.engine.loader import LoadedBatch
from studio.engine.task import EngineTask, Targets

MakeBatches = Callable[[int, int], Generator[LoadedBatch]]  # (epoch, batches to skip)


class StopTraining(Exception):
    """Raised by a callback to end the training between two steps; it can go on later."""


class EndTraining(StopTraining):
    """Raised by a callback when there is nothing more to learn: the training is done."""


class Callback:
    """A feature of training. Each method is called at its moment; lower `order` first."""

    order: ClassVar[int] = 0

    def before_fit(self, learner: "Learner") -> None: ...
    def before_step(self, learner: "Learner") -> None: ...
    def after_loss(self, learner: "Learner") -> None: ...
    def after_backward(self, learner: "Learner") -> None: ...
    def after_step(self, learner: "Learner") -> None: ...
    def after_validation_batch(self, learner: "Learner") -> None: ...
    def after_epoch(self, learner: "Learner") -> None: ...


class Learner:
    """A model, what it learns from, and where it stands.

    step: training steps done in the whole run. epoch: epochs done, each with its validation; inside an epoch its
    number, counted from 0. batch, pictures, targets, loss: those of the current step. answers: of
    the last validation.
    """

    batch: LoadedBatch
    pictures: Tensor  # (N, C, H, W)
    targets: Targets  # as the task made them
    loss: Tensor
    answers: Answers

    def __init__(
        self,
        model: nn.Module,
        task: EngineTask,
        optimizer: torch.optim.Optimizer,
        training: MakeBatches,
        validation: MakeBatches,
        steps_per_epoch: int,
        placement: Placement,
        callbacks: Sequence[Callback],
    ) -> None:
        self.model = model
        self.task = task
        self.optimizer = optimizer
        self.training = training
        self.validation = validation
        self.steps_per_epoch = steps_per_epoch
        self.placement = placement
        self.callbacks = sorted(callbacks, key=lambda callback: callback.order)
        self.step = 0
        self.epoch = 0

    def fit(self, epochs: int) -> bool:
        """Train until `epochs` are done, from wherever it stands. False when a callback stopped it before."""
        try:
            self._call("before_fit")
            while self.epoch < epochs:
                self.train_epoch()
                self.answers = self.validate(may_stop=True)
                self.epoch += 1
                self._call("after_epoch")
        except EndTraining:
            return True
        except StopTraining:
            return False
        return True

    def train_epoch(self) -> None:
        """The rest of the epoch that it stands in, without validation. Raises StopTraining as callbacks do."""
        self.model.train()
        with closing(self.training(self.epoch, self.step - self.epoch * self.steps_per_epoch)) as batches:
            for self.batch in batches:
                self.pictures, self.targets = self.placement.tensors(self.batch)
                self._call("before_step")
                self.loss = self.task.loss(self.model(self.pictures), self.targets)
                self._call("after_loss")
                self.loss.backward()  # type: ignore[no-untyped-call]
                self._call("after_backward")
                self.optimizer.step()
                self.optimizer.zero_grad()
                self.step += 1
                self._call("after_step")

    @torch.inference_mode()
    def validate(self, may_stop: bool = False) -> Answers:
        """What the model makes of the validation part now; callbacks hear of its batches where it `may_stop`."""
        self.model.eval()
        gathering = Gathering(self.task, self.placement.device)
        with closing(self.validation(self.epoch, 0)) as batches:
            for self.batch in batches:
                self.pictures, self.targets = self.placement.tensors(self.batch)
                outputs = self.model(self.pictures).float()
                gathering.add(self.batch.rows, self.batch.views, outputs, self.targets)
                if may_stop:
                    self._call("after_validation_batch")
        return gathering.answers()

    def _call(self, moment: str) -> None:
        for callback in self.callbacks:
            getattr(callback, moment)(self)
