"""Files of weights, and which of their tensors fit an encoder."""

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
import torch
from torch import Tensor

from studio.base.errors import UserError
from studio.engine.encoders import Encoder
from studio.engine.input_channels import adapted
from studio.jobs.messages import Event, WeightsTaken

Tensors = dict[str, Tensor]

# Where others keep the weights inside a larger checkpoint; averaged ones are better.
_WRAPPERS = ("state_dict_ema", "model_ema", "state_dict", "model_state_dict", "model_state", "model", "net", "module")
_SHOWN = 3


def read_tensors(path: Path) -> Tensors:
    """The tensors of a .safetensors file, or of a .pt or .pth file that holds nothing but weights.

    Raises UserError for a file that is missing, damaged, of another kind, or that would run code.
    """
    if path.suffix.lower() not in (".safetensors", ".pt", ".pth"):
        raise UserError(f"{path} is not a weights file.", "Choose a .safetensors, .pt or .pth file.")
    if not path.is_file():
        raise UserError(f"The weights file {path} does not exist.", "Choose it again, or start from something else.")
    if path.suffix.lower() == ".safetensors":
        try:
            return safetensors.torch.load_file(path)
        except (safetensors.SafetensorError, OSError, ValueError) as error:
            raise UserError(f"{path} is damaged: {error}", "Copy or download it again.") from error
    return _tensors_in(_load_pickle(path), path)


def fill(encoder: Encoder, tensors: Tensors, source: str, emit: Callable[[Event], None]) -> WeightsTaken:
    """Copy what fits by name and shape into the encoder; gives, and emits, what was taken and what was not.

    Kernels for colours are adapted to the encoder's channels.
    Names may have a beginning in common ("module.", "backbone."), and old names of timm's own networks are known.
    Raises UserError when nothing fits, or a tensor holds values that are no numbers.
    """
    wanted: Tensors = encoder.net.state_dict()
    given = adapted(max(_readings(encoder, tensors), key=lambda reading: len(_fitting(wanted, reading))), wanted)
    fitting = _fitting(wanted, given)
    # Counters fit every network with norm layers; a network without any match in its weights is another one.
    if not any(wanted[name].ndim > 1 for name in fitting):
        raise UserError(
            f"Nothing in {source} fits this encoder.",
            "Choose the encoder that the weights belong to, or another file.",
        )
    refuse_no_numbers({name: given[name] for name in fitting}, source)
    with torch.no_grad():
        for name in fitting:
            wanted[name].copy_(given[name])
    places = [name for name in wanted if not is_counter(name)]
    missing = [name for name in places if name not in fitting]
    told = WeightsTaken(
        source=source, taken=len(places) - len(missing), total=len(places), not_taken=why_not(missing, wanted, given)
    )
    emit(told)
    return told


def is_counter(name: str) -> bool:
    """Whether a tensor only counts what a norm layer has seen: nobody misses it."""
    return name.endswith("num_batches_tracked")


def refuse_no_numbers(tensors: Tensors, source: str) -> None:
    """Raises UserError when a tensor holds values that are no numbers."""
    broken = next((name for name, tensor in tensors.items() if not torch.isfinite(tensor).all()), None)
    if broken is not None:
        raise UserError(f"{source} holds values that are no numbers, in {broken}.", "Start from something else.")


def why_not(missing: Sequence[str], wanted: Tensors, given: Tensors) -> tuple[str, ...]:
    """Why tensors stay as they are, a sentence each; those that are just not there in one."""
    others = [name for name in missing if name in given]
    words = [f"{name}: {_shape(wanted[name])} here, {_shape(given[name])} there: starts from random" for name in others]
    absent = [name for name in missing if name not in given]
    if absent:
        more = f" and {len(absent) - _SHOWN} more" if len(absent) > _SHOWN else ""
        words.append(f"not there, so they start from random: {', '.join(absent[:_SHOWN])}{more}")
    return tuple(words)


def _fitting(wanted: Tensors, given: Tensors) -> set[str]:
    return {name for name, place in wanted.items() if name in given and given[name].shape == place.shape}


def _shape(tensor: Tensor) -> str:
    return "x".join(map(str, tensor.shape)) or "one number"


def _readings(encoder: Encoder, tensors: Tensors) -> Iterator[Tensors]:
    """The same tensors under the names that they may have meant."""
    anchors = [name for name, place in encoder.net.state_dict().items() if place.ndim > 1][:8]
    beginnings = {
        name.removesuffix(anchor)
        for anchor in anchors
        for name in tensors
        if name == anchor or name.endswith(f".{anchor}")
    }
    for beginning in sorted(beginnings | {""}):
        plain = {name.removeprefix(beginning): tensor for name, tensor in tensors.items() if name.startswith(beginning)}
        yield plain
        renamed = _renamed(encoder, plain)
        if renamed is not None:
            yield renamed


def _renamed(encoder: Encoder, tensors: Tensors) -> Tensors | None:
    """The names as timm's own loader would give them, for networks that were published under other ones."""
    rename = getattr(sys.modules[type(encoder.net).__module__], "checkpoint_filter_fn", None)
    if rename is None:
        return None
    try:
        return _only_tensors(rename(dict(tensors), encoder.net))
    except Exception:  # written for the files that were published, and may meet any other
        return None


def _load_pickle(path: Path) -> Any:
    try:
        return torch.load(path, weights_only=True, map_location="cpu")
    except Exception as error:  # pickle, zip, and torch itself: many kinds
        if "weights_only" in str(error) or "Unsupported" in str(error):
            raise UserError(
                f"{path} holds more than weights: opening it would run code that somebody put there.",
                "Ask for the weights alone (a state_dict), best as .safetensors.",
            ) from error
        raise UserError(f"{path} is damaged or is not a file of weights.", "Copy or download it again.") from error


def _tensors_in(found: Any, path: Path) -> Tensors:
    while isinstance(found, dict):
        inside = next((found[key] for key in _WRAPPERS if isinstance(found.get(key), dict)), None)
        if inside is None:
            break
        found = inside
    tensors = _only_tensors(found) if isinstance(found, dict) else {}
    if not tensors:
        raise UserError(f"There are no weights in {path}.", "Choose a file that holds a state_dict.")
    return tensors


def _only_tensors(found: dict[Any, Any]) -> Tensors:
    return {str(name): tensor for name, tensor in found.items() if isinstance(tensor, Tensor)}
