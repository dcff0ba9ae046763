"""How learning rate and momentum move over a run: in one course, or a frozen stage followed by a whole one.

Source of formulas and constants: fastai 2 `fit_one_cycle`, `fit_flat_cos`, `fine_tune` and `even_mults`; the idea of
one cycle is Smith 2018, arXiv:1803.09820. fastai 1 takes OneCycle(rise=0.3, div_final=2.5e5).
"""

import math
from dataclasses import dataclass

from studio.blocks.training import Training

_STEADY_MOMENTUM = 0.9  # where it does not move. Source: fastai 2 `Adam`
_FIRST_LAYERS = 100  # times slower than the last, once a frozen encoder learns too. Source: fastai 2 `fine_tune`


@dataclass(frozen=True)
class OneCycle:
    """Rises from peak/div to the peak over the first `rise` of the steps, then falls to peak/div_final."""

    rise: float = 0.25
    div: float = 25.0
    div_final: float = 1e5
    momentums: tuple[float, float, float] = (0.95, 0.85, 0.95)

    def learning_rate(self, done: float, peak: float) -> float:
        """`done`: the share of the course's steps before this one, 0 to 1."""
        return self._between(done, peak / self.div, peak, peak / self.div_final)

    def momentum(self, done: float) -> float:
        return self._between(done, *self.momentums)

    def _between(self, done: float, start: float, middle: float, end: float) -> float:
        if done < self.rise:
            return cosine(start, middle, done / self.rise)
        return cosine(middle, end, (done - self.rise) / (1 - self.rise)) if self.rise < 1 else middle


@dataclass(frozen=True)
class FlatCosine:
    """Stays at the peak for the first `flat` of the steps, then falls to peak/div_final."""

    flat: float = 0.75
    div_final: float = 1e5

    def learning_rate(self, done: float, peak: float) -> float:
        """`done`: as for one cycle."""
        if done < self.flat or self.flat >= 1:
            return peak
        return cosine(peak, peak / self.div_final, (done - self.flat) / (1 - self.flat))

    def momentum(self, done: float) -> float:
        return _STEADY_MOMENTUM


@dataclass(frozen=True)
class Constant:
    """Stays at the peak."""

    def learning_rate(self, done: float, peak: float) -> float:
        """`done`: as for one cycle."""
        return peak

    def momentum(self, done: float) -> float:
        return _STEADY_MOMENTUM


Course = OneCycle | FlatCosine | Constant


@dataclass(frozen=True)
class Stage:
    """Some epochs with a course of their own. `peaks`: the highest learning rate of each layer group, head last.

    first_group: the first layer group that learns; of those before it only the norm layers do. is_still: not even they.
    """

    first_step: int
    steps: int
    first_group: int
    peaks: tuple[float, ...]
    course: Course
    is_still: bool = False

    @property
    def is_frozen(self) -> bool:
        """Whether nothing of the encoder learns but its norm layers."""
        return 0 < self.first_group == len(self.peaks) - 1

    @property
    def still_since(self) -> int | None:
        """After how many steps the encoder changed for the last time; None where it does."""
        return self.first_step if self.is_still else None

    def learning_rates(self, step: int) -> tuple[float, ...]:
        """One a group, for the step after `step` steps of the run."""
        return tuple(self.course.learning_rate(self._done(step), peak) for peak in self.peaks)

    def momentum(self, step: int) -> float:
        return self.course.momentum(self._done(step))

    def _done(self, step: int) -> float:
        return (step - self.first_step) / self.steps


def stages(training: Training, steps_per_epoch: int, groups: int) -> tuple[Stage, ...]:
    """The stages of a run, in order: those that the recipe declares, or one or two that its settings make.

    Without frozen epochs: one course, for all groups, whose rates are spread where the recipe says so, or for the head
    alone. With them: the head alone at the full rate (what else learns, the norm layers, at a tenth), then everything
    at half the rate, down to a hundredth of that for the first layers. The frozen epochs count among `training.epochs`,
    where fastai's `fine_tune` adds them: "epochs" must stay how often the model sees every picture.
    """
    if training.stages:
        return _declared(training, steps_per_epoch, groups)
    frozen_epochs = training.epochs if training.learns == "head" else min(training.freeze_epochs, training.epochs)
    frozen_steps = frozen_epochs * steps_per_epoch
    whole_steps = (training.epochs - frozen_epochs) * steps_per_epoch
    rate, first_factor = training.learning_rate, training.first_layers_factor
    if not frozen_epochs:
        peaks = spread((first_factor or 1.0) * rate, rate, groups)
        return (Stage(0, whole_steps, 0, peaks, course(training, OneCycle())),)
    frozen_peaks = _frozen_peaks(rate, groups)
    if training.learns == "head":
        return (Stage(0, frozen_steps, groups - 1, frozen_peaks, course(training, OneCycle())),)
    if not whole_steps:
        return (Stage(0, frozen_steps, groups - 1, frozen_peaks, course(training, OneCycle(rise=0.99))),)
    frozen = Stage(0, frozen_steps, groups - 1, frozen_peaks, course(training, OneCycle(rise=0.99), is_first=True))
    first_rate = first_factor * rate / 2 if first_factor else rate / 2 / _FIRST_LAYERS
    peaks = spread(first_rate, rate / 2, groups)
    return frozen, Stage(frozen_steps, whole_steps, 0, peaks, course(training, OneCycle(rise=0.3, div=5)))


def _declared(training: Training, steps_per_epoch: int, groups: int) -> tuple[Stage, ...]:
    """Each with the rates and the freezing of fastai's `fit_one_cycle` after `freeze_to`."""
    found, first_step = list[Stage](), 0
    for declared in training.stages:
        first_group = max(0, {"head": groups - 1, "last": groups - 2, "all": 0}[declared.learns])
        rate, factor = declared.learning_rate, declared.first_layers_factor
        if first_group and not factor:
            peaks = _frozen_peaks(rate, groups)
        else:
            peaks = spread((factor or 1.0) * rate, rate, groups)
        moves = course(training.model_copy(update={"pct_start": declared.pct_start}), OneCycle())
        steps = declared.epochs * steps_per_epoch
        found.append(Stage(first_step, steps, first_group, peaks, moves))
        first_step += steps
    return tuple(found)


def _frozen_peaks(rate: float, groups: int) -> tuple[float, ...]:
    """Source: fastai 2 `Learner.fit_one_cycle` with `slice(rate)`."""
    return (rate / 10,) * (groups - 1) + (rate,)


def course(training: Training, usual: OneCycle, is_first: bool = False) -> Course:
    """What the recipe chooses; `usual`: what one cycle is here unless the recipe says otherwise. is_first: a stage
    that only leads to the one that `pct_start` is about."""
    share = 0.0 if is_first else training.pct_start
    if training.schedule == "constant":
        return Constant()
    if training.schedule == "flat_cosine":
        return FlatCosine(flat=share or FlatCosine.flat)
    high, low = training.momentum_high, training.momentum_low
    return OneCycle(share or usual.rise, usual.div, usual.div_final, (high, low, high))


def stage_at(stages: tuple[Stage, ...], step: int) -> Stage:
    """The stage that the step after `step` steps belongs to."""
    return next(stage for stage in reversed(stages) if step >= stage.first_step)


def spread(first: float, last: float, groups: int) -> tuple[float, ...]:
    """Rates from the first group to the last in equal ratios; a single group gets the last."""
    if groups == 1:
        return (last,)
    return tuple(first * (last / first) ** (group / (groups - 1)) for group in range(groups))


def cosine(start: float, end: float, share: float) -> float:
    """Half a cosine wave from `start` to `end`."""
    return end + (start - end) / 2 * (1 + math.cos(math.pi * share))
