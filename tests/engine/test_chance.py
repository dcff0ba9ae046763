"""Chance that can be counted again."""

from hypothesis import given
from hypothesis import strategies as st

from studio.engine.chance import epoch_order, generator, step_seed

numbers = st.integers(0, 2**31 - 1)


@given(seed=numbers, epoch=numbers, row=st.integers(0, 2**40))
def test_the_same_numbers_draw_the_same(seed: int, epoch: int, row: int) -> None:
    drawn = generator(seed, epoch, row).random(3).tolist()
    assert drawn == generator(seed, epoch, row).random(3).tolist()
    assert drawn != generator(seed, epoch, row + 1).random(3).tolist()
    assert drawn != generator(seed ^ 1, epoch, row).random(3).tolist()
    assert drawn != generator(seed, epoch ^ 1, row).random(3).tolist()


@given(rows=st.lists(st.integers(0, 1000), unique=True), seed=numbers)
def test_an_epoch_sees_every_row_once(rows: list[int], seed: int) -> None:
    assert sorted(epoch_order(rows, seed, 0)) == sorted(rows)


def test_epochs_have_their_own_order() -> None:
    rows = list(range(50))
    orders = [tuple(epoch_order(rows, 7, epoch)) for epoch in range(5)]
    assert len(set(orders)) == 5


def test_steps_have_their_own_seed() -> None:
    assert len({step_seed(0, step) for step in range(1000)} | {step_seed(1, step) for step in range(1000)}) == 2000
