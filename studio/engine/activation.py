"""Where a model looked: how much each place of its last features speaks for an answer."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.base.errors import UserError
from studio.base.geometry import compose, scale
from studio.engine.encoders import Encoder
from studio.engine.model import EncoderAndHead
from studio.engine.predict import load_model
from studio.engine.skips import find_skips
from studio.imaging.showing import FIRST_THREE, read_shown
from studio.imaging.warp import warp_image
from studio.runtime.card import ModelCard
from studio.runtime.decoding import DECODINGS
from studio.runtime.view import View

LEAST_CELLS = 16  # a coarser map says nothing about where. Source: fastai 1, `_cl_int_plot_top_losses`
EXPLAINED = ("classification", "tagging", "regression", "segmentation")


@dataclass(frozen=True)
class Activation:
    """The picture, uint8 (height, width, 3), and how much each of its pixels counted, uint8 (height, width).

    about: a class, a tag or a number's name; others: all that can be asked about, the surest first. share: how probable
    it is, None for numbers. cells: of the map, across and down.
    """

    image_hwc: NDArray[np.uint8]
    heat_hw: NDArray[np.uint8]
    about: str
    others: tuple[str, ...]
    share: float | None
    cells: tuple[int, int]


class Explainer:
    """A run's model, ready to be asked where it looked.

    Raises UserError when the run has no model, or its answers show by themselves where they are.
    """

    def __init__(self, run_folder: Path) -> None:
        self.card, self._model = load_model(run_folder)
        check_explained(self.card)

    def show(self, path: Path, about: str = "", max_side_px: int = 640, channel: int = FIRST_THREE) -> Activation:
        """Where it looked in a picture, for one of its answers; "" is the surest. channel: what is shown of it.

        Raises UserError when the picture cannot be read, or there is no such answer.
        """
        preprocess = self.card.preprocess
        kept_hwc, original_wh = preprocess.read_sized(path)
        kept_wh = kept_hwc.shape[1], kept_hwc.shape[0]
        base = preprocess.base_homography(*kept_wh)
        batch = torch.from_numpy(preprocess.normalise(preprocess.place(kept_hwc, base)[None]))
        names, shares = _asked_about(self.card, self._model, batch)
        if about and about not in names:
            raise UserError(f"The model knows nothing called {about!r}.", f"It knows {', '.join(names)}.")
        about = about or names[0]
        heat = grad_cam(self._model, batch, lambda outputs: _score(self.card, outputs, about))
        image_hwc = read_shown(path, max_side_px=max_side_px, channel=channel)
        view = View.of(original_wh, kept_wh, base)
        over = in_picture(heat, view, preprocess.size_wh, (image_hwc.shape[1], image_hwc.shape[0]))
        return Activation(image_hwc, over, about, names, shares.get(about), (heat.shape[1], heat.shape[0]))


def check_explained(card: ModelCard) -> None:
    """Raises UserError for answers that are places themselves."""
    if card.task not in EXPLAINED:
        raise UserError(
            "Points and boxes show by themselves where the model looked.", "Look at the prediction in its picture."
        )


def grad_cam(model: EncoderAndHead, batch_nchw: Tensor, score: Callable[[Tensor], Tensor]) -> NDArray[np.float32]:
    """How much each place of the last features speaks for a score, (down, across), 0 to 1; all 0 where none does.

    The last feature map with at least 16 cells; each feature counts as much as the score changes with it, on average
    over all places; what speaks against the score is left out. batch_nchw: one picture, normalised. score: from the
    model's outputs to the number in question.
    Source: Selvaraju et al. 2017, "Grad-CAM: Visual explanations from deep networks", arXiv:1610.02391.
    """
    encoder = model.encoder
    seen: list[Tensor] = []
    layer = _layer_for(encoder, batch_nchw)
    watched = encoder if layer is None else encoder.net.get_submodule(layer)
    handle = watched.register_forward_hook(lambda module, inputs, output: seen.append(output))
    try:
        total = score(model(batch_nchw))
    finally:
        handle.remove()
    (features,) = seen
    (gradients,) = torch.autograd.grad(total, features)
    if layer is not None and encoder.channels_last:
        features, gradients = features.permute(0, 3, 1, 2), gradients.permute(0, 3, 1, 2)
    heat = (gradients.mean((2, 3), keepdim=True) * features).sum(1)[0].detach().relu()
    top = heat.max()
    return _on_a_grid(np.asarray(heat / top if top > 0 else heat, dtype=np.float32), encoder)


def in_picture(
    heat_hw: NDArray[np.float32], view: View, size_wh: tuple[int, int], shown_wh: tuple[int, int]
) -> NDArray[np.uint8]:
    """The map over the whole picture at the size at which it is shown, uint8; 0 where the model did not look."""
    to_model = scale(size_wh[0] / heat_hw.shape[1], size_wh[1] / heat_hw.shape[0])
    to_shown = scale(shown_wh[0] / view.original_wh[0], shown_wh[1] / view.original_wh[1])
    matrix = compose(to_model, view.back, to_shown)
    smooth = warp_image(heat_hw, matrix, shown_wh, border="replicate")
    inside = warp_image(np.ones(heat_hw.shape, np.uint8), matrix, shown_wh, border="constant", interpolation="nearest")
    return np.asarray(np.rint(255 * smooth.clip(0, 1) * inside), dtype=np.uint8)


def _layer_for(encoder: Encoder, batch_nchw: Tensor) -> str | None:
    """Which layer's map is taken; None is the encoder's own."""
    with torch.no_grad():
        last = encoder(batch_nchw)
    if last.shape[2] * last.shape[3] >= LEAST_CELLS:
        return None
    skips = find_skips(encoder, (batch_nchw.shape[2], batch_nchw.shape[3]), batch_nchw.shape[1])
    enough = [skip for skip in skips if math.prod(skip.size_hw) >= LEAST_CELLS]
    return enough[-1].layer if enough else None


def _on_a_grid(heat_hw: NDArray[np.float32], encoder: Encoder) -> NDArray[np.float32]:
    """A transformer's tokens, which come one below the other, as rows of its grid."""
    grid_hw = getattr(getattr(encoder.net, "patch_embed", None), "grid_size", None)
    if heat_hw.shape[1] == 1 and grid_hw is not None and math.prod(grid_hw) == heat_hw.shape[0]:
        return heat_hw.reshape(grid_hw)
    return heat_hw


def _asked_about(card: ModelCard, model: EncoderAndHead, batch: Tensor) -> tuple[tuple[str, ...], dict[str, float]]:
    """What can be asked about, the surest first, and how probable each is."""
    if card.task == "regression":
        return card.number_names, {}
    with torch.inference_mode():
        shares = DECODINGS[card.task].shares(model(batch).numpy(), card)[0]
    if not np.isfinite(shares).all():
        raise UserError("The model gives no numbers for this picture.", "Train it with a smaller learning rate.")
    if card.task == "segmentation":
        learned = [place for place, name in enumerate(card.classes) if name not in card.unlearned]
        chosen = np.array(learned)[shares[learned].argmax(0)]
        shares = np.bincount(chosen.ravel(), minlength=len(card.classes)) / chosen.size
    order = np.argsort(-shares, kind="stable")
    names = tuple(card.classes[place] for place in order if card.classes[place] not in card.unlearned)
    return names, {name: float(shares[card.classes.index(name)]) for name in names}


def _score(card: ModelCard, outputs: Tensor, about: str) -> Tensor:
    """The number whose reasons are asked for."""
    if card.task == "regression":
        return outputs[0, card.number_names.index(about)]
    place = card.classes.index(about)
    if card.task != "segmentation":
        return outputs[0, place]
    # The pixels that were given the class; of one that was given nowhere, all.
    # Source: Vinogradova et al. 2020, "Towards interpretable semantic segmentation", arXiv:2002.11434.
    is_given = outputs[0].argmax(0) == place
    return outputs[0, place][is_given].sum() if is_given.any() else outputs[0, place].sum()
