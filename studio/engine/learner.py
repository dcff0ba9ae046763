"""The training loop. It knows how a model learns; everything else is a callback."""

from collections.abc import Callable, Generator, Sequence
from contextlib import closing, nullcontext
from functools import partial
from typing import ClassVar

import torch
from torch import Tensor, nn

from studio.engine.average import AveragedWeights
from studio.engine.devices import Placement, soon
from studio.engine.feed import Batch, feed
from studio.engine.interpret import Answers, Gathering, TakeBatch
from studio.engine.loader import LoadedBatch
from studio.engine.memory import BeforeTry, Memory, shares
from studio.engine.optimizer import reserve, steps_begun
from studio.engine.precision import Precision
from studio.engine.task import EngineTask

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
    number, counted from 0. batch, loss: those of the current step. answers: of the last validation.
    network: what computes while it learns: the model, or another face of it with the same weights. memory,
    validation_memory: how many pictures go through it at once. average: of the weights, where one is validated.
    """

    batch: Batch
    loss: float
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
        *,
        precision: Precision | None = None,
        average: AveragedWeights | None = None,
    ) -> None:
        self.model = model
        self.network: Callable[[Tensor], Tensor] = model
        self.task = task
        self.optimizer = optimizer
        self.training = training
        self.validation = validation
        self.steps_per_epoch = steps_per_epoch
        self.placement = placement
        self.callbacks = sorted(callbacks, key=lambda callback: callback.order)
        self.precision = precision or Precision("float32", placement.device)
        self.memory = self.validation_memory = Memory()
        self.average = average
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

    def check_start(self) -> bool:
        """Validate before the first step; callbacks hear of it as of an epoch 0. False when one stopped it."""
        try:
            self.answers = self.validate(may_stop=True)
            self._call("after_epoch")
        except StopTraining:
            return False
        return True

    def train_epoch(self) -> None:
        """The rest of the epoch that it stands in, without validation. Raises StopTraining as callbacks do."""
        self.model.train()
        before_try = BeforeTry(self.model)
        with closing(self.training(self.epoch, self.step - self.epoch * self.steps_per_epoch)) as batches:
            for loaded in batches:
                self.batch = feed(loaded, self.placement)
                self._call("before_step")
                before_try.keep()
                self.loss = self.memory.attempt(len(self.batch), self._learn, before_try.put_back)
                self._call("after_loss")
                self.precision.unscale(self.optimizer)
                self._call("after_backward")
                self._move_weights()
                self.step += 1
                self._call("after_step")

    @torch.inference_mode()
    def validate(self, may_stop: bool = False, take: TakeBatch | None = None, on: MakeBatches | None = None) -> Answers:
        """What the averaged weights, or the model's own, make of the validation part now, or of what `on` gives.
        Callbacks hear of its batches where it `may_stop`, `take` of what was answered."""
        self.model.eval()
        with self.average.in_place() if self.average else nullcontext():
            return self._answers(may_stop, take, on or self.validation)

    def _answers(self, may_stop: bool, take: TakeBatch | None, on: MakeBatches) -> Answers:
        gathering = Gathering(self.task, self.placement.device, take)
        with closing(on(self.epoch, 0)) as batches:
            for loaded in batches:
                self.batch = feed(loaded, self.placement)
                self.validation_memory.each(len(self.batch), partial(self._answer, gathering))
                if may_stop:
                    self._call("after_validation_batch")
        return gathering.answers()

    def weights(self) -> dict[str, Tensor]:
        """Those that were validated: the averaged ones, where there are any."""
        return self.average.state() if self.average else self.model.state_dict()

    def forward(self, pictures: Tensor) -> Tensor:
        """What the network says, float32: the one place where it is asked."""
        return self.precision.forward(self.network if self.model.training else self.model, pictures)

    def _learn(self, parts: list[slice]) -> float:
        """The gradients of the batch's loss, part by part; gives the loss."""
        losses = []
        for part, share in zip(parts, shares(self.batch, parts, self.task), strict=True):
            pictures, targets = self.batch.part(part)
            loss = self.task.loss(self.forward(pictures), targets)
            loss = loss if share is None else share * loss
            losses.append(soon(loss.detach()))
            self.precision.backward(loss)
        reserve(self.optimizer)
        return sum(read() for read in losses)

    def _move_weights(self) -> None:
        """The one place where weights change."""
        begun = steps_begun(self.optimizer)

        def undo() -> None:
            if steps_begun(self.optimizer) != begun:
                raise torch.OutOfMemoryError("in the middle of the optimizer's step")

        self.memory.attempt(len(self.batch), lambda parts: self.precision.step(self.optimizer), undo)
        self.optimizer.zero_grad()
        if self.average:
            self.average.follow(self.step + 1)

    def _answer(self, gathering: Gathering, part: slice) -> None:
        pictures, targets = self.batch.part(part)
        gathering.add(self.batch.rows[part], self.batch.views[part], self.forward(pictures), targets)

    def _call(self, moment: str) -> None:
        for callback in self.callbacks:
            getattr(callback, moment)(self)
