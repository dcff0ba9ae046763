"""Cards of models that nobody made: decoding needs no more."""

from collections.abc import Callable
from typing import Any

import pytest

from studio.runtime.card import EncoderCard, HeadCard, ModelCard
from studio.runtime.preprocess import Preprocess

MakeCard = Callable[..., ModelCard]


@pytest.fixture(scope="session")
def card_of() -> MakeCard:
    def make(outputs: int, **facts: Any) -> ModelCard:
        return ModelCard(
            preprocess=facts.pop("preprocess", Preprocess(32, "crop")),
            encoder=EncoderCard(name="resnet18", architecture="resnet18", features=512),
            head=HeadCard(outputs=outputs),
            **facts,
        )

    return make
