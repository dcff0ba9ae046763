"""What a task brings to the training: everything else in this folder is the same for all of them."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from studio.base.errors import Bug
from studio.blocks.task import Task
from studio.engine.augment import Placed
from studio.engine.encoders import Encoder
from studio.engine.evidence import Evidence
from studio.engine.model import EncoderAndHead
from studio.engine.networks import make_network
from studio.engine.rows import RunRows
from studio.jobs.messages import Event
from studio.runs.report import AnyPart
from studio.runtime.answer import Answer
from studio.runtime.card import EncoderCard, HeadCard, ModelCard, WeightsOrigin
from studio.runtime.decoding import DECODINGS
from studio.runtime.preprocess import Preprocess
from studio.runtime.view import View

# What a batch is to be: an array, or arrays in a tuple or a dictionary; on the device the same, of tensors.
Targets = Any


class TaskMetrics(nn.Module, ABC):
    """The task's metrics over a whole data set, batch by batch; parts of it that keep numbers are torchmetrics."""

    @abstractmethod
    def update(self, outputs: Tensor, targets: Targets) -> None:
        """Take in a batch."""

    def update_merged(self, merged: NDArray[np.float64], targets: Targets) -> None:
        """Take in pictures that were looked at several times: what `Merging.merge` gives of each, (N, ...). For most
        tasks these are outputs."""
        self.update(torch.from_numpy(merged).float(), targets)

    @abstractmethod
    def compute(self) -> dict[str, float]:
        """By the names that the task's block declares; NaN where nothing could be measured."""


class EngineTask(ABC):
    """One task for one run: how its labels become numbers, what is to be made small, and how good that is.

    outputs: what the network gives for a batch, (N, ...). targets: what `collate` gave for it.
    answers_are_small: whether what is kept of a picture takes so little that it is held for the whole validation part.
    """

    answers_are_small: ClassVar[bool] = True

    def __init__(self, block: Task, rows: RunRows, preprocess: Preprocess) -> None:
        self.block, self.rows, self.preprocess = block, rows, preprocess

    @staticmethod
    @abstractmethod
    def check_labels(rows: RunRows) -> None:
        """Raises UserError, before any picture is read, when labels are not what the run knows them to be."""

    @staticmethod
    @abstractmethod
    def check_parts(rows: RunRows, emit: Callable[[Event], None]) -> None:
        """Warn of what cannot be learned. Raises UserError when nothing can be. There are rows in both parts."""

    @property
    @abstractmethod
    def head(self) -> HeadCard:
        """What the network ends with."""

    def network(self, encoder: Encoder) -> EncoderAndHead:
        """Put what the task needs on an encoder, its weights drawn from torch's generator."""
        return make_network(encoder, self.head, self.preprocess)

    def card(self, encoder: EncoderCard, weights: WeightsOrigin) -> ModelCard:
        """The model's card, without what training finds out."""
        return ModelCard.model_validate(
            {
                "task": self.block.kind,
                "classes": self.rows.classes,
                "skeleton": self.rows.skeleton,
                "number_names": self.rows.number_names,
                "preprocess": self.preprocess,
                "encoder": encoder,
                "head": self.head,
                "weights": weights,
                **self.facts(),
            }
        )

    def facts(self) -> dict[str, object]:
        """What else the card needs to know to decode."""
        return {}

    @abstractmethod
    def collate(self, placed: Sequence[Placed]) -> Targets:
        """The targets of a batch, as arrays; called by the loader's threads. The pictures themselves are not there."""

    def mixable(self, targets: Targets) -> NDArray[np.float32]:
        """The targets of a batch as numbers that can be blended, (N, ...); `loss` takes them too."""
        raise Bug(f"{type(self).__name__} has nothing to mix")

    @abstractmethod
    def loss(self, outputs: Tensor, targets: Targets) -> Tensor:
        """What is to be made small: the mean over all that counts in the batch."""

    @abstractmethod
    def losses(self, outputs: Tensor, targets: Targets) -> Tensor:
        """The loss of each picture, (N,)."""

    def weights(self, targets: Targets, losses: Tensor) -> Tensor:
        """How much of each picture counts, (N,): `loss` is the mean of `losses` with these weights."""
        return torch.ones_like(losses)

    @abstractmethod
    def metrics(self) -> TaskMetrics:
        """New ones, which have seen nothing."""

    def kept(self, outputs: Tensor) -> NDArray[Any]:
        """What is remembered of a batch's outputs until they are decoded, (N, ...); for small outputs all of it."""
        return np.asarray(outputs.float().cpu().numpy())

    def answers(self, kept: NDArray[Any], card: ModelCard, views: Sequence[View]) -> list[Answer]:
        """What the model says, picture by picture."""
        return DECODINGS[card.task].decode(kept, card, views)

    def noted(self, kept: NDArray[Any], targets: Targets) -> Sequence[Any]:
        """What the report needs of each picture of a batch beside its label and what is kept: a few numbers."""
        return [None] * len(kept)

    def report(self, evidence: Evidence, card: ModelCard) -> Sequence[AnyPart]:
        """What there is to be said of the best model beside its answers: tables, charts, labels to look at."""
        return ()
