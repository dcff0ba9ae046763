"""What an expression finds in a path, and which expressions are not tried live."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.blocks.name_match import compile_pattern, pattern_spans
from studio.blocks.pattern_cost import may_take_long


def test_spans_are_of_the_whole_path() -> None:
    path = "flowers/rose_12.jpg"
    found = pattern_spans(r"([a-z]+)_\d+", path)
    assert found is not None
    assert path[slice(*found.match_span)] == "rose_12"
    assert path[slice(*found.group_span)] == "rose"
    assert pattern_spans(r"^([a-z]+)_\d+", path) is None
    assert pattern_spans(r"^([a-z]+)_\d+", path, "name") == found


def test_an_optional_group_that_took_no_part_is_no_class() -> None:
    assert pattern_spans(r"rose(_\d)?", "rose.jpg") is None
    assert pattern_spans(r"rose(\d*)", "rose.jpg") is None


@pytest.mark.parametrize(
    ("pattern", "place"), [("(", "at sign 1"), ("ab[", "at sign 3"), ("*a", "at sign 1"), ("(?P<1>a)", "at sign 5")]
)
def test_what_is_wrong_is_told_with_its_place(pattern: str, place: str) -> None:
    with pytest.raises(ValueError, match=place):
        pattern_spans(pattern, "a.png")


def test_an_expression_needs_brackets() -> None:
    with pytest.raises(ValueError, match="brackets"):
        compile_pattern(r"\d+")


@pytest.mark.parametrize(
    "pattern",
    [r"(a+)+$", r"(a|aa)+$", r"(?:\w+/)*(x)", r"(\w{1,40})*x", r"((a?)*)b", r".*.*.*.*.*.*(x)", r"(?P<label>(?:a+)+)$"],
)
def test_what_may_explode_is_not_tried(pattern: str) -> None:
    assert may_take_long(pattern)
    start = time.perf_counter()
    assert pattern_spans(pattern, "a" * 80 + "!") is None
    assert time.perf_counter() - start < 10


@pytest.mark.parametrize(
    "pattern",
    [
        r"([^/]+)_\d+\.[^.]+$",
        r"^(.*)/(.*)_(.*)\.jpg",
        r"(rose|tulip)_",
        r"(?P<label>\w+)_[0-9]{3,}",
        r"[(+]+(x)",
        r"\(+(a)",
        r"(a+){2}_",
        r"(?:_\d)?(x)",
    ],
)
def test_plain_expressions_are_tried(pattern: str) -> None:
    assert not may_take_long(pattern)


PARTS = st.sampled_from(["a", "b", "/", ".", r"\w", "[ab]", "(", ")", "+", "*", "?", "|", "{2,}", "(?:", "$"])


@given(st.lists(PARTS, max_size=12).map("".join))
def test_what_is_tried_ends_soon(pattern: str) -> None:
    try:
        compiled = compile_pattern(pattern)
    except ValueError:
        return
    if may_take_long(pattern):
        return
    start = time.perf_counter()
    re.search(compiled, "ab" * 12 + "!")
    assert time.perf_counter() - start < 1.0
