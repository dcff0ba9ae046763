"""Numbers in tables."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.base.number_text import read_number, uses_decimal_comma


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3", 3.0),
        (" -2.5e3 ", -2500.0),
        ("3,5", 3.5),
        (",5", 0.5),
        ("0,123", 0.123),
        ("1,2345", 1.2345),
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("1,234,567", 1234567.0),
        ("1\u202f234,5", 1234.5),
        ("1,234", None),
        ("1,23,4", None),
        ("1.2.3", None),
        ("1_000", None),
        ("nan", None),
        ("-inf", None),
        ("1e999", None),
        ("abc", None),
        ("", None),
        (",", None),
    ],
)
def test_numbers(text: str, number: float | None) -> None:
    assert read_number(text) == number


def test_what_the_comma_means_may_be_said() -> None:
    assert read_number("1,234", "decimal") == 1.234
    assert read_number("1,234", "thousands") == 1234
    assert read_number("3,5", "thousands") is None
    assert uses_decimal_comma(["1,234", "7", "0,5"])
    assert not uses_decimal_comma(["1,234", "7", "1,234.5"])


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_written_number_comes_back(number: float) -> None:
    assert read_number(repr(number)) == number
    with_comma = repr(number).replace(".", ",")
    assert math.isclose(read_number(with_comma, "decimal") or 0.0, number)


@given(st.integers(0, 10**12), st.integers(1, 99))
def test_groups_of_thousands(whole: int, hundredths: int) -> None:
    text = f"{whole:,}.{hundredths:02d}"
    assert read_number(text) == float(f"{whole}.{hundredths:02d}")
    swapped = text.translate(str.maketrans(",.", ".,"))
    assert read_number(swapped) == float(f"{whole}.{hundredths:02d}")
