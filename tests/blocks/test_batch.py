"""The words of the Batch block, and recipes from before its size could be left open."""

import pytest

from studio.blocks.batch import Batch


@pytest.mark.parametrize(
    ("batch", "words"),
    [
        (Batch(size=16), "16 pictures at once"),
        (Batch(choice="fits"), "As many pictures at once as fit"),
        (Batch(size=8, batches_a_step=4), "8 pictures at once, 4 batches to a step"),
    ],
)
def test_its_summary_says_how_many(batch: Batch, words: str) -> None:
    assert batch.summary() == words


def test_an_older_recipe_says_how_many() -> None:
    assert Batch.model_validate({"kind": "batch", "size": 24}) == Batch(choice="given", size=24, batches_a_step=1)
