"""The same named points in every picture."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torchmetrics import MeanMetric

from studio.base.errors import Bug, UserError
from studio.base.targets import Place, Points, Target
from studio.blocks.tasks.keypoints import Keypoints
from studio.engine.augment import Placed
from studio.engine.encoders import Encoder
from studio.engine.evidence import Evidence
from studio.engine.heat_maps import HeatMapNetwork, differences
from studio.engine.model import EncoderAndHead
from studio.engine.moving import validity
from studio.engine.reports import disagreements, distances
from studio.engine.rows import RunRows
from studio.engine.task import EngineTask, TaskMetrics
from studio.jobs.messages import Event, Warned
from studio.runs.report import AnyPart
from studio.runtime.answer import Answer
from studio.runtime.card import HeadCard, ModelCard
from studio.runtime.heat_maps import peaks
from studio.runtime.preprocess import Preprocess
from studio.runtime.tasks.keypoints import answer_of
from studio.runtime.view import View

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
    """outputs: (N, 2 * points), x and y of each in turn, which a sigmoid keeps between -1 and 1; or heat maps, (N,
    points, down, across). kept: of heat maps where their points are, see `find_points`."""

    _maps: HeatMapNetwork | None = None  # which says what grid they have

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
        points = len(self.rows.skeleton.names)
        if self.has_maps:
            return HeadCard(kind="heat_maps", outputs=points)
        return HeadCard(outputs=2 * points, between=(-1, 1))

    @property
    def has_maps(self) -> bool:
        """Whether points are answered as heat maps."""
        assert isinstance(self.block, Keypoints)
        return self.block.answer == "heat_maps"

    def network(self, encoder: Encoder) -> EncoderAndHead:
        network = super().network(encoder)
        self._maps = network if isinstance(network, HeatMapNetwork) else None
        return network

    def facts(self) -> dict[str, object]:
        if not self.has_maps:
            return {}
        if self._maps is None:
            raise Bug("the network comes first")
        return {"grids": (self._maps.grid,)}

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
        """The mean squared error of all coordinates, or maps, that count."""
        squares = self._squares(outputs, targets)
        return squares.sum() / (squares.shape[2] * targets.valid.sum()).clamp(min=1)

    def losses(self, outputs: Tensor, targets: PointTargets[Tensor]) -> Tensor:
        squares = self._squares(outputs, targets)
        return squares.sum((1, 2)) / (squares.shape[2] * targets.valid.sum(1)).clamp(min=1)

    def weights(self, targets: PointTargets[Tensor], losses: Tensor) -> Tensor:
        return targets.valid.sum(1).to(losses.dtype)

    def metrics(self) -> "KeypointsMetrics":
        return KeypointsMetrics(self.preprocess, self._said)

    def kept(self, outputs: Tensor) -> NDArray[Any]:
        return peaks(outputs.float().cpu().numpy()) if self.has_maps else super().kept(outputs)

    def answers(self, kept: NDArray[Any], card: ModelCard, views: Sequence[View]) -> list[Answer]:
        if not self.has_maps:
            return super().answers(kept, card, views)
        return [answer_of(found, card, view) for found, view in zip(kept, views, strict=True)]

    def report(self, evidence: Evidence, card: ModelCard) -> Sequence[AnyPart]:
        seen = evidence.sound()
        if not seen.seen or card.skeleton is None:
            return ()
        names = card.skeleton.names
        answers = self.answers(seen.kept(), card, [one.view for one in seen.seen])
        errors_px = np.stack(
            [
                np.where(one.noted, distances_px(_places(answer.target), _places(one.target)), np.nan)
                for one, answer in zip(seen.seen, answers, strict=True)
            ]
        )
        close_px = CLOSE * np.array([max(one.view.original_wh) for one in seen.seen], dtype=np.float64)
        return [
            distances.of_points(seen.images, errors_px, close_px, names),
            disagreements.of_points(seen.images, errors_px, close_px, names),
        ]

    def noted(self, kept: NDArray[Any], targets: PointTargets[Tensor]) -> Sequence[NDArray[np.bool_]]:
        """Which points count."""
        return list(targets.valid.cpu().numpy())

    def _squares(self, outputs: Tensor, targets: PointTargets[Tensor]) -> Tensor:
        """(N, points, 2), or (N, points, 1) of maps; 0 for points that do not count."""
        if self.has_maps:
            assert isinstance(self.block, Keypoints)
            squares = differences(outputs, targets.places, self.block.sigma_px)[..., None]
        else:
            squares = (outputs.view_as(targets.places) - targets.places).square()
        return squares * targets.valid[..., None]

    def _said(self, outputs: Tensor) -> Tensor:
        """Where the points are, (N, points, 2), from -1 to 1."""
        if not self.has_maps:
            return outputs.view(len(outputs), -1, 2)
        return torch.from_numpy(2 * self.kept(outputs)[..., :2] - 1).to(outputs)


class KeypointsMetrics(TaskMetrics):
    """pixel_error: in the original's pixels, over all points that count. pck: percentage of correct keypoints.

    said: from outputs to where the points are, (N, points, 2), from -1 to 1.
    """

    size_wh: Tensor

    def __init__(self, preprocess: Preprocess, said: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.said = said
        self.register_buffer("size_wh", torch.tensor(preprocess.size_wh, dtype=torch.float32))
        self.pixel_error = MeanMetric(nan_strategy="disable")
        self.pck = MeanMetric(nan_strategy="disable")

    def update(self, outputs: Tensor, targets: PointTargets[Tensor]) -> None:
        self._take(self.said(outputs), targets)

    def update_merged(self, merged: NDArray[np.float64], targets: PointTargets[Tensor]) -> None:
        """merged: shares of the model's picture, and a brightness, (N, points, 3)."""
        self._take(torch.from_numpy(2 * merged[..., :2] - 1).to(targets.places), targets)

    def _take(self, places: Tensor, targets: PointTargets[Tensor]) -> None:
        """places: (N, points, 2), from -1 to 1."""
        if not targets.valid.any():
            return
        said = self._in_original(places, targets.back)
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


def distances_px(said: Sequence[Place | None], right: Sequence[Place | None]) -> NDArray[np.float64]:
    """How far each point lies from where it is, (points,); NaN where one of them is absent."""
    pairs = zip(said, right, strict=True)
    return np.array([np.hypot(a.x_px - b.x_px, a.y_px - b.y_px) if a and b else np.nan for a, b in pairs])


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
