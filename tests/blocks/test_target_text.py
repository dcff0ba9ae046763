"""Targets as text: what is written is read again, whatever a class is called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.base.targets import MaskFile, Numbers, Objects, Place, Points, Tags, Target, Thing, target_words
from studio.blocks.target_text import read_target, target_text

numbers = st.floats(allow_nan=False, allow_infinity=False)
names = st.text(min_size=1)
places = st.none() | st.builds(Place, numbers, numbers, st.booleans())
outlines = st.lists(st.lists(numbers, min_size=6, max_size=8).map(tuple), max_size=2).map(tuple)
things = st.builds(Thing, names, numbers, numbers, numbers, numbers, outlines, st.booleans())
targets = st.one_of(
    names,
    st.builds(Tags, st.lists(names, max_size=4).map(tuple)),
    st.builds(Numbers, st.lists(numbers, min_size=1, max_size=3).map(tuple)),
    st.builds(MaskFile, names, st.lists(st.integers(0, 255), max_size=3).map(tuple)),
    st.builds(Points, st.lists(places, max_size=4).map(tuple)),
    st.builds(Objects, st.lists(things, max_size=3).map(tuple)),
)


@given(targets)
def test_a_target_comes_back_from_its_text(target: Target) -> None:
    assert read_target(target_text(target)) == target


@pytest.mark.parametrize("name", ['{"kind": "tags"}', '"quoted"', "{", "null", "1.5"])
def test_a_class_may_be_called_anything(name: str) -> None:
    assert read_target(target_text(name)) == name


def test_no_target_is_no_text() -> None:
    assert target_text(None) == ""
    assert read_target("") is None


def test_text_that_is_no_target_is_refused() -> None:
    with pytest.raises(ValueError, match="kind"):
        read_target('{"kind": "song", "names": []}')


def test_targets_in_words() -> None:
    assert target_words(Tags(("clear", "road"))) == "clear, road"
    assert target_words(Tags(())) == "none"
    assert target_words(Numbers((0.25, 3.0))) == "0.25, 3"
    assert target_words(Points((Place(1, 2), None))) == "1 of 2 points"
    things = tuple(Thing(name, 0, 0, 1, 1) for name in ("cup", "book", "cup"))
    assert target_words(Objects(things)) == "2 cup, 1 book"
    assert target_words(MaskFile("../labels/a_P.png")) == "a_P.png"
