"""The learning-rate finder: a short training whose rate grows at every step, and what its losses suggest.

Source: Smith 2015, arXiv:1506.01186; numbers as fastai 1 and 2 `lr_find`.
"""

import math
from collections.abc import Callable

from studio.base.download import StoppedError
from studio.base.errors import UserError
from studio.engine.callbacks import Chance, StopWhenAsked, freeze_before
from studio.engine.checkpoint import Checkpoints
from studio.engine.keeper import Pace
from studio.engine.kept_state import kept_state
from studio.engine.learner import Callback, Learner, StopTraining
from studio.engine.memory import too_little_in_words
from studio.engine.model import EncoderAndHead
from studio.engine.optimizer import set_rates
from studio.engine.preparation import prepare
from studio.engine.rate_suggestions import Suggestions, suggest
from studio.engine.schedule import Stage
from studio.engine.sitting import Sitting
from studio.jobs.messages import Event, Finished, Progressed, RatesSuggested, RateTried, Stopped
from studio.runs.run import Run

STEPS = 100
_FIRST_RATE, _LAST_RATE = 1e-7, 10.0
_DIVERGED = 4  # times the lowest smoothed loss
_REMEMBERS = 0.98  # source: fastai 2 `Recorder`
_MOMENTUM = 0.9  # source: fastai 2 `Adam`, whose momentum its finder leaves alone


def find_rates(run: Run, emit: Callable[[Event], None], should_stop: Callable[[], bool]) -> Finished | Stopped:
    """Try learning rates on what a run would train, from its first step; its folder must be there for the labels.

    Emits RateTried a step and RatesSuggested at the end. Raises UserError when nothing can be suggested.
    """
    try:
        prepared = prepare(run, emit, should_stop, has_checkpoint=False)
    except StoppedError:
        return Stopped()

    def tell(tried: RateTried) -> None:
        emit(tried)
        emit(Progressed(what="rates tried", done=tried.step, total=STEPS))

    with too_little_in_words(prepared.card.preprocess.size_wh):
        sitting = Sitting(run, prepared, Checkpoints(run.folder / "checkpoints"), emit, should_stop, Pace())
        tried = sweep(sitting.learner, prepared.model, sitting.stages[0], sitting.seed, tell, should_stop)
    if should_stop():
        return Stopped()
    found = suggestions(tried)
    if found.chosen is None:
        raise UserError(
            "No learning rate can be suggested: the loss did not fall at any of them.",
            "Look at the labels and at the Model block; a larger batch makes the loss steadier.",
        )
    emit(
        RatesSuggested(
            valley=found.valley, minimum=found.minimum, steep=found.steep, slide=found.slide, chosen=found.chosen
        )
    )
    return Finished()


def sweep(
    learner: Learner,
    model: EncoderAndHead,
    stage: Stage,
    seed: int,
    on_tried: Callable[[RateTried], None] = lambda tried: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> list[RateTried]:
    """Train with rates from 1e-7 to 10, each layer group at its share of them as in `stage`, which also says what
    is frozen. Ends early when the loss has run away, is no number, or somebody asks for it.

    The learner, whose network is `model`, is afterwards as it was before, to the last bit.
    """
    rising = RisingRate(stage, on_tried)
    with kept_state(learner):
        freeze_before(model, stage.first_group, stage.still_since)
        learner.optimizer.state.clear()
        learner.callbacks = [Chance(seed), rising, StopWhenAsked(should_stop)]
        learner.step = learner.epoch = 0
        try:
            while True:
                learner.train_epoch()
                learner.epoch += 1
        except StopTraining:
            return rising.tried


def suggestions(tried: list[RateTried]) -> Suggestions:
    """What the smoothed losses of a sweep suggest."""
    losses = [math.nan if one.smoothed_loss is None else one.smoothed_loss for one in tried]
    return suggest([one.learning_rate for one in tried], losses, STEPS)


class RisingRate(Callback):
    """Sets a higher rate before each step, in equal ratios, and notes each step's loss; ends the training itself."""

    order = 0

    def __init__(self, stage: Stage, on_tried: Callable[[RateTried], None]) -> None:
        self._shares = [peak / stage.peaks[-1] for peak in stage.peaks]
        self._on_tried = on_tried
        self._rate = _FIRST_RATE
        self._smoothed = 0.0
        self._lowest = math.inf
        self.tried: list[RateTried] = []

    def before_step(self, learner: Learner) -> None:
        self._rate = _FIRST_RATE * (_LAST_RATE / _FIRST_RATE) ** (len(self.tried) / STEPS)
        set_rates(learner.optimizer, [self._rate * share for share in self._shares], _MOMENTUM)

    def after_loss(self, learner: Learner) -> None:
        loss, step = learner.loss, len(self.tried) + 1
        is_number = math.isfinite(loss)
        if is_number:
            self._smoothed = _REMEMBERS * self._smoothed + (1 - _REMEMBERS) * loss
        smoothed = self._smoothed / (1 - _REMEMBERS**step)  # without the pull towards the start at 0
        tried = RateTried(
            step=step,
            learning_rate=self._rate,
            loss=loss if is_number else None,
            smoothed_loss=smoothed if is_number else None,
        )
        self.tried.append(tried)
        self._on_tried(tried)
        self._lowest = min(self._lowest, smoothed)
        if not is_number or smoothed > _DIVERGED * self._lowest or step == STEPS:
            raise StopTraining
