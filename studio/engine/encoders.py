"""Encoders: any of timm's networks, without its classifier, giving a map of features."""

import difflib
from dataclasses import asdict, dataclass
from typing import Any

import timm
import torch
from timm.models.resnet import ResNet
from torch import nn

from studio.base.errors import UserError
from studio.blocks.encoders import ShippedEncoder, shipped_encoder


@dataclass(frozen=True)
class EncoderFacts:
    """What is known of an encoder before it is made. mean, std: of values in 0..1, as it was trained with."""

    name: str  # as the recipe says it
    architecture: str  # timm's name; the tag of a training may follow after a dot
    mean: tuple[float, ...]
    std: tuple[float, ...]
    pretrained: dict[str, Any]  # timm's record of the weights that can be downloaded
    shipped: ShippedEncoder | None


class Encoder(nn.Module):
    """A network of timm as a body: images (N, C, H, W) to features (N, `features`, h, w), whatever its own layout.

    Tokens of a transformer come as (N, features, count, 1), without the class token.
    """

    def __init__(self, net: Any) -> None:
        super().__init__()
        self.net: Any = net  # every network has other parts
        self.features = int(getattr(net, "head_hidden_size", None) or net.num_features)
        self.prefix_tokens = int(getattr(net, "num_prefix_tokens", 0))
        self.channels_last = getattr(net, "output_fmt", "NCHW") == "NHWC"

    def forward(self, batch_nchw: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = self.net(batch_nchw)
        if found.ndim == 3:  # (N, tokens, features)
            return found[:, self.prefix_tokens :].transpose(1, 2).unsqueeze(-1)
        if found.ndim == 2:
            return found[:, :, None, None]
        return found.permute(0, 3, 1, 2) if self.channels_last else found

    def layer_groups(self) -> list[list[nn.Parameter]]:
        """The parameters from the first layers to the last; later groups learn faster.

        Two groups for resnets (up to layer2 | layer3 and layer4), one for everything else; the head is the next.
        Source: fastai 1 and 2, `_resnet_split` and `default_split`.
        """
        if not isinstance(self.net, ResNet):
            return [list(self.net.parameters())]
        late = [*self.net.get_submodule("layer3").parameters(), *self.net.get_submodule("layer4").parameters()]
        late_ones = set(map(id, late))
        return [[parameter for parameter in self.net.parameters() if id(parameter) not in late_ones], late]


def encoder_facts(name: str) -> EncoderFacts:
    """Look a name up. Raises UserError with the closest names when timm has no such network."""
    shipped = shipped_encoder(name)
    full_name = shipped.architecture if shipped else name
    try:
        # Names with a colon would make timm open a network connection.
        if ":" in full_name or not timm.is_model(full_name):
            raise _unknown(name)
        record = timm.get_pretrained_cfg(full_name)
    except RuntimeError as error:
        raise _unknown_tag(name) from error
    pretrained = asdict(record) if record is not None else {}
    mean = shipped.mean if shipped else tuple(pretrained.get("mean", (0.485, 0.456, 0.406)))
    std = shipped.std if shipped else tuple(pretrained.get("std", (0.229, 0.224, 0.225)))
    return EncoderFacts(name, full_name, mean, std, {} if shipped else pretrained, shipped)


def create_encoder(
    name: str, *, side_px: int, height_px: int | None = None, channels: int = 3, any_size: bool = False
) -> Encoder:
    """A network with random weights (from torch's generator), for squares, or rectangles of `height_px`.

    any_size: pictures of other sizes will follow; a transformer that can then stretches what it knows of places.
    Raises UserError for an unknown name, or one that cannot work at this size.
    """
    facts = encoder_facts(name)
    size_hw = height_px or side_px, side_px
    settings: dict[str, Any] = {"num_classes": 0, "global_pool": "", "in_chans": channels}
    if facts.pretrained.get("fixed_input_size"):
        settings["img_size"] = size_hw
    if _is_resnet(facts.architecture):
        # As torchvision starts them. timm's start, each block without effect at first, suits long trainings: from
        # nothing, 5 epochs of resnet18 on 1200 flowers at 64 px gave 0.51 and 0.52 accuracy with it, 0.59 and 0.57
        # without (two seeds, 300 to check on; validation loss 1.26 and 1.24 against 1.12 and 1.17).
        settings["zero_init_last"] = False
    try:
        encoder = Encoder(_network(facts.architecture, settings, any_size and "img_size" in settings))
        _try_out(encoder, size_hw, channels)
    except Exception as error:  # networks say in many ways that a size or a setting does not suit them
        raise UserError(
            f"The encoder {name} cannot be used with pictures of {size_hw[1]} x {size_hw[0]} px: {_first_line(error)}",
            "Choose another size (224 suits most), or another encoder.",
        ) from error
    return encoder


def _network(architecture: str, settings: dict[str, Any], stretches: bool) -> Any:
    if stretches:
        try:
            return timm.create_model(architecture, pretrained=False, dynamic_img_size=True, **settings)
        except TypeError:  # it has no such setting
            pass
    return timm.create_model(architecture, pretrained=False, **settings)


def _is_resnet(architecture: str) -> bool:
    entry = timm.models.model_entrypoint(architecture.split(".")[0])
    return bool(entry.__module__ == ResNet.__module__)


def _try_out(encoder: Encoder, size_hw: tuple[int, int], channels: int) -> None:
    """One empty picture: sizes that do not divide, and networks that do not give a map, are found here."""
    encoder.eval()
    with torch.no_grad():  # not inference_mode: networks may keep what they compute here
        found = encoder(torch.zeros(1, channels, *size_hw))
    encoder.train()
    if found.ndim != 4 or found.shape[1] != encoder.features:
        raise ValueError(f"it gives features of the shape {tuple(found.shape)}")


def _unknown(name: str) -> UserError:
    known = timm.list_models()
    bare = name.split(".")[0].lower().replace("-", "_")
    close = difflib.get_close_matches(bare, known, n=4, cutoff=0.6)
    return UserError(
        f"There is no encoder named {name!r}.",
        f"Did you mean {' or '.join(close)}?" if close else "Choose one from the list, for example resnet18.",
    )


def _unknown_tag(name: str) -> UserError:
    bare = name.split(".")[0]
    tags = [full.split(".", 1)[1] for full in timm.list_pretrained(f"{bare}.*")]
    return UserError(
        f"The encoder {bare} was never trained under the name {name.split('.', 1)[1]!r}.",
        f"Use {bare} alone, or one of: {', '.join(tags)}." if tags else f"Use {bare} alone.",
    )


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
