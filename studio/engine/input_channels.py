"""What was learned of red, green and blue, for pictures of another number of channels.

Source: fastai 2 `_update_first_layer` for one channel (the sum) and for two (the first two times 3/2). It leaves
further channels at zero, and does not normalise any longer: see `studio.engine.statistics` for that.
"""

import torch
from torch import Tensor

COLOURS = 3


def adapted_kernels(kernels: Tensor, channels: int) -> Tensor:
    """The kernels of a first convolution, (outputs, 3, height, width), for so many channels.

    One channel gets the sum of the three. Otherwise the first ones keep red's, green's and blue's, further ones get the
    mean of the three, and all are scaled by 3 / channels: a picture whose channels are all alike gives what it gave as
    a grey one in red, green and blue.
    """
    if channels == 1:
        return kernels.sum(dim=1, keepdim=True)
    further = kernels.mean(dim=1, keepdim=True).expand(-1, max(0, channels - COLOURS), -1, -1)
    return torch.cat([kernels[:, :channels], further], dim=1) * (COLOURS / channels)


def adapted(given: dict[str, Tensor], wanted: dict[str, Tensor]) -> dict[str, Tensor]:
    """The given tensors with those kernels adapted that differ from what is wanted only in that they see red, green and
    blue."""
    changed = {
        name: adapted_kernels(tensor, wanted[name].shape[1])
        for name, tensor in given.items()
        if name in wanted and _sees_colours_only(tensor, wanted[name])
    }
    return given | changed


def _sees_colours_only(given: Tensor, wanted: Tensor) -> bool:
    if given.ndim != 4 or wanted.ndim != 4 or given.shape[1] != COLOURS or wanted.shape[1] == COLOURS:
        return False
    return given.shape[:1] == wanted.shape[:1] and given.shape[2:] == wanted.shape[2:]
