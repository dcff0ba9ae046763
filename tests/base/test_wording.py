import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.base import wording


@pytest.mark.parametrize(
    ("count", "noun", "many", "words"),
    [
        (0, "picture", "", "0 pictures"),
        (1, "picture", "", "1 picture"),
        (1200, "picture", "", "1\u2009200 pictures"),
        (1_234_567, "row", "", "1\u2009234\u2009567 rows"),
        (2, "class", "", "2 classes"),
        (2, "category", "", "2 categories"),
        (2, "key", "", "2 keys"),
        (2, "datum", "data", "2 data"),
    ],
)
def test_counts_have_their_noun(count: int, noun: str, many: str, words: str) -> None:
    assert wording.count_words(count, noun, many) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (0.42, "0.4 s"),
        (0.99, "0.9 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (130, "2 min 10 s"),
        (3600, "1 h"),
        (11_100, "3 h 5 min"),
        (187_300, "2 d 4 h"),
    ],
)
def test_durations_have_two_units_at_most(seconds: float, words: str) -> None:
    assert wording.duration_words(seconds) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (None, ""),
        (7, "7"),
        (12_400, "12\u2009400"),
        (0.0, "0.00"),
        (0.98765, "0.988"),
        (0.99996, "1.00"),
        (9.999, "10.0"),
        (-1.23456, "-1.23"),
        (12_345.6, "12\u2009346"),
        (0.00123, "0.00123"),
        (0.0000123, "1.23e-5"),
        (1e-6, "1e-6"),
        (math.nan, "–"),
        (math.inf, "∞"),
    ],
)
def test_numbers_have_three_significant_digits(number: float | None, words: str) -> None:
    assert wording.number_words(number) == words


@given(st.floats(min_value=1e-4, max_value=999, allow_nan=False))
def test_a_number_in_words_is_the_number_to_half_a_unit_of_its_third_digit(number: float) -> None:
    unit = 10.0 ** (math.floor(math.log10(number)) - 2)
    assert abs(float(wording.number_words(number)) - number) <= 0.5 * unit * (1 + 1e-6)


def test_all_and_nothing_are_kept_for_all_and_nothing() -> None:
    assert [wording.percent_words(share) for share in (0, 0.0001, 0.9375, 0.99999, 1)] == [
        "0 %",
        "0.1 %",
        "93.8 %",
        "99.9 %",
        "100 %",
    ]


def test_slow_things_are_told_by_the_minute() -> None:
    assert wording.rate_words(34.2, "picture") == "34.2 pictures a second"
    assert wording.rate_words(0.05, "batch") == "3.00 batches a minute"
