"""Which rows of a network's last layers belong to which class, point or number, and taking those of the same name."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from studio.engine.model import EncoderAndHead
from studio.engine.networks import make_network
from studio.runtime.card import ModelCard


@dataclass(frozen=True)
class NamedRows:
    """How the rows of a tensor, along its first dimension, go by names: `groups` times (one for each anchor of a cell)
    first `before` rows that belong to no name (nothing is there), then one for each name."""

    groups: int
    before: int


def named_rows(model: EncoderAndHead, card: ModelCard) -> dict[str, NamedRows]:
    """Of each tensor that has rows for names, by the tensor's name.

    Those are the ones that would have more rows if there were one name more: no kind of head needs to say which.
    """
    width_px, height_px = card.layout_wh or card.preprocess.size_wh
    preprocess = replace(card.preprocess, side_px=width_px, height_px=height_px)
    more = card.head.model_copy(update={"outputs": card.head.outputs + 1})
    with torch.random.fork_rng(devices=[]):
        larger = make_network(copy.deepcopy(model.encoder), more, preprocess).state_dict()
    found = {}
    for name, tensor in model.state_dict().items():
        groups = larger[name].shape[0] - tensor.shape[0] if tensor.ndim else 0
        if groups:
            found[name] = NamedRows(groups, tensor.shape[0] // groups - len(card.answer_names))
    return found


def take_rows(place: Tensor, given: Tensor, rows: NamedRows, now: Sequence[str], then: Sequence[str]) -> int | None:
    """Copy the rows of the names that are in both, in place; gives how many names that were, None where the tensors
    differ in more than their names. now: the names of `place`; then: those of `given`."""
    fits = given.ndim == place.ndim and given.shape[1:] == place.shape[1:]
    if not fits or given.shape[0] != rows.groups * (rows.before + len(then)):
        return None
    there = {name: rows.before + number for number, name in enumerate(then)}
    pairs = [(rows.before + number, there[name]) for number, name in enumerate(now) if name in there]
    pairs += [(number, number) for number in range(rows.before)]
    own, other = (tensor.view(rows.groups, -1, *tensor.shape[1:]) for tensor in (place, given.contiguous()))
    with torch.no_grad():
        for to, source in pairs:
            own[:, to].copy_(other[:, source])
    return len(pairs) - rows.before
