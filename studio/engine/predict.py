"""A trained model in torch: for graphics cards, and to hold the exported one against."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from studio.base.errors import UserError
from studio.engine.devices import choose_device
from studio.engine.model import EncoderAndHead
from studio.engine.networks import build_model
from studio.engine.tensors import read_tensors
from studio.runtime.card import ModelCard, read_card
from studio.runtime.predictor import ImagePrediction, OnnxPredictor, Predictor, predict_paths


class TorchPredictor:
    """A run's model on a device, behind the same face as OnnxPredictor.

    device: "auto", "cpu", "cuda" or "mps".
    Raises UserError when the run has no model, its files do not belong together, or there is no such device.
    """

    def __init__(self, run_folder: Path, device: str = "cpu") -> None:
        self.card, self.model = load_model(run_folder)
        self._device = torch.device(choose_device(device))
        self.model.to(self._device)

    @torch.inference_mode()
    def predict(self, batch_nchw: NDArray[np.float32]) -> NDArray[np.float32]:
        """Outputs (N, ...) for normalised pictures (N, channels, height, width)."""
        outputs = self.model(torch.from_numpy(batch_nchw).to(self._device))
        return np.asarray(outputs.float().cpu().numpy())

    def predict_paths(self, paths: Iterable[Path]) -> Iterator[ImagePrediction]:
        """A prediction a file, in their order."""
        return predict_paths(self.card, self.predict, paths)


def predictor_for(run_folder: Path, device: str = "auto") -> Predictor:
    """The fastest way to ask a run's model on this machine: a graphics card with torch, or a processor without."""
    chosen = choose_device(device)
    if chosen == "cpu" and (run_folder / "model.onnx").is_file():
        return OnnxPredictor(run_folder)
    return TorchPredictor(run_folder, chosen)


def load_model(run_folder: Path) -> tuple[ModelCard, EncoderAndHead]:
    """A run's card, and its model on the processor, ready to predict. Raises UserError as TorchPredictor does."""
    card = read_card(run_folder / "model.json")
    model = build_model(card)
    try:
        model.load_state_dict(read_tensors(run_folder / "model.safetensors"))
    except RuntimeError as error:  # torch's word for names and shapes that differ
        raise UserError(
            f"model.safetensors and model.json in {run_folder} do not belong together.",
            "Train again with the recipe beside them.",
        ) from error
    return card, model.eval()
