"""The same named points in every picture."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torchmetrics import MeanMetric

from studio.base.errors import UserError
from studio.base.targets import Points, Target
from studio.engine.augment import Placed
from studio.engine.moving import validity
from studio.engine.rows import RunRows
from studio.engine.task import EngineTask, TaskMetrics
from studio.jobs.messages import Event, Warned
from studio.runtime.card import HeadCard
from studio.runtime.preprocess import Preprocess

CLOSE = 1 / 20  # of the original's longer side: how near a point must be to count as found

ArrayT = TypeVar("ArrayT")


class PointTargets(NamedTuple, Generic[ArrayT]):
    """places: (N, points, 2), x and y in the model's picture from -1 to 1; a point beyond the edges keeps its place.

    valid: (N, points), which of them count: those that are there and in the picture. back: (N, 3, 3), from the
    model's pixels to the original's. longer_side_px: (N,), of the original.
    """

    places: ArrayT
    valid: ArrayT
    back: ArrayT
    longer_side_px: ArrayT


class KeypointsTask(EngineTask):
    """outputs: (N, 2 * points), x and y of each in turn, which a sigmoid keeps between -1 and 1."""

    @staticmethod
    def check_labels(rows: RunRows) -> None:
        if rows.skeleton is None or not rows.skeleton.names:
            raise UserError("This run does not know its points: no names were found.", "Look at the Labels block.")
        needed = len(rows.skeleton.names)
        for row in rows.used:
            found = len(_places(rows.rows[row].target))
            if found != needed:
                raise UserError(
                    f"{rows.rows[row].image} has {found} points, and {needed} are named.", "Look at the Labels block."
                )

    @staticmethod
    def check_parts(rows: RunRows, emit: Callable[[Event], None]) -> None:
        assert rows.skeleton is not None
        trained, checked = (
            np.any([[place is not None for place in _places(target)] for target in rows.targets(part)], axis=0)
            for part in (rows.train, rows.valid)
        )
        for is_there, part in ((trained, "train"), (checked, "check the model")):
            if not is_there.any():
                raise UserError(f"No picture to {part} on has any point.", "Look at the Labels and the Split block.")
        for name, is_trained in zip(rows.skeleton.names, trained.tolist(), strict=True):
            if not is_trained:
                emit(
                    Warned(
                        message=f"The point {name!r} is in no picture to train on: it cannot be learned.",
                        hint="Mark it in some pictures, or change the split so that some are trained on.",
                    )
                )

    @property
    def head(self) -> HeadCard:
        assert self.rows.skeleton is not None
        return HeadCard(outputs=2 * len(self.rows.skeleton.names), between=(-1, 1))

    def collate(self, placed: Sequence[Placed]) -> PointTargets[NDArray[Any]]:
        size_wh = self.preprocess.size_wh
        views = [one.view for one in placed if one.view is not None]
        return PointTargets(
            places=np.stack([_scaled(one.target, size_wh) for one in placed]),
            valid=np.stack([validity(Points(_places(one.target)), size_wh) for one in placed]),
            back=np.stack([view.back for view in views]).astype(np.float32),
            longer_side_px=np.array([max(view.original_wh) for view in views], dtype=np.float32),
        )

    def loss(self, outputs: Tensor, targets: PointTargets[Tensor]) -> Tensor:
        """The mean squared error of all coordinates that count."""
        squares = self._squares(outputs, targets)
        return squares.sum() / (2 * targets.valid.sum()).clamp(min=1)

    def losses(self, outputs: Tensor, targets: PointTargets[Tensor]) -> Tensor:
        return self._squares(outputs, targets).sum((1, 2)) / (2 * targets.valid.sum(1)).clamp(min=1)

    def weights(self, targets: PointTargets[Tensor], losses: Tensor) -> Tensor:
        return targets.valid.sum(1).to(losses.dtype)

    def metrics(self) -> "KeypointsMetrics":
        return KeypointsMetrics(self.preprocess)

    def _squares(self, outputs: Tensor, targets: PointTargets[Tensor]) -> Tensor:
        """(N, points, 2), 0 for points that do not count."""
        differences = outputs.view_as(targets.places) - targets.places
        return differences.square() * targets.valid[..., None]


class KeypointsMetrics(TaskMetrics):
    """pixel_error: in the original's pixels, over all points that count. pck: percentage of correct keypoints."""

    size_wh: Tensor

    def __init__(self, preprocess: Preprocess) -> None:
        super().__init__()
        self.register_buffer("size_wh", torch.tensor(preprocess.size_wh, dtype=torch.float32))
        self.pixel_error = MeanMetric(nan_strategy="disable")
        self.pck = MeanMetric(nan_strategy="disable")

    def update(self, outputs: Tensor, targets: PointTargets[Tensor]) -> None:
        if not targets.valid.any():
            return
        said = self._in_original(outputs.view_as(targets.places), targets.back)
        distances_px = (said - self._in_original(targets.places, targets.back)).norm(dim=2)
        is_close = distances_px < CLOSE * targets.longer_side_px[:, None]
        self.pixel_error.update(distances_px[targets.valid])
        self.pck.update(is_close[targets.valid].float())

    def compute(self) -> dict[str, float]:
        return {"pixel_error": float(self.pixel_error.compute()), "pck": float(self.pck.compute())}

    def _in_original(self, places: Tensor, back: Tensor) -> Tensor:
        """(N, points, 2) in the original's pixels, of places between -1 and 1."""
        in_model_px = (places + 1) / 2 * self.size_wh
        moved = torch.cat([in_model_px, torch.ones_like(in_model_px[..., :1])], dim=2) @ back.transpose(1, 2)
        return moved[..., :2] / moved[..., 2:]


def _places(target: Target | None) -> tuple[Any, ...]:
    assert isinstance(target, Points)
    return target.places


def _scaled(target: Target | None, size_wh: tuple[int, int]) -> NDArray[np.float32]:
    """(points, 2), from -1 to 1 in the picture; an absent point lies anywhere, here in the middle.

    Source: fastai 2 `PointScaler`.
    """
    places = [
        (2 * place.x_px / size_wh[0] - 1, 2 * place.y_px / size_wh[1] - 1) if place is not None else (0.0, 0.0)
        for place in _places(target)
    ]
    return np.array(places, dtype=np.float32)
