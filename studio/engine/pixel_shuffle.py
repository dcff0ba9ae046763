"""Enlarging feature maps by a learned step that starts without a checkerboard."""

import torch
from torch import Tensor, nn


class PixelShuffle(nn.Sequential):
    """Maps (N, inputs, H, W) to (N, outputs, 2H, 2W): four maps are learned for each one and laid side by side.

    blur: average each place with those above and to the left, which hides what is left of the pattern of fours.
    Source: Shi et al. 2016, arXiv:1609.05158; fastai 2 `PixelShuffle_ICNR`.
    """

    def __init__(self, inputs: int, outputs: int, *, blur: bool = False) -> None:
        convolution = nn.Conv2d(inputs, 4 * outputs, 1)
        even_start(convolution.weight)
        nn.init.zeros_(convolution.bias)  # type: ignore[arg-type]
        layers: list[nn.Module] = [convolution, nn.ReLU(inplace=True), nn.PixelShuffle(2)]
        if blur:
            layers += [nn.ReplicationPad2d((1, 0, 1, 0)), nn.AvgPool2d(2, stride=1)]
        super().__init__(*layers)


@torch.no_grad()
def even_start(weight: Tensor) -> None:
    """Draw weights (4 * outputs, inputs, 1, 1) so that the four places of an enlarged pixel begin alike.

    Source: Aitken et al. 2017, arXiv:1707.02937 (ICNR), around the draw of He et al. 2015, arXiv:1502.01852.
    """
    one_of_four = torch.empty_like(weight[::4])
    nn.init.kaiming_normal_(one_of_four)
    weight.copy_(one_of_four.repeat_interleave(4, dim=0))
