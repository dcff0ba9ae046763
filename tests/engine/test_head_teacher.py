"""A head that is taught while examples come in."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch.nn import functional

from studio.engine.encoders import create_encoder
from studio.engine.head import make_head
from studio.engine.head_teacher import HeadTeacher
from studio.engine.model import add_head
from studio.runtime.card import HeadCard

FEATURES = 16


def examples(kind: int, count: int, seed: int = 0) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Features about a middle of their own for each kind."""
    middle = np.random.default_rng(100 + kind).normal(size=2 * FEATURES)
    noise = np.random.default_rng(1000 * seed + kind).normal(size=(count, 2 * FEATURES))
    return (middle + noise).astype(np.float32), np.full(count, kind, dtype=np.int64)


def teacher(seed: int = 0) -> HeadTeacher:
    torch.manual_seed(seed)
    return HeadTeacher(make_head(FEATURES, 3, hidden=(), dropouts=(0.1,)), functional.cross_entropy, seed=seed)


def test_examples_of_each_kind_teach_to_tell_them_apart() -> None:
    taught = teacher()
    for kind in (0, 1, 2):  # one kind after the other, as they are recorded
        taught.show(*examples(kind, 30))
        taught.learn(30)
    first = taught.learn(1)
    last = taught.learn(60)
    assert first is not None
    assert last is not None
    assert last < first
    right = [(taught.answer(features).argmax(1) == kinds).mean() for features, kinds in map(unseen, (0, 1, 2))]
    assert min(right) > 0.9
    assert (len(taught), taught.steps) == (90, 151)


def unseen(kind: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    return examples(kind, 50, seed=1)


def test_there_must_be_something_to_learn_from() -> None:
    taught = teacher()
    assert taught.learn(5) is None
    taught.show(*examples(0, 1))
    assert taught.learn(5) is None
    assert taught.steps == 0


def test_the_same_examples_and_seed_teach_the_same() -> None:
    answers = []
    for _ in range(2):
        taught = teacher()
        for kind in (0, 1):
            taught.show(*examples(kind, 100))
        taught.learn(4)
        torch.manual_seed(7)  # what else is drawn meanwhile does not matter
        taught.learn(4)
        answers.append(taught.answer(examples(0, 5, seed=2)[0]))
    assert np.array_equal(*answers)


def test_a_network_answers_with_the_head_that_was_taught() -> None:
    model = add_head(create_encoder("test_resnet", side_px=32), HeadCard(outputs=2))
    model.eval()
    pictures = torch.rand(12, 3, 32, 32)
    with torch.inference_mode():
        features = model.features(pictures).numpy()
    taught = HeadTeacher(model.head, functional.cross_entropy)
    taught.show(features, np.arange(12) % 2)
    before = taught.answer(features)
    taught.learn(3)
    model.eval()
    with torch.inference_mode():
        said = model(pictures).numpy()
    assert said == pytest.approx(taught.answer(features), abs=1e-5)
    assert not np.allclose(said, before)
