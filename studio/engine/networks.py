"""The network that a card describes: an encoder, and what comes after it by the head's kind."""

from studio.engine.encoders import Encoder, create_encoder
from studio.engine.fcos import make_fcos
from studio.engine.model import EncoderAndHead, add_head
from studio.engine.unet import make_unet
from studio.runtime.boxes import BESIDES_CLASSES
from studio.runtime.card import HeadCard, ModelCard
from studio.runtime.preprocess import Preprocess


def make_network(encoder: Encoder, head: HeadCard, preprocess: Preprocess) -> EncoderAndHead:
    """Put a new head with random weights, from torch's generator, on an encoder made for these pictures."""
    if head.kind == "concat_pool":
        return add_head(encoder, head)
    size_hw = preprocess.size_wh[::-1]
    if head.kind == "fcos":
        return make_fcos(encoder, head.outputs - BESIDES_CLASSES, size_hw, channels=preprocess.channels)
    return make_unet(encoder, head.outputs, size_hw, channels=preprocess.channels)


def build_model(card: ModelCard) -> EncoderAndHead:
    """The network that a card describes, its weights still to be loaded."""
    width_px, height_px = card.preprocess.size_wh
    encoder = create_encoder(
        card.encoder.architecture, side_px=width_px, height_px=height_px, channels=card.preprocess.channels
    )
    return make_network(encoder, card.head, card.preprocess)
