"""The head for one answer a picture: pools the features and turns them into a score for each class, or numbers."""

import torch
from torch import Tensor, nn

HIDDEN = (512,)
DROPOUTS = (0.25, 0.5)
# A norm layer starts at weight 1 and this bias. Source: fastai 2 `BatchNorm`.
_NORM_BIAS = 1e-3


class ConcatPool(nn.Module):
    """The largest and the average value of each feature map: (N, C, H, W) becomes (N, 2C), the largest first."""

    def forward(self, features_nchw: Tensor) -> Tensor:
        return torch.cat([features_nchw.amax((2, 3)), features_nchw.mean((2, 3))], dim=1)


def is_pooling(head: nn.Module) -> bool:
    """Whether a head begins with pooling."""
    return isinstance(head, nn.Sequential) and isinstance(head[0], ConcatPool)


def pool_of(head: nn.Module) -> nn.Module:
    """The pooling that a head begins with."""
    assert isinstance(head, nn.Sequential)
    return head[0]


def after_pool(head: nn.Module) -> nn.Module:
    """All that comes after it: what learns."""
    assert isinstance(head, nn.Sequential)
    return head[1:]


class Between(nn.Module):
    """Brings any number between two: a sigmoid, widened. Source: fastai 2 `SigmoidRange`."""

    def __init__(self, low: float, high: float) -> None:
        super().__init__()
        self.low, self.high = low, high

    def forward(self, outputs: Tensor) -> Tensor:
        return torch.sigmoid(outputs) * (self.high - self.low) + self.low


def make_head(
    features: int,
    outputs: int,
    hidden: tuple[int, ...] = HIDDEN,
    dropouts: tuple[float, ...] = DROPOUTS,
    between: tuple[float, float] | None = None,
) -> nn.Sequential:
    """From feature maps (N, features, H, W) to (N, outputs): free numbers, for classes not yet probabilities, or
    numbers `between` two.

    Linear layers of the widths `hidden`, then `outputs`, each behind a norm layer (which makes up for a bias) and
    drop-out, one of `dropouts` each. Weights are drawn from torch's generator.
    Source: fastai 2 `create_head` with its defaults; the draw is that of He et al. 2015, arXiv:1502.01852.
    """
    widths = (2 * features, *hidden, outputs)
    head = nn.Sequential(ConcatPool())
    for before, after, dropout in zip(widths[:-1], widths[1:], dropouts, strict=True):
        if len(head) > 1:
            head.append(nn.ReLU(inplace=True))
        head.extend(_linear(before, after, dropout))
    if between is not None:
        head.append(Between(*between))
    return head


def _linear(inputs: int, outputs: int, dropout: float) -> tuple[nn.Module, ...]:
    norm = nn.BatchNorm1d(inputs)
    nn.init.constant_(norm.bias, _NORM_BIAS)
    linear = nn.Linear(inputs, outputs, bias=False)
    nn.init.kaiming_normal_(linear.weight)
    return norm, nn.Dropout(dropout), linear
