"""The network of a run: an encoder and a head."""

from torch import Tensor, nn

from studio.engine.encoders import Encoder
from studio.engine.head import make_head
from studio.runtime.card import HeadCard


class EncoderAndHead(nn.Module):
    """Pictures (N, C, H, W), normalised, to outputs (N, ...) as its head gives them.

    Its state has two prefixes, `encoder` and `head`.
    """

    def __init__(self, encoder: Encoder, head: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = head

    def forward(self, batch_nchw: Tensor) -> Tensor:
        scores: Tensor = self.head(self.encoder(batch_nchw))
        return scores

    def layer_groups(self) -> list[list[nn.Parameter]]:
        """The parameters from the first layers to the head, which is the last group."""
        return [*self.encoder.layer_groups(), list(self.head.parameters())]


def add_head(encoder: Encoder, head: HeadCard) -> EncoderAndHead:
    """Put a new head with random weights, from torch's generator, on an encoder."""
    return EncoderAndHead(encoder, make_head(encoder.features, head.outputs, head.hidden, head.dropouts, head.between))


def norm_layers(model: nn.Module) -> list[nn.Module]:
    """The layers that bring features to a mean and a scale: those that go on learning in a frozen encoder."""
    return [layer for layer in model.modules() if _is_norm(layer)]


def _is_norm(layer: nn.Module) -> bool:
    # By name: timm has norm layers of its own that share no base class with torch's.
    return "norm" in type(layer).__name__.lower() and next(layer.parameters(recurse=False), None) is not None
