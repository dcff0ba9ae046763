"""One look of the encoder at every picture: its features are kept."""

import time
from collections.abc import Callable
from contextlib import closing

import numpy as np
import torch
from numpy.typing import NDArray

from studio.engine.feed import Batch, feed
from studio.engine.kept_features import FeatureFile, KeptFeatures, Labels
from studio.engine.learner import Learner, StopTraining
from studio.engine.loader import LoadedBatch
from studio.engine.model import EncoderAndHead
from studio.engine.stage_batches import StageBatches
from studio.jobs.messages import Event, FeaturesKept, Progressed, Warned

_PROGRESS_S = 0.1


class OneLook:
    """Asks the encoder of each used row of a stage, unless a file of the run has the answers already."""

    def __init__(
        self,
        learner: Learner,
        batches: StageBatches,
        file: FeatureFile,
        emit: Callable[[Event], None],
        should_stop: Callable[[], bool],
    ) -> None:
        self._learner, self._batches, self._file = learner, batches, file
        self._emit, self._should_stop = emit, should_stop
        rows = batches.prepared.rows
        self._rows, self._valid = rows.used, set(rows.valid)

    def take(self) -> KeptFeatures | None:
        """None when there is no room for them, which the user is told. Raises StopTraining when somebody asks to."""
        known = self._file.read()
        if known is None:
            labels = self._look()
            known = self._file.read()
            if labels is None or known is None:
                return None
            return KeptFeatures(known[0], labels)
        features, rows = known
        with closing(self._batches.labels([*rows])) as batches:
            labels = Labels.of(list(batches), self._valid)
        if labels.rows == rows:
            return KeptFeatures(features, labels)
        places = {row: place for place, row in enumerate(rows)}  # some pictures have gone meanwhile
        return KeptFeatures(features[[places[row] for row in labels.rows]], labels)

    @torch.inference_mode()
    def _look(self) -> Labels | None:
        began, model = time.monotonic(), self._learner.model
        was_training = model.training
        model.eval()
        seen, told_at, shape, size_bytes = list[LoadedBatch](), began, tuple[int, ...](), 0
        try:
            with closing(self._batches.plain(self._rows, 0)) as batches:
                for loaded in batches:
                    features = self._features(feed(loaded, self._learner.placement))
                    if not seen:
                        shape = features.shape[1:]
                        size_bytes = features[0].nbytes * len(self._rows)
                        if not self._file.has_room(size_bytes):
                            self._give_up()
                            return None
                    self._file.append(features)
                    seen.append(_without_pictures(loaded))
                    told_at = self._tell(sum(len(batch.rows) for batch in seen), told_at)
            labels = Labels.of(seen, self._valid)
            self._file.finish(labels.rows, shape)
        except OSError:  # the disk is full, or is gone
            self._give_up()
            return None
        finally:
            self._file.close()
            model.train(was_training)
        self._emit(FeaturesKept(pictures=len(labels.rows), size_bytes=size_bytes, seconds=time.monotonic() - began))
        return labels

    def _features(self, batch: Batch) -> NDArray[np.float32]:
        """(N, ...) of a batch, in as many parts as memory wants."""
        model, found = self._learner.model, list[torch.Tensor]()
        assert isinstance(model, EncoderAndHead)

        def look(part: slice) -> None:
            pictures, _ = batch.part(part)
            found.append(self._learner.precision.forward(model.features, pictures).cpu())

        self._learner.validation_memory.each(len(batch), look)
        return np.asarray(torch.cat(found).numpy())

    def _tell(self, done: int, told_at: float) -> float:
        if self._should_stop():
            raise StopTraining
        now = time.monotonic()
        if now - told_at < _PROGRESS_S and done < len(self._rows):
            return told_at
        self._emit(Progressed(what="pictures seen by the encoder", done=done, total=len(self._rows)))
        return now

    def _give_up(self) -> None:
        self._emit(
            Warned(
                message="There is no room to keep what the encoder sees in pictures: it looks at them in every epoch.",
                hint="Free some space on the disk of the run's folder to train faster.",
            )
        )


def _without_pictures(loaded: LoadedBatch) -> LoadedBatch:
    return LoadedBatch(loaded.rows, np.empty((len(loaded.rows), 0), np.float32), loaded.targets, loaded.views)
