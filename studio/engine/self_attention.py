"""Places of a picture that look at all other places."""

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

_NARROWER = 8  # how many times fewer features the places are compared by


class SelfAttention(nn.Module):
    """Adds to each place of (N, features, H, W) what it makes of all places; nothing at first.

    Memory grows with the square of the places. Source: Zhang et al. 2018, arXiv:1805.08318, section 3; fastai 2
    `SelfAttention`.
    """

    def __init__(self, features: int) -> None:
        super().__init__()
        narrow = max(1, features // _NARROWER)
        self.query, self.key, self.value = (_project(features, width) for width in (narrow, narrow, features))
        self.strength = nn.Parameter(torch.zeros(1))

    def forward(self, features_nchw: Tensor) -> Tensor:
        places = features_nchw.flatten(start_dim=2)  # (N, features, H * W)
        similar = self.query(places).transpose(1, 2) @ self.key(places)  # (N, H * W, H * W)
        seen = self.value(places) @ similar.softmax(dim=1)
        added: Tensor = (self.strength * seen).view_as(features_nchw)
        return features_nchw + added


def _project(inputs: int, outputs: int) -> nn.Module:
    convolution = nn.Conv1d(inputs, outputs, 1, bias=False)
    nn.init.kaiming_normal_(convolution.weight)
    return spectral_norm(convolution)
