"""The network of a run: an encoder and a head."""

from torch import Tensor, nn

from studio.engine.encoders import Encoder
from studio.engine.head import after_pool, is_pooling, make_head, pool_of
from studio.runtime.card import HeadCard


class EncoderAndHead(nn.Module):
    """Pictures (N, C, H, W), normalised, to outputs (N, ...) as its head gives them.

    Its state has two prefixes, `encoder` and `head`. sees_features: batches are what `features` gives of pictures, and
    not pictures. still_since: after how many steps the encoder changed for the last time, its norm layers' statistics
    included; None while it changes.
    """

    def __init__(self, encoder: Encoder, head: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = head
        self.sees_features = False
        self.still_since: int | None = None

    def forward(self, batch_nchw: Tensor) -> Tensor:
        if self.sees_features:
            scores: Tensor = after_pool(self.head)(batch_nchw)
        else:
            scores = self.head(self.encoder(batch_nchw))
        return scores

    def features(self, batch_nchw: Tensor) -> Tensor:
        """What the head pools from the encoder's features before anything learns from them, (N, 2 * features)."""
        pooled: Tensor = pool_of(self.head)(self.encoder(batch_nchw))
        return pooled

    @property
    def has_features(self) -> bool:
        """Whether the head sees nothing of a picture but what `features` gives."""
        return is_pooling(self.head)

    def hold_still(self, since: int | None) -> None:
        """From now on nothing of the encoder changes; or what learns does, if None."""
        self.still_since = since
        self.train(self.training)

    def train(self, mode: bool = True) -> "EncoderAndHead":
        super().train(mode)
        if self.still_since is not None:
            self.encoder.eval()
        return self

    def see(self, size_hw: tuple[int, int], channels: int = 3) -> None:
        """Its pictures have this size from now on: for networks that must know where in the picture they look."""

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
