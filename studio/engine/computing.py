"""How a run's network is computed: decided once, by what the recipe says and by trying."""

from dataclasses import dataclass, replace

from studio.blocks.recipe import Recipe
from studio.blocks.training import Training
from studio.engine.memory import least_at_once
from studio.engine.precision import PrecisionName, supported
from studio.engine.probe import Subject, Way, fastest, how_many_fit, is_worth_compiling, known_to_fit
from studio.engine.still_body import looks_once

# Larger batches make steps so few that learning rates need care; more pictures rarely make a card faster.
_MOST_AT_ONCE = 128
_LEAST_STEPS = 8  # in an epoch, where the size of batches is chosen here
# On a processor larger batches are hardly faster: as many as give this many pixels, 32 pictures of 224 x 224.
_PROCESSOR_PX, _MOST_ON_PROCESSOR, _LEAST_ON_PROCESSOR = 32 * 224 * 224, 32, 4


@dataclass(frozen=True)
class Computing:
    """batch_size: pictures a step. at_once: how many of them go through the network together. See `RunPlan`."""

    batch_size: int
    at_once: int
    precision: PrecisionName
    channels_last: bool
    is_compiled: bool


def decide_computing(subject: Subject, recipe: Recipe, train_rows: int, compilations: int = 1) -> Computing:
    """`subject.at_once` is not looked at; its size is the largest of the run. compilations: how many times the network
    would have to be compiled, once for each size and each choice of layers that learn.

    The subject's model and torch's generators are left as they were.
    """
    batch, training = recipe.batch, recipe.training
    size = _rule(subject, train_rows) if batch.choice == "fits" else batch.size
    precisions = _precisions(training, subject.device)
    if looks_once(recipe, subject.model) and subject.device == "cpu":
        way, step_s = Way(precisions[0]), 0.0  # trying out would take longer than the one look
    else:
        way, step_s = fastest(replace(subject, at_once=size), precisions)
    if batch.choice == "fits" and subject.device != "cpu":
        most = _power_of_two(min(_MOST_AT_ONCE, train_rows // _LEAST_STEPS))
        size = _power_of_two(how_many_fit(replace(subject, at_once=most), way))
    subject = replace(subject, at_once=size)
    batch_size = size * batch.batches_a_step
    steps = training.all_epochs * max(1, train_rows // batch_size)
    return Computing(
        batch_size,
        max(min(size, known_to_fit(subject, way.precision)), least_at_once(subject.model)),
        way.precision,
        way.channels_last,
        training.compile == "auto"
        and step_s > 0
        and is_worth_compiling(subject, way, step_s, steps * batch.batches_a_step, compilations),
    )


def _precisions(training: Training, device: str) -> tuple[PrecisionName, ...]:
    return supported(device) if training.precision == "auto" else (training.precision,)


def _rule(subject: Subject, train_rows: int) -> int:
    """How many pictures at once without trying."""
    _, height_px, width_px = subject.shape_chw
    fitting = min(_MOST_ON_PROCESSOR, max(_LEAST_ON_PROCESSOR, _PROCESSOR_PX // (height_px * width_px)))
    return _power_of_two(min(fitting, train_rows // _LEAST_STEPS))


def _power_of_two(number: int) -> int:
    """The largest one that is not larger, and at least 2."""
    return 1 << max(1, number.bit_length() - 1)
