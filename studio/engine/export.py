"""A finished run as model.onnx, which needs no torch; kept only if it says what the trained model says."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import nn

from studio.base.errors import UserError
from studio.base.files import sync_folder, write_atomically
from studio.engine.predict import TorchPredictor
from studio.jobs.messages import Event, Finished, Progressed, Warned
from studio.runs.labels import read_labels
from studio.runs.run import Run
from studio.runtime.card import ModelCard
from studio.runtime.decoding import DECODINGS
from studio.runtime.predictor import ImagePrediction, OnnxPredictor, Predictor
from studio.runtime.preprocess import Preprocess

CHECKED_PICTURES = 32
LARGEST_DIFFERENCE = 1e-4  # of a probability, or as a share of the picture's side or of a number's range
_PARTS = ("graph", "file", "comparison")
_LARGEST_BYTES = 2_000_000_000  # protobuf holds no message above 2 GiB


def export_run(run: Run, emit: Callable[[Event], None]) -> Finished:
    """Write model.onnx beside the run's weights, after comparing both on validation pictures.

    The file appears under its name only when it has passed. The metrics say how far the answers lay apart at most.
    Raises UserError when the run has no model, its network cannot be exported, or the two differ.
    """
    run.onnx_file.unlink(missing_ok=True)  # that of earlier weights must not outlive a refusal
    trained = TorchPredictor(run.folder)
    _tell(emit, 0)
    content = onnx_bytes(trained.model, trained.card.preprocess, trained.card.encoder.name)
    _tell(emit, 1)
    unchecked = run.folder / f"unchecked-{os.getpid()}.onnx"  # of this process: another may export as well
    try:
        write_atomically(unchecked, content)
        del content
        _tell(emit, 2)
        exported = OnnxPredictor(run.folder, file=unchecked.name)
        pictures = validation_pictures(run)
        compared, difference = compare(trained, exported, pictures)
        if not compared:
            emit(_without_pictures(run))
            difference = compare_on_noise(trained, exported)
        if not difference <= LARGEST_DIFFERENCE:  # NaN is refused as well
            raise _differs(trained, difference)
        del exported
        os.replace(unchecked, run.onnx_file)
    finally:
        unchecked.unlink(missing_ok=True)
    sync_folder(run.folder)
    _tell(emit, 3)
    return Finished(
        metrics={"pictures_compared": compared, "largest_difference": difference}, files=(run.onnx_file.name,)
    )


def onnx_bytes(model: nn.Module, preprocess: Preprocess, name: str) -> bytes:
    """The model as an ONNX file for any number of pictures: "pictures" (N, C, height, width) to "outputs" (N, ...).

    Raises UserError, with `name`, when the network does something that ONNX has no word for.
    """
    width_px, height_px = preprocess.size_wh
    two = torch.zeros(2, preprocess.channels, height_px, width_px)
    try:
        program = torch.onnx.export(
            model,
            (two,),
            dynamo=True,
            dynamic_shapes=({0: torch.export.Dim("batch")},),
            input_names=["pictures"],
            output_names=["outputs"],
            verbose=False,  # standard output belongs to the messages
        )
    except torch.onnx.OnnxExporterError as error:
        raise UserError(
            f"The encoder {name} cannot be exported.", "The trained model still predicts with PyTorch."
        ) from error
    assert program is not None  # only the older exporter gives nothing
    message = program.model_proto
    if message.ByteSize() > _LARGEST_BYTES:
        raise UserError(
            f"The encoder {name} is too large to be exported.", "The trained model still predicts with PyTorch."
        )
    content: bytes = message.SerializeToString()
    return content


def validation_pictures(run: Run) -> list[Path]:
    """Some of the validation pictures, spread over all of them, as files; those that are gone are left out."""
    root = Path(run.facts().image_root)
    paths = [root / row.image for row in read_labels(run.labels_file) if row.part == "valid"]
    there = [path for path in paths if path.is_file()]
    places = np.linspace(0, len(there) - 1, min(CHECKED_PICTURES, len(there))).round().astype(int)
    return [there[place] for place in places]


def compare(one: Predictor, other: Predictor, pictures: Sequence[Path]) -> tuple[int, float]:
    """How many pictures both could read, and how far their answers lie apart at most, in shares (see `DECODINGS`).

    Each goes the whole way by itself, from the file on. Infinite when only one of them has an answer.
    """
    differences = [
        _difference(one.card, mine, theirs)
        for mine, theirs in zip(one.predict_paths(pictures), other.predict_paths(pictures), strict=True)
        if mine.target is not None or theirs.target is not None
    ]
    return len(differences), max(differences, default=0.0)


def compare_on_noise(one: Predictor, other: Predictor) -> float:
    """The same for pictures that nobody took: what is left when the validation pictures are elsewhere."""
    preprocess, decoding = one.card.preprocess, DECODINGS[one.card.task]
    shape = (4, *reversed(preprocess.size_wh), preprocess.channels)
    largest = np.iinfo(preprocess.dtype).max
    noise = np.random.default_rng(0).integers(0, largest + 1, shape, dtype=preprocess.dtype)
    batch = preprocess.normalise(noise)
    mine, theirs = (decoding.shares(predictor.predict(batch), one.card) for predictor in (one, other))
    return float(np.abs(mine - theirs).max())


def _difference(card: ModelCard, mine: ImagePrediction, theirs: ImagePrediction) -> float:
    if mine.target is None or theirs.target is None or mine.outputs is None or theirs.outputs is None:
        return float("inf")
    shares = DECODINGS[card.task].shares(np.stack([mine.outputs, theirs.outputs]), card)
    return float(np.abs(shares[0] - shares[1]).max())


def _differs(trained: TorchPredictor, difference: float) -> UserError:
    return UserError(
        f"The exported model says something else than the trained one ({trained.card.encoder.name}): "
        f"answers differ by up to {difference:.2g}, and {LARGEST_DIFFERENCE:g} is allowed. It was not kept.",
        "The trained model still predicts with PyTorch. Another encoder may export better.",
    )


def _without_pictures(run: Run) -> Warned:
    return Warned(
        message=f"The exported model of {run.name} was checked without pictures: none of its validation pictures "
        "can be read any more.",
        hint="Export it again where the pictures are.",
    )


def _tell(emit: Callable[[Event], None], done: int) -> None:
    emit(Progressed(what="parts of the export done", done=done, total=len(_PARTS)))
