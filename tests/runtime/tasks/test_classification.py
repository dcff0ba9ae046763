"""From outputs to answers."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from studio.runtime.answer import Answer
from studio.runtime.card import EncoderCard, HeadCard, ModelCard
from studio.runtime.preprocess import Preprocess
from studio.runtime.tasks import classification


def probabilities(outputs: np.ndarray) -> np.ndarray:
    return classification.shares(outputs, card_of([str(number) for number in range(outputs.shape[1])]))


def decode(outputs: np.ndarray, classes: list[str]) -> list[Answer]:
    return classification.decode(outputs, card_of(classes), [])


def card_of(classes: list[str]) -> ModelCard:
    return ModelCard(
        classes=tuple(classes),
        preprocess=Preprocess(32, "crop"),
        encoder=EncoderCard(name="resnet18", architecture="resnet18", features=512),
        head=HeadCard(outputs=len(classes)),
    )


@given(arrays(np.float32, st.tuples(st.integers(1, 5), st.integers(2, 7)), elements=st.floats(-1e4, 1e4, width=32)))
def test_probabilities_sum_to_one_and_keep_the_order(outputs: np.ndarray) -> None:
    found = probabilities(outputs)
    assert found.shape == outputs.shape
    np.testing.assert_allclose(found.sum(axis=1), 1)
    best = outputs.argmax(axis=1)
    assert (found[np.arange(len(found)), best] == found.max(axis=1)).all()


def test_known_values() -> None:
    np.testing.assert_allclose(probabilities(np.log([[1, 3, 4]])), [[0.125, 0.375, 0.5]])


def test_an_answer_lists_the_classes_best_first() -> None:
    (answer,) = decode(np.log([[1, 4, 3]]), ["a", "b", "c"])
    assert answer.target == "b"
    assert list(answer.probabilities) == ["b", "c", "a"]
    assert answer.reason == ""


def test_no_number_is_no_answer_but_leaves_the_others() -> None:
    broken, whole = decode(np.array([[np.nan, 0.0], [0.0, 1.0]]), ["a", "b"])
    assert (broken.target, broken.probabilities) == (None, {})
    assert "no numbers" in broken.reason
    assert whole.target == "b"
    (infinite,) = decode(np.array([[np.inf, 0.0]]), ["a", "b"])
    assert infinite.target is None
