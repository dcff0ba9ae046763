"""One resample for a whole batch, on the device where its tensors lie: what `imaging.warp` does picture by picture.

The matrices and the light are drawn elsewhere; the two ways agree to 2 of 255, which tests hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor
from torch.nn import functional

from studio.imaging.warp import LOGIT_EDGE, Border


@dataclass(frozen=True)
class PaddedBatch:
    """Pictures of different sizes in one tensor, each at the top left of its place; what lies beside it is not read.

    pixels_nchw: uint8, or class places (N, 1, H, W).  sizes_wh: (N, 2), each picture's own.
    """

    pixels_nchw: Tensor
    sizes_wh: Tensor

    def to(self, device: str) -> "PaddedBatch":
        return PaddedBatch(self.pixels_nchw.to(device), self.sizes_wh.to(device))


def pad(images_hwc: Sequence[NDArray[np.uint8]]) -> PaddedBatch:
    """Pictures (H, W, C), all with as many channels, side by side in one tensor."""
    sizes_wh = torch.tensor([(image.shape[1], image.shape[0]) for image in images_hwc])
    width_px, height_px = sizes_wh.amax(dim=0).tolist()
    pixels = np.zeros((len(images_hwc), images_hwc[0].shape[2], height_px, width_px), dtype=np.uint8)
    for place, image_hwc in zip(pixels, images_hwc, strict=True):
        place[:, : image_hwc.shape[0], : image_hwc.shape[1]] = image_hwc.transpose(2, 0, 1)
    return PaddedBatch(torch.from_numpy(pixels), sizes_wh)


def sample_pictures(
    batch: PaddedBatch,
    homographies_n33: ArrayLike,
    target_wh: tuple[int, int],
    border: Border,
    brightness: ArrayLike = 0.5,
    contrast: ArrayLike = 1.0,
) -> Tensor:
    """Bilinear, then lit: (N, C, height, width) float32 in 0..1, on the batch's device.

    homographies_n33: from source to target pixels (see studio.base.geometry). brightness, contrast: one for all or
    one a picture, as for `imaging.warp.lighting`. Outside a picture as in `imaging.warp.warp_image`.
    """
    light = None if _is_unlit(brightness, contrast) else light_of(brightness, contrast).to(batch.pixels_nchw.device)
    return sample_from(batch, back(homographies_n33).to(batch.pixels_nchw.device), target_wh, border, light)


def sample_from(
    batch: PaddedBatch, back_n33: Tensor, target_wh: tuple[int, int], border: Border, light_n2: Tensor | None
) -> Tensor:
    """The same for numbers that lie on the device already: see `back` and `light_of`; None leaves the light alone."""
    x, y = _source_places(back_n33, target_wh)
    width, height = (size.view(-1, 1, 1) for size in batch.sizes_wh.unbind(dim=1))
    padded_height_px, padded_width_px = batch.pixels_nchw.shape[2:]
    # The edges are every picture's own, so places are brought inside here and the padding is never reached.
    inside_x, inside_y = _brought_inside(x, width, border), _brought_inside(y, height, border)
    grid = torch.stack(
        [(2 * inside_x + 1) / padded_width_px - 1, (2 * inside_y + 1) / padded_height_px - 1], dim=-1
    )  # (N, height, width, 2), -1..1
    sampled = functional.grid_sample(
        batch.pixels_nchw.float() / 255, grid, mode="bilinear", padding_mode="border", align_corners=False
    )
    if border == "constant":
        # Up to one pixel outside, the picture fades into the black around it.
        faded = (1 - (x - inside_x).abs()).clamp(min=0) * (1 - (y - inside_y).abs()).clamp(min=0)
        sampled = sampled * faded[:, None]
    return sampled if light_n2 is None else _lit(sampled, light_n2)


def sample_masks(
    batch: PaddedBatch,
    homographies_n33: ArrayLike,
    target_wh: tuple[int, int],
    border: Border,
    outside: int = 0,
) -> Tensor:
    """The nearest class place: (N, height, width), uint8. Where pictures have a constant border, `outside`."""
    x, y = _source_places(back(homographies_n33).to(batch.pixels_nchw.device), target_wh)
    width, height = (size.view(-1, 1, 1) for size in batch.sizes_wh.unbind(dim=1))
    column, row = (_brought_inside(places, size, border).round().long() for places, size in ((x, width), (y, height)))
    flat = batch.pixels_nchw[:, 0].flatten(start_dim=1)  # (N, H * W)
    places = (row * batch.pixels_nchw.shape[3] + column).flatten(start_dim=1)
    sampled = flat.gather(1, places).view_as(row)
    if border != "constant":
        return sampled
    is_inside = (x.round() == column) & (y.round() == row)
    return torch.where(is_inside, sampled, torch.full_like(sampled, outside))


def back(homographies_n33: ArrayLike) -> Tensor:
    """The matrices from target to source pixels, (N, 3, 3) float32."""
    return torch.from_numpy(np.linalg.inv(np.asarray(homographies_n33, dtype=np.float64)).astype(np.float32))


def light_of(brightness: ArrayLike, contrast: ArrayLike) -> Tensor:
    """What is added to the logits of each picture's values, and what they are multiplied by: (N, 2) float32.

    See `imaging.warp.lighting`.
    """
    brightness, contrast = np.broadcast_arrays(*map(np.atleast_1d, (brightness, contrast)))
    shift = np.log(brightness / (1 - brightness))
    return torch.from_numpy(np.stack([shift, contrast], axis=1).astype(np.float32))


def _is_unlit(brightness: ArrayLike, contrast: ArrayLike) -> bool:
    return bool((np.asarray(brightness) == 0.5).all() and (np.asarray(contrast) == 1).all())


def _source_places(back_n33: Tensor, target_wh: tuple[int, int]) -> tuple[Tensor, Tensor]:
    """Where each target pixel lies in its source, x and y as (N, height, width); 0 is the first pixel's centre."""
    device, rows = back_n33.device, back_n33[:, :, :, None, None]  # (N, 3, 3, 1, 1)
    u = (torch.arange(target_wh[0], device=device) + 0.5).view(1, -1)
    v = (torch.arange(target_wh[1], device=device) + 0.5).view(-1, 1)
    x, y, depth = (rows[:, axis, 0] * u + rows[:, axis, 1] * v + rows[:, axis, 2] for axis in range(3))
    # On the horizon of a perspective there is no place: any will do, but it must be a number.
    return (x / depth - 0.5).nan_to_num(0.0, 0.0, 0.0), (y / depth - 0.5).nan_to_num(0.0, 0.0, 0.0)


def _brought_inside(places: Tensor, size: Tensor, border: Border) -> Tensor:
    """The place inside the picture that is seen at one outside."""
    if border == "reflect":
        places = (places + 0.5).remainder(2 * size)
        places = torch.minimum(places, 2 * size - places) - 0.5
    return torch.minimum(places.clamp(min=0), size - 1)


def _lit(batch_nchw: Tensor, light_n2: Tensor) -> Tensor:
    shift, factor = (numbers.view(-1, 1, 1, 1) for numbers in light_n2.unbind(dim=1))
    logits = batch_nchw.clamp(LOGIT_EDGE, 1 - LOGIT_EDGE).logit()
    return torch.sigmoid(factor * (logits + shift))
