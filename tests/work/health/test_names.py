"""Labels that are probably the same."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.base.targets import Skeleton, Tags
from studio.work.health.names import find_similar_names, plain, spelled_differently
from tests.work.health.drawn import draw_scene, looked_at, save


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Cat", "cat"),
        ("cat", "cat "),
        ("traffic light", "Traffic_Light"),
        ("na\u00efve", "nai\u0308ve"),
        ("a\u200bb", "ab"),
        ("\ufb01sh", "fish"),
    ],
)
def test_names_that_are_the_same_to_people(one: str, other: str) -> None:
    assert one != other
    assert spelled_differently([one, "else", other]) == [[one, other]]


@pytest.mark.parametrize(("one", "other"), [("cat", "cats"), ("3", "8"), ("+", "-"), ("_", "-"), ("a1", "a2")])
def test_names_that_are_not(one: str, other: str) -> None:
    assert spelled_differently([one, other]) == []


@given(st.text(min_size=1))
def test_case_spaces_and_unicode_form_never_count(name: str) -> None:
    assert plain(unicodedata.normalize("NFD", name)) == plain(unicodedata.normalize("NFC", name))
    if plain(name) != name:
        assert plain(f" {name} ") == plain(name)


def test_the_rarer_spelling_is_listed_with_its_pictures(tmp_path: Path) -> None:
    for name in "abcd":
        save(draw_scene(ord(name)), tmp_path / f"{name}.png")
    data = looked_at(tmp_path, {"a.png": "Cat", "b.png": "Cat", "c.png": "cat", "d.png": "dog"})
    (found,) = find_similar_names(data)
    assert (found.level, found.step) == ("warning", "labels")
    assert "'Cat' (2) and 'cat' (1)" in found.message
    assert "by capitals" in found.message
    assert found.pictures == (("c.png", "'cat'"),)
    tags = {"a.png": Tags(("sun", "sea")), "b.png": Tags(("sea ", "sun"))}
    (found,) = find_similar_names(looked_at(tmp_path, tags, classes=("sea", "sea ", "sun")))
    assert "by spaces" in found.message


def test_what_nobody_sees_is_said_to_be_unseen(tmp_path: Path) -> None:
    for name in "ab":
        save(draw_scene(ord(name)), tmp_path / f"{name}.png")
    (found,) = find_similar_names(looked_at(tmp_path, {"a.png": "\u00e9t\u00e9", "b.png": "e\u0301te\u0301"}))
    assert "unicode form" in found.message


def test_points_with_one_name(tmp_path: Path) -> None:
    save(draw_scene(1), tmp_path / "a.png")
    (found,) = find_similar_names(looked_at(tmp_path, {"a.png": None}, skeleton=Skeleton(("nose", "Nose", "tail"))))
    assert "'Nose'" in found.message
