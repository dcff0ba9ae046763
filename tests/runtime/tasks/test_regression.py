"""From outputs to numbers in their own units."""

from collections.abc import Callable

import numpy as np
import pytest

from studio.base.targets import Numbers
from studio.runtime.card import ModelCard
from studio.runtime.tasks.regression import decode


@pytest.fixture
def card(card_of: Callable[..., ModelCard]) -> ModelCard:
    ranges = ((-1.0, 11.0), (1.7e9, 1.7e9 + 1000))
    return card_of(2, task="regression", number_names=("age", "second"), number_ranges=ranges)


def test_shares_become_numbers_to_the_last_digit(card: ModelCard) -> None:
    answers = decode(np.array([[0, 1], [0.5, 0.25]], np.float32), card, [])
    assert [answer.target for answer in answers] == [Numbers((-1, 1.7e9 + 1000)), Numbers((5, 1.7e9 + 250))]


def test_no_number_is_no_answer(card: ModelCard) -> None:
    broken, whole = decode(np.array([[np.inf, 0.5], [0.5, 0.5]]), card, [])
    assert broken.target is None
    assert whole.target is not None


def test_a_card_needs_a_range_a_number(card_of: Callable[..., ModelCard]) -> None:
    with pytest.raises(ValueError, match="1 ranges for 2 numbers"):
        card_of(2, task="regression", number_names=("a", "b"), number_ranges=((0.0, 1.0),))
    with pytest.raises(ValueError, match="2 outputs for 1 numbers"):
        card_of(2, task="regression", number_names=("a",), number_ranges=((0.0, 1.0),))
