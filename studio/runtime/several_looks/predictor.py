"""A predictor that looks at each picture several times."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.base.errors import UserError
from studio.imaging.pixels import ImageHWC
from studio.runtime.card import ModelCard
from studio.runtime.predictor import DECODING_THREADS, ImagePrediction, Predictor, batch_size_for
from studio.runtime.several_looks.averaging import Averaging
from studio.runtime.several_looks.look import PLAIN, Look, shown
from studio.runtime.several_looks.merging import MERGINGS
from studio.runtime.view import View

_AHEAD = 4  # pictures that are decoded while one is computed


class SeveralLooks:
    """Behind the same face as the predictor that it asks. others: the looks besides the plain one."""

    def __init__(self, predictor: Predictor, others: Sequence[Look], how: Averaging) -> None:
        self.card: ModelCard = predictor.card
        self.looks = (PLAIN, *others)
        self._predictor, self._how = predictor, how

    def predict(self, batch_nchw: NDArray[np.float32]) -> NDArray[np.float32]:
        """The model's outputs for normalised pictures, each looked at once."""
        return self._predictor.predict(batch_nchw)

    def predict_paths(self, paths: Iterable[Path]) -> Iterator[ImagePrediction]:
        """A prediction a file, in their order; files are taken a little ahead only."""
        waiting = iter(paths)
        with ThreadPoolExecutor(DECODING_THREADS, "decode") as pool:
            ahead: list[tuple[Path, Future[tuple[NDArray[Any], View] | str]]] = []

            def fill() -> None:
                for path in islice(waiting, _AHEAD - len(ahead)):
                    ahead.append((path, pool.submit(self._read, path)))

            try:
                fill()
                while ahead:
                    path, reading = ahead.pop(0)
                    fill()
                    yield self._answer(path, reading.result())
            finally:  # whoever asked may have stopped listening
                pool.shutdown(cancel_futures=True)

    def outputs(self, pictures_vhwc: NDArray[Any]) -> NDArray[np.float32]:
        """What the model says of one picture as each look shows it, a row a look."""
        count = batch_size_for(self.card.preprocess.size_wh)
        batches = [pictures_vhwc[first : first + count] for first in range(0, len(pictures_vhwc), count)]
        return np.concatenate([self._predictor.predict(self.card.preprocess.normalise(batch)) for batch in batches])

    def merge(self, outputs: NDArray[np.float32]) -> NDArray[np.float64]:
        """What all looks say together; see `Merging`."""
        return MERGINGS[self.card.task].merge(outputs, self.looks, self.card, self._how)

    def merge_plain(self, outputs: NDArray[np.float32]) -> NDArray[np.float64]:
        """What the plain look says alone, in the same form."""
        return MERGINGS[self.card.task].merge(outputs[:1], self.looks[:1], self.card, self._how)

    def show(self, image_hwc: ImageHWC) -> NDArray[Any]:
        """A picture, as `Preprocess.read` gives it, as each look shows it, (looks, height, width, channels)."""
        return np.stack([shown(self.card.preprocess, image_hwc, look) for look in self.looks])

    def _read(self, path: Path) -> tuple[NDArray[Any], View] | str:
        preprocess = self.card.preprocess
        try:
            image_hwc, original_wh = preprocess.read_sized(path)
            kept_wh = image_hwc.shape[1], image_hwc.shape[0]
            return self.show(image_hwc), View.of(original_wh, kept_wh, preprocess.base_homography(*kept_wh))
        except UserError as error:
            return error.message
        except Exception as error:  # one file must not end the others
            return f"{path.name} could not be read: {error}."

    def _answer(self, path: Path, read: tuple[NDArray[Any], View] | str) -> ImagePrediction:
        if isinstance(read, str):
            return ImagePrediction(path, reason=read)
        outputs = self.outputs(read[0])
        answer = MERGINGS[self.card.task].answer(self.merge(outputs), self.card, read[1])
        return ImagePrediction(path, answer.target, answer.probabilities, answer.reason, outputs[0], answer.mask_hw)
