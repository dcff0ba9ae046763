"""From outputs to tags."""

from collections.abc import Callable

import numpy as np
import pytest

from studio.base.targets import Tags
from studio.runtime.card import ModelCard
from studio.runtime.tasks.tagging import decode, shares


@pytest.fixture
def card(card_of: Callable[..., ModelCard]) -> ModelCard:
    return card_of(3, task="tagging", classes=("dry", "sun", "wet"), threshold=0.25)


def test_probabilities_are_sigmoids_however_large(card: ModelCard) -> None:
    found = shares(np.array([[0, np.log(3), -np.log(3)], [-1e4, 1e4, np.inf]]), card)
    np.testing.assert_allclose(found, [[0.5, 0.75, 0.25], [0, 1, np.nan]])


def test_tags_are_given_above_the_threshold_best_first(card: ModelCard) -> None:
    at = -np.log(3)
    answers = decode(np.array([[0, 2, at - 0.01], [at, at + 0.01, 5], [-9, -9, -9]]), card, [])
    assert [answer.target for answer in answers] == [Tags(("sun", "dry")), Tags(("wet", "sun")), Tags(())]
    assert list(answers[1].probabilities) == ["wet", "sun", "dry"]


def test_no_number_is_no_answer(card: ModelCard) -> None:
    (answer,) = decode(np.array([[0, np.nan, 1]]), card, [])
    assert answer.target is None
    assert "no numbers" in answer.reason
