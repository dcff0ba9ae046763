"""How learning rate and momentum move over a run: one cycle, or a frozen cycle followed by a whole one.

Source of formulas and constants: fastai 2 `fit_one_cycle`, `fine_tune` and `even_mults`; the idea is Smith 2018,
arXiv:1803.09820.
"""

import math
from dataclasses import dataclass

from studio.blocks.training import Training


@dataclass(frozen=True)
class OneCycle:
    """Rises from peak/div to the peak over the first `rise` of the steps, then falls to peak/div_final."""

    rise: float = 0.25
    div: float = 25.0
    div_final: float = 1e5
    momentums: tuple[float, float, float] = (0.95, 0.85, 0.95)

    def learning_rate(self, done: float, peak: float) -> float:
        """`done`: the share of the cycle's steps before this one, 0 to 1."""
        return self._between(done, peak / self.div, peak, peak / self.div_final)

    def momentum(self, done: float) -> float:
        return self._between(done, *self.momentums)

    def _between(self, done: float, start: float, middle: float, end: float) -> float:
        if done < self.rise:
            return cosine(start, middle, done / self.rise)
        return cosine(middle, end, (done - self.rise) / (1 - self.rise))


@dataclass(frozen=True)
class Stage:
    """Some epochs with a cycle of their own. `peaks`: the highest learning rate of each parameter group, head last."""

    first_step: int
    steps: int
    is_frozen: bool
    peaks: tuple[float, ...]
    cycle: OneCycle

    def learning_rates(self, step: int) -> tuple[float, ...]:
        """One a group, for the step after `step` steps of the run."""
        return tuple(self.cycle.learning_rate(self._done(step), peak) for peak in self.peaks)

    def momentum(self, step: int) -> float:
        return self.cycle.momentum(self._done(step))

    def _done(self, step: int) -> float:
        return (step - self.first_step) / self.steps


def stages(training: Training, steps_per_epoch: int, groups: int) -> tuple[Stage, ...]:
    """The stages of a run, in order.

    Without frozen epochs: one cycle, one rate for all groups. With them: the head alone at the full rate (what else
    learns, the norm layers, at a tenth), then everything at half the rate, down to a hundredth of that for the first
    layers. The frozen epochs count among `training.epochs`, where fastai's `fine_tune` adds them: "epochs" must stay
    how often the model sees every picture.
    """
    frozen_epochs = min(training.freeze_epochs, training.epochs)
    frozen_steps = frozen_epochs * steps_per_epoch
    whole_steps = (training.epochs - frozen_epochs) * steps_per_epoch
    rate = training.learning_rate
    if not frozen_epochs:
        return (Stage(0, whole_steps, False, (rate,) * groups, OneCycle()),)
    frozen_peaks = (rate / 10,) * (groups - 1) + (rate,)
    frozen = Stage(0, frozen_steps, True, frozen_peaks, OneCycle(rise=0.99))
    if not whole_steps:
        return (frozen,)
    peaks = spread(rate / 2 / 100, rate / 2, groups)
    return frozen, Stage(frozen_steps, whole_steps, False, peaks, OneCycle(rise=0.3, div=5))


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
