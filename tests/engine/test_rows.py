"""What can be learned from the labels, and what is said when it cannot."""

from pathlib import Path

import pytest

from studio.base.errors import UserError
from studio.blocks.table import Part, Row
from studio.engine.rows import RunRows, check_rows
from studio.engine.tasks.classification import ClassificationTask
from studio.jobs.messages import Event, Warned


def rows_with(*given: tuple[str, Part], classes: tuple[str, ...] = ("cat", "dog")) -> RunRows:
    rows = [Row(f"{number}.png", target or None, "folder", part) for number, (target, part) in enumerate(given)]
    numbers = range(len(rows))
    train = [number for number in numbers if rows[number].part == "train"]
    return RunRows(Path("/pictures"), rows, classes, train, [number for number in numbers if number not in train])


def check(rows: RunRows, left_out: int = 0) -> list[str]:
    events: list[Event] = []
    check_rows(rows, left_out)
    ClassificationTask.check_parts(rows, events.append)
    return [event.message for event in events if isinstance(event, Warned)]


GOOD: tuple[tuple[str, Part], ...] = (("cat", "train"), ("dog", "train"), ("cat", "valid"), ("dog", "valid"))


def test_good_rows_pass_without_a_word() -> None:
    assert check(rows_with(*GOOD)) == []


def test_classes_that_cannot_be_learned_are_named() -> None:
    rows = rows_with(*GOOD, ("cow", "valid"), classes=("cat", "dog", "cow", "elk"))
    assert check(rows) == [
        "The class 'cow' has only pictures to check the model on: it cannot be learned.",
        "The class 'elk' has no pictures: it cannot be learned.",
    ]


@pytest.mark.parametrize(
    ("given", "left_out", "words"),
    [
        ((("cat", "valid"), ("dog", "valid")), 0, "no labeled pictures to train on"),
        ((("cat", "train"), ("dog", "valid")), 0, "only one labeled picture to train on"),
        ((("cat", "train"), ("dog", "train")), 3, "no labeled pictures to check the model on. 3 pictures could not"),
        ((("cat", "train"), ("cat", "train"), ("dog", "valid")), 0, "All pictures to train on have the class 'cat'"),
        ((), 4, "None of the 4 pictures can be read"),
    ],
)
def test_what_cannot_be_learned_is_refused(given: tuple[tuple[str, Part], ...], left_out: int, words: str) -> None:
    with pytest.raises(UserError, match=words) as raised:
        check(rows_with(*given), left_out)
    assert raised.value.hint


def test_left_out_pictures_do_not_move_the_other_rows() -> None:
    rows = rows_with(*GOOD).without({"0.png", "3.png"})
    assert (rows.train, rows.valid) == ([1], [2])
    assert rows.targets(rows.used) == ["dog", "cat"]
