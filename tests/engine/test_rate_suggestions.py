"""What a curve of losses suggests, against numbers computed by hand from fastai's formulas."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from studio.engine.rate_suggestions import Suggestions, suggest

STEPS = 100
RATES = 1e-7 * 1e8 ** (np.arange(STEPS) / STEPS)


def falling_then_running_away() -> NDArray[np.float64]:
    x = np.log10(RATES)
    return 1 - 0.6 / (1 + np.exp(-3 * (x + 3))) + 2.7 * np.maximum(x + 0.7, 0) ** 2


def test_four_readings_of_one_curve() -> None:
    found = suggest(RATES, falling_then_running_away(), STEPS)
    assert found.valley == pytest.approx(2.754229e-4, rel=1e-6)
    assert found.slide == pytest.approx(3.311311e-4, rel=1e-6)
    assert found.minimum == pytest.approx(1.737801e-2, rel=1e-6)
    assert found.steep == pytest.approx(8.317638e-4, rel=1e-6)
    assert found.chosen == found.valley


def test_what_comes_after_a_loss_that_is_no_number_counts_for_nothing() -> None:
    losses = falling_then_running_away()
    whole = suggest(RATES[:85], losses[:85], STEPS)
    losses[80:] = np.nan
    assert suggest(RATES, losses, STEPS) == whole
    assert suggest(RATES[:81], losses[:81], STEPS).minimum == pytest.approx(RATES[:76][losses[:76].argmin()] / 10)


@pytest.mark.parametrize(
    "losses",
    [
        np.full(STEPS, np.nan),
        np.concatenate([falling_then_running_away()[:12], np.full(STEPS - 12, np.nan)]),
        np.ones(STEPS),
        np.linspace(1, 2, STEPS),
        np.empty(0),
        np.ones(14),
    ],
    ids=["never a number", "a number for two points only", "flat", "only rising", "nothing", "ended at once"],
)
def test_nothing_is_suggested_where_nothing_fell(losses: NDArray[np.float64]) -> None:
    found = suggest(RATES[: len(losses)], losses, STEPS)
    assert found == Suggestions()
    assert found.chosen is None


@given(
    st.lists(st.floats(0, 1e3) | st.sampled_from([float("nan"), float("inf")]), min_size=1, max_size=STEPS),
)
def test_whatever_the_losses_a_suggestion_is_a_rate_that_was_tried(losses: list[float]) -> None:
    tried = RATES[: len(losses)]
    found = suggest(tried, losses, STEPS)
    for rate in (found.valley, found.steep, found.slide):
        assert rate is None or rate in tried[STEPS // 10 :]
    assert found.minimum is None or np.isclose(10 * found.minimum, tried[STEPS // 10 :]).any()
