"""Predictors: a trained model behind one face, whatever computes it; and the one that needs no torch."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from studio.base.errors import UserError
from studio.base.targets import Target
from studio.imaging.pixels import ImageHWC
from studio.runtime.answer import Answer
from studio.runtime.card import ModelCard, read_card
from studio.runtime.decoding import DECODINGS
from studio.runtime.preprocess import Preprocess
from studio.runtime.view import View

LARGEST_BATCH = 32
BATCH_PIXELS = 1 << 22  # 4 megapixels are 50 MB as float32, before the network's own activations
DECODING_THREADS = 4


@dataclass(frozen=True)
class ImagePrediction:
    """What a model sees in one picture, as a label would say it, with places in pixels of the upright original; or
    why there is no answer.

    probabilities: of classes or tags, best first; of masks, how much of the picture each class has; of points as heat
    maps, how bright each is.  outputs: the
    model's own numbers.  mask_hw: as in `Answer`.
    """

    path: Path
    target: Target | None = None
    probabilities: dict[str, float] = field(default_factory=dict)
    reason: str = ""
    outputs: NDArray[np.float32] | None = field(default=None, repr=False, compare=False)
    mask_hw: NDArray[np.uint8] | None = field(default=None, repr=False, compare=False)

    @property
    def label(self) -> str | None:
        """The class, where the answer is one."""
        return self.target if isinstance(self.target, str) else None


class Predictor(Protocol):
    """A trained model, ready to be asked."""

    @property
    def card(self) -> ModelCard: ...

    def predict(self, batch_nchw: NDArray[np.float32]) -> NDArray[np.float32]:
        """The model's outputs for normalised pictures, (N, ...), as `studio.runtime.decoding` reads them."""

    def predict_paths(self, paths: Iterable[Path]) -> Iterator[ImagePrediction]:
        """A prediction a file, in the order of the files; one that cannot be read gives its reason."""


class OnnxPredictor:
    """A run's model.onnx on the processor.

    threads: how many compute; None takes all cores. file: its name, where it is not the usual one.
    Raises UserError when the run has no such model, or it is damaged or does not belong to its card.
    """

    def __init__(self, run_folder: Path, threads: int | None = None, *, file: str = "model.onnx") -> None:
        self.card = read_card(run_folder / "model.json")
        self._session = _open_session(run_folder / file, threads)
        self._input = self._session.get_inputs()[0].name
        width_px, height_px = self.card.preprocess.size_wh
        expected = [self.card.preprocess.channels, height_px, width_px], [*self.card.output_shape]
        if (self._session.get_inputs()[0].shape[1:], self._session.get_outputs()[0].shape[1:]) != expected:
            raise UserError(f"{file} and model.json in {run_folder} do not belong together.", "Export the run again.")

    def predict(self, batch_nchw: NDArray[np.float32]) -> NDArray[np.float32]:
        """Outputs (N, ...) for normalised pictures (N, channels, height, width)."""
        outputs: NDArray[np.float32] = self._session.run(None, {self._input: batch_nchw})[0]
        return outputs

    def predict_paths(self, paths: Iterable[Path]) -> Iterator[ImagePrediction]:
        """A prediction a file, in their order."""
        return predict_paths(self.card, self.predict, paths)


def predict_paths(
    card: ModelCard, predict: Callable[[NDArray[np.float32]], NDArray[np.float32]], paths: Iterable[Path]
) -> Iterator[ImagePrediction]:
    """What every predictor does with files: the next batch is decoded while one is computed.

    Files are taken from `paths` a little ahead only, so an endless iterator is fine.
    """
    batch_size = batch_size_for(card.preprocess.size_wh)
    waiting = iter(paths)
    with ThreadPoolExecutor(DECODING_THREADS, "decode") as pool:

        def begin() -> list[_Reading]:
            return [(path, pool.submit(_place, card.preprocess, path)) for path in islice(waiting, batch_size)]

        try:
            batch = begin()
            while batch:
                following = begin()
                yield from _answers(card, predict, batch)
                batch = following
        finally:  # whoever asked may have stopped listening
            pool.shutdown(cancel_futures=True)


def batch_size_for(size_wh: tuple[int, int]) -> int:
    """How many pictures of a size are predicted at once."""
    return max(1, min(LARGEST_BATCH, BATCH_PIXELS // (size_wh[0] * size_wh[1])))


_Placed = tuple[ImageHWC, View]
_Reading = tuple[Path, Future[_Placed | str]]


def _place(preprocess: Preprocess, path: Path) -> _Placed | str:
    """The picture as the model sees it, (height, width, channels), and how it lies in the file's; or why not."""
    try:
        image_hwc, original_wh = preprocess.read_sized(path)
        kept_wh = image_hwc.shape[1], image_hwc.shape[0]
        homography = preprocess.base_homography(*kept_wh)
        return preprocess.place(image_hwc, homography), View.of(original_wh, kept_wh, homography)
    except UserError as error:
        return error.message
    except Exception as error:  # one file must not end the others
        return f"{path.name} could not be read: {error}."


def _answers(
    card: ModelCard, predict: Callable[[NDArray[np.float32]], NDArray[np.float32]], batch: Sequence[_Reading]
) -> Iterator[ImagePrediction]:
    readings = [(path, reading.result()) for path, reading in batch]
    readable = [reading for _, reading in readings if not isinstance(reading, str)]
    found: Iterator[tuple[NDArray[np.float32], Answer]] = iter(())
    if readable:
        outputs = predict(card.preprocess.normalise(np.stack([picture for picture, _ in readable])))
        answers = DECODINGS[card.task].decode(outputs, card, [view for _, view in readable])
        found = iter(zip(outputs, answers, strict=True))
    for path, reading in readings:
        if isinstance(reading, str):
            yield ImagePrediction(path, reason=reading)
        else:
            row, answer = next(found)
            yield ImagePrediction(path, answer.target, answer.probabilities, answer.reason, row, answer.mask_hw)


def _open_session(path: Path, threads: int | None) -> Any:
    import onnxruntime

    if not path.is_file():
        raise UserError(f"{path.parent} has no {path.name}.", "Export the run first, or train it to its end.")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or 0  # 0: as many as there are cores
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors only; its warnings are for those who make networks
    try:
        return onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime has no common base for what it raises
        raise UserError(f"{path} is damaged and cannot be loaded.", "Export the run again.") from error
