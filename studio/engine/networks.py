"""The network that a card describes: an encoder, and what comes after it by the head's kind."""

from dataclasses import replace

from studio.engine.encoders import Encoder, create_encoder
from studio.engine.fcos import make_fcos
from studio.engine.heat_maps import make_heat_maps
from studio.engine.model import EncoderAndHead, add_head
from studio.engine.retinanet import make_retinanet
from studio.engine.ssdlite import make_ssdlite
from studio.engine.unet import make_unet
from studio.runtime.card import HeadCard, ModelCard
from studio.runtime.detectors import DETECTORS
from studio.runtime.preprocess import Preprocess

MAKE_DETECTOR = {"fcos": make_fcos, "retinanet": make_retinanet, "ssdlite": make_ssdlite}


def make_network(encoder: Encoder, head: HeadCard, preprocess: Preprocess) -> EncoderAndHead:
    """Put a new head with random weights, from torch's generator, on an encoder made for these pictures."""
    if head.kind == "concat_pool":
        return add_head(encoder, head)
    size_hw, channels = preprocess.size_wh[::-1], preprocess.channels
    if head.kind == "heat_maps":
        return make_heat_maps(encoder, head.outputs, size_hw, channels=channels)
    if head.kind in DETECTORS:
        classes = head.outputs - DETECTORS[head.kind].besides_classes
        return MAKE_DETECTOR[head.kind](encoder, classes, size_hw, channels=channels)
    return make_unet(encoder, head.outputs, size_hw, channels=channels, settings=head.unet)


def build_model(card: ModelCard) -> EncoderAndHead:
    """The network that a card describes, its weights still to be loaded."""
    width_px, height_px = card.layout_wh or card.preprocess.size_wh
    encoder = create_encoder(
        card.encoder.architecture,
        side_px=width_px,
        height_px=height_px,
        channels=card.preprocess.channels,
        any_size=card.layout_wh is not None,
    )
    network = make_network(encoder, card.head, replace(card.preprocess, side_px=width_px, height_px=height_px))
    network.see(card.preprocess.size_wh[::-1], card.preprocess.channels)
    return network
