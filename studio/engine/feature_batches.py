"""The batches of a stage whose body stands still: of features, where they can be kept; of pictures otherwise."""

import shutil
from collections.abc import Callable, Generator, Sequence
from pathlib import Path

from studio.engine.kept_features import FeatureFile, KeptFeatures
from studio.engine.learner import Learner
from studio.engine.loader import LoadedBatch, check_what_is_left
from studio.engine.look_once import OneLook
from studio.engine.model import EncoderAndHead
from studio.engine.sampler import row_of
from studio.engine.schedule import Stage, stage_at
from studio.engine.stage_batches import StageBatches
from studio.jobs.messages import Event

FEATURES = "features"  # the folder in that of a run


class FeatureBatches:
    """What the learner asks for. The network is told each time whether it is going to see pictures or features.

    pictures: the batches of the same stage as anybody would see them.
    """

    def __init__(
        self,
        pictures: StageBatches,
        stages: Sequence[Stage],
        learner: Callable[[], Learner],
        folder: Path,
        emit: Callable[[Event], None],
        should_stop: Callable[[], bool],
    ) -> None:
        """folder: of the run. stages: with what stands still in them."""
        self.pictures = pictures
        self._stages, self._learner = tuple(stages), learner
        self._folder, self._emit, self._should_stop = folder / FEATURES, emit, should_stop
        self._kept: dict[Stage, KeptFeatures | None] = {}

    def training(self, epoch: int, skip: int) -> Generator[LoadedBatch]:
        """Those of an epoch but for the first `skip`. Raises StopTraining when somebody asks to while features are
        made."""
        kept = self._kept_in(epoch)
        return self.pictures.training(epoch, skip) if kept is None else _of(kept, self.pictures.draws(epoch)[skip:])

    def validation(self, epoch: int, skip: int) -> Generator[LoadedBatch]:
        """Those of the validation part. Raises as `training` does."""
        kept, rows = self._kept_in(epoch), self.pictures.prepared.rows.valid
        return self.plain(rows, epoch, skip) if kept is None else _of(kept, self.pictures.cut(rows)[skip:])

    def plain(self, rows: list[int], epoch: int, skip: int = 0) -> Generator[LoadedBatch]:
        """Pictures of any rows, placed without chance."""
        self._see_features(False)
        return self.pictures.plain(rows, epoch, skip)

    def forget(self) -> None:
        """Nobody will ask again: what is kept on the disk goes."""
        self._kept.clear()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _kept_in(self, epoch: int) -> KeptFeatures | None:
        stage, learner = stage_at(self._stages, epoch * self._learner().steps_per_epoch), self._learner()
        # Averaged weights are those of the encoder only as long as it never learned.
        can_keep = stage.is_still and (learner.average is None or stage.first_step == 0)
        self._see_features(False)
        if can_keep and stage not in self._kept:
            file = FeatureFile(self._folder, f"after-step-{stage.first_step}")
            self._kept[stage] = OneLook(learner, self.pictures, file, self._emit, self._should_stop).take()
        kept = self._kept[stage] if can_keep else None
        self._see_features(kept is not None)
        return kept

    def _see_features(self, sees_features: bool) -> None:
        model = self._learner().model
        assert isinstance(model, EncoderAndHead)
        model.sees_features = sees_features


def _of(kept: KeptFeatures, batches: Sequence[Sequence[int]]) -> Generator[LoadedBatch]:
    """Without the pictures that were gone when the encoder looked."""
    for draws in batches:
        there = [draw for draw in draws if row_of(draw) in kept]
        check_what_is_left(len(there), len(draws))
        yield kept.batch([row_of(draw) for draw in there], there)
