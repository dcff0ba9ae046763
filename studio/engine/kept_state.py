"""Trying something out with a learner, and leaving it as it was to the last bit."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch

from studio.engine.learner import Learner
from studio.engine.model import EncoderAndHead


@contextmanager
def kept_state(learner: Learner) -> Iterator[None]:
    """Whatever happens inside: weights, buffers, what is frozen, the optimizer, the place in the data and all random
    states are the same afterwards. In memory; costs as much of it as the network and its optimizer take."""
    with kept_chance(), _kept_network(learner), _kept_optimizer(learner.optimizer):
        step, epoch, callbacks = learner.step, learner.epoch, learner.callbacks
        average, learner.average = learner.average, None
        scaling = learner.precision.state()
        try:
            yield
        finally:
            learner.step, learner.epoch, learner.callbacks, learner.average = step, epoch, callbacks, average
            learner.precision.restore(scaling)


@contextmanager
def kept_chance() -> Iterator[None]:
    """The generators of python, numpy and torch, on every device."""
    of_python, of_numpy = random.getstate(), np.random.get_state()
    of_mps = torch.mps.get_rng_state() if torch.backends.mps.is_available() else None
    has_cuda = torch.cuda.is_initialized()  # type: ignore[no-untyped-call]
    devices = range(torch.cuda.device_count()) if has_cuda else []
    try:
        with torch.random.fork_rng(devices=devices):
            yield
    finally:
        random.setstate(of_python)
        np.random.set_state(of_numpy)
        if of_mps is not None:
            torch.mps.set_rng_state(of_mps)


@contextmanager
def _kept_network(learner: Learner) -> Iterator[None]:
    model = learner.model
    places = [*model.parameters(), *model.buffers()]
    tensors = [place.detach().clone() for place in places]
    learns = [(parameter, parameter.requires_grad) for parameter in model.parameters()]
    modes = [(module, module.training) for module in model.modules()]
    face = (model.still_since, model.sees_features) if isinstance(model, EncoderAndHead) else None
    try:
        yield
    finally:
        with torch.no_grad():
            for place, tensor in zip(places, tensors, strict=True):
                place.copy_(tensor)
        for parameter, is_learning in learns:
            parameter.requires_grad_(is_learning)
            parameter.grad = None
        for module, is_training in modes:
            module.training = is_training
        if face is not None and isinstance(model, EncoderAndHead):
            model.still_since, model.sees_features = face


@contextmanager
def _kept_optimizer(optimizer: torch.optim.Optimizer) -> Iterator[None]:
    memory = {
        parameter: {name: value.clone() for name, value in known.items()}
        for parameter, known in optimizer.state.items()
    }
    settings = [{name: value for name, value in group.items() if name != "params"} for group in optimizer.param_groups]
    try:
        yield
    finally:
        optimizer.state.clear()
        optimizer.state.update(memory)
        for group, values in zip(optimizer.param_groups, settings, strict=True):
            group.update(values)
