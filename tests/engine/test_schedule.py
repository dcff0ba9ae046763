"""Learning rates and momentum, against numbers computed by hand from fastai's formulas."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.blocks.stage import READY_LISTS
from studio.blocks.stage import Stage as DeclaredStage
from studio.blocks.training import Training
from studio.engine.schedule import Constant, FlatCosine, OneCycle, Stage, spread, stage_at, stages

# N = 100, peak 0.01. Source: fastai 2 `combined_cos(0.25, lr / 25, lr, lr / 1e5)`.
# fastai 1 `fit_one_cycle`: rises for longer, and ends lower. Source: `annealing_cos` over 30 and 70 steps.
FASTAI_1 = OneCycle(rise=0.3, div_final=2.5e5)
RATES_1 = {
    0: 4.0e-4, 1: 4.262949e-4, 15: 5.2e-3, 30: 1.0e-2, 31: 9.994965e-3, 65: 5.00002e-3, 99: 5.074647e-6,
}  # fmt: skip
RATES = {0: 4.0e-4, 1: 4.378494e-4, 12: 4.898606e-3, 25: 1.0e-2, 62: 5.104761e-3, 99: 4.485806e-6}


@pytest.mark.parametrize(("step", "rate"), RATES.items())
def test_one_cycle_rates(step: int, rate: float) -> None:
    assert OneCycle().learning_rate(step / 100, 0.01) == pytest.approx(rate, rel=1e-6)


@pytest.mark.parametrize(("step", "rate"), RATES_1.items())
def test_one_cycle_rates_of_fastai_1(step: int, rate: float) -> None:
    assert FASTAI_1.learning_rate(step / 100, 0.01) == pytest.approx(rate, rel=1e-6)
    assert FASTAI_1.momentum(0) == pytest.approx(0.95)
    assert FASTAI_1.momentum(0.3) == pytest.approx(0.85)


def test_flat_then_cosine() -> None:
    """fastai 2 `combined_cos(0.75, lr, lr, lr / 1e5)`; its momentum does not move."""
    course = FlatCosine()
    assert [course.learning_rate(done, 0.01) for done in (0, 0.5, 0.75)] == [0.01] * 3
    assert course.learning_rate(0.875, 0.01) == pytest.approx((0.01 + 1e-7) / 2)
    assert course.learning_rate(1, 0.01) == pytest.approx(1e-7)
    assert {course.momentum(done) for done in (0, 0.5, 1)} == {0.9}


def test_constant_is_constant() -> None:
    assert {Constant().learning_rate(done, 0.01) for done in (0, 0.3, 1)} == {0.01}


def test_momentum_falls_where_the_rate_rises() -> None:
    cycle = OneCycle()
    assert cycle.momentum(0) == pytest.approx(0.95)
    assert cycle.momentum(0.25) == pytest.approx(0.85)
    assert cycle.momentum(1) == pytest.approx(0.95)


def test_spread_is_geometric() -> None:
    assert spread(1e-5, 2e-3, 3) == pytest.approx((1e-5, 1.41421e-4, 2e-3), rel=1e-5)
    assert spread(1e-2 / 2.6**4, 1e-2, 5) == pytest.approx((2.18830e-4, 5.68958e-4, 1.47929e-3, 3.84615e-3, 1e-2), 1e-5)
    assert spread(1e-5, 2e-3, 1) == (2e-3,)


def test_without_frozen_epochs_one_cycle_for_all_layers() -> None:
    (stage,) = stages(Training(epochs=4, learning_rate=2e-3), steps_per_epoch=25, groups=3)
    assert (stage.first_step, stage.steps, stage.is_frozen, stage.peaks) == (0, 100, False, (2e-3,) * 3)


def test_the_recipe_chooses_the_course() -> None:
    def chosen(**training: Any) -> Any:
        return stages(Training(epochs=4, **training), steps_per_epoch=25, groups=1)[-1].course

    assert chosen() == OneCycle()
    assert chosen(pct_start=0.9) == OneCycle(rise=0.9)
    assert chosen(momentum_high=0.8, momentum_low=0.7) == OneCycle(momentums=(0.8, 0.7, 0.8))
    assert chosen(schedule="flat_cosine") == FlatCosine(0.75)
    assert chosen(schedule="flat_cosine", pct_start=0.5) == FlatCosine(0.5)
    assert chosen(schedule="constant", freeze_epochs=1) == Constant()
    assert chosen(freeze_epochs=1) == OneCycle(rise=0.3, div=5)
    assert chosen(freeze_epochs=1, pct_start=0.8) == OneCycle(rise=0.8, div=5)
    assert chosen(freeze_epochs=4) == OneCycle(rise=0.99)  # the head alone to the end
    assert chosen(freeze_epochs=4, pct_start=0.9) == OneCycle(rise=0.9)


def test_the_first_layers_may_learn_slower() -> None:
    (stage,) = stages(Training(epochs=4, learning_rate=2e-3, first_layers_factor=0.005), 25, groups=3)
    assert stage.peaks == pytest.approx((1e-5, 1.41421e-4, 2e-3), rel=1e-5)  # fastai's slice(1e-5, 2e-3)
    _, whole = stages(Training(epochs=4, learning_rate=2e-3, freeze_epochs=1, first_layers_factor=1), 25, groups=3)
    assert whole.peaks == pytest.approx((1e-3,) * 3)


def test_frozen_epochs_then_fine_tuning() -> None:
    """fastai 2 `fine_tune(4, 2e-3, freeze_epochs=1)`: the head at the rate, then half of it, spread over the layers."""
    frozen, whole = stages(Training(epochs=5, learning_rate=2e-3, freeze_epochs=1), steps_per_epoch=10, groups=3)
    assert (frozen.first_step, frozen.steps, frozen.is_frozen) == (0, 10, True)
    assert frozen.peaks == pytest.approx((2e-4, 2e-4, 2e-3))
    assert frozen.course == OneCycle(rise=0.99)
    assert (whole.first_step, whole.steps, whole.is_frozen) == (10, 40, False)
    assert whole.peaks == pytest.approx((1e-5, 1e-4, 1e-3))
    assert whole.learning_rates(10) == pytest.approx((2e-6, 2e-5, 2e-4))  # a fifth of the peak
    assert whole.learning_rates(22)[-1] == pytest.approx(1e-3)  # 30 % of 40 steps later


@given(
    epochs=st.integers(1, 6),
    frozen=st.integers(0, 8),
    schedule=st.sampled_from(["one_cycle", "flat_cosine", "constant"]),
    share=st.floats(0, 1),
    first=st.floats(0, 1),
    steps=st.integers(1, 9),
    rate=st.floats(1e-6, 1),
    groups=st.integers(1, 4),
)
def test_stages_cover_every_step_once(
    epochs: int, frozen: int, schedule: Any, share: float, first: float, steps: int, rate: float, groups: int
) -> None:
    training = Training(
        epochs=epochs,
        learning_rate=rate,
        freeze_epochs=frozen,
        schedule=schedule,
        pct_start=share,
        first_layers_factor=first,
    )
    found = stages(training, steps, groups)
    assert sum(stage.steps for stage in found) == epochs * steps
    for step in range(epochs * steps):
        stage = stage_at(found, step)
        assert stage.is_frozen == (groups > 1 and step < frozen * steps)
        rates = stage.learning_rates(step)
        assert len(rates) == groups
        assert all(0 < one <= rate * 1.000001 for one in rates)
        assert 0.85 <= round(stage.momentum(step), 9) <= 0.95
        assert list(rates) == sorted(rates) or stage.is_frozen


def planet(groups: int, steps: int = 10) -> tuple[Stage, ...]:
    return stages(Training(stages=READY_LISTS[1].items), steps, groups)  # type: ignore[arg-type]


def test_declared_stages_have_rates_and_freezing_of_their_own() -> None:
    """The lecture's: `freeze` with slice(1e-2), then `unfreeze` with slice(1e-5, 2e-3), and so on."""
    found = planet(groups=3)
    assert [(stage.first_step, stage.steps, stage.first_group) for stage in found] == [
        (0, 50, 2),
        (50, 50, 0),
        (100, 50, 2),
        (150, 50, 0),
    ]
    assert [stage.is_frozen for stage in found] == [True, False, True, False]
    assert found[0].peaks == pytest.approx((1e-3, 1e-3, 1e-2))
    assert found[1].peaks == pytest.approx((1e-5, (1e-5 * 2e-3) ** 0.5, 2e-3))
    assert found[3].peaks == pytest.approx((1e-5, 1e-4, 1e-3))
    assert {stage.course for stage in found} == {OneCycle(rise=0.3)}
    assert found[1].learning_rates(50) == pytest.approx([peak / 25 for peak in found[1].peaks])
    assert found[1].learning_rates(65) == pytest.approx(found[1].peaks)  # each stage has a whole course
    assert stage_at(found, 149) is found[2]
    assert stage_at(found, 150) is found[3]


@pytest.mark.parametrize(
    ("learns", "groups", "first_group"),
    [("all", 3, 0), ("last", 3, 1), ("head", 3, 2), ("last", 2, 0), ("head", 2, 1), ("last", 1, 0), ("head", 1, 0)],
)
def test_a_stage_freezes_up_to_a_group(learns: Any, groups: int, first_group: int) -> None:
    (stage,) = stages(Training(stages=(DeclaredStage(learns=learns),)), 4, groups)
    assert stage.first_group == first_group


def test_a_stage_takes_the_schedule_of_the_training() -> None:
    declared = DeclaredStage(pct_start=0.6), DeclaredStage()
    flat = stages(Training(stages=declared, schedule="flat_cosine", pct_start=0.1), 4, 2)
    assert [stage.course for stage in flat] == [FlatCosine(0.6), FlatCosine(0.75)]
    cycles = stages(Training(stages=declared, momentum_high=0.9, momentum_low=0.8), 4, 2)
    assert [stage.course for stage in cycles] == [
        OneCycle(rise=0.6, momentums=(0.9, 0.8, 0.9)),
        OneCycle(momentums=(0.9, 0.8, 0.9)),
    ]
