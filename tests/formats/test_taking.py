"""What is taken from annotations: boxes, points, tags or one class."""

import pytest

from studio.base.targets import Objects, Place, Points, Skeleton, Tags, Thing
from studio.formats.annotations import Annotations, Entry
from studio.formats.sides import side_partners
from studio.formats.taking import take, what_there_is

CAT, DOG = Thing("cat", 0, 0, 5, 5), Thing("dog", 1, 1, 5, 5)
CROWD = Thing("dog", 0, 0, 9, 9, is_crowd=True)
HARD = Thing("dog", 0, 0, 9, 9, is_difficult=True)
DOT = Thing("cat", 3, 3, 3, 3)
NOSE = Points((Place(1, 2),))


def annotations(**entries: Entry) -> Annotations:
    return Annotations("coco", entries, ("dog", "cat"), Skeleton(("nose",)))


def test_boxes_without_crowds_and_without_what_has_no_area() -> None:
    found = take(annotations(a=Entry((CAT, CROWD, HARD, DOT)), b=Entry()), "objects")
    assert found.targets == {"a": Objects((CAT, HARD)), "b": Objects(())}
    assert found.without_area == 1
    kept = take(annotations(a=Entry((CAT, CROWD, HARD))), "objects", skip_crowds=False, skip_difficult=True)
    assert kept.targets == {"a": Objects((CAT, CROWD))}


def test_tags_are_the_classes_that_occur_in_the_order_of_the_file() -> None:
    found = take(annotations(a=Entry((CAT, DOG, CAT)), b=Entry()), "tags")
    assert found.targets == {"a": Tags(("dog", "cat")), "b": Tags(())}


def test_the_class_is_the_most_frequent_one() -> None:
    found = take(annotations(a=Entry((CAT, DOG, CAT)), b=Entry((CAT, DOG)), c=Entry((CAT,)), d=Entry()), "class")
    assert found.targets == {"a": "cat", "b": "dog", "c": "cat", "d": None}
    assert found.mixed == 2


def test_flags_come_before_things() -> None:
    found = annotations(a=Entry((CAT,), flags=("dog",)), b=Entry((CAT,), flags=()))
    assert take(found, "class").targets == {"a": "dog", "b": None}
    assert take(found, "tags").targets == {"a": Tags(("dog",)), "b": Tags(())}


def test_points_of_one_thing_only() -> None:
    found = take(
        annotations(a=Entry(points=(NOSE,)), b=Entry(points=(NOSE, NOSE)), c=Entry(points=(Points((None,)),))), "points"
    )
    assert found.targets == {"a": NOSE, "b": None, "c": None}
    assert list(found.several) == ["b"]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (Entry(), ()),
        (Entry((CAT,)), ("objects", "tags", "class")),
        (Entry(points=(NOSE,)), ("points",)),
        (Entry(flags=("cat",)), ("tags", "class")),
    ],
)
def test_what_there_is(entry: Entry, expected: tuple[str, ...]) -> None:
    assert what_there_is(annotations(a=entry)) == expected


@pytest.mark.parametrize(
    ("names", "partners"),
    [
        (("nose", "left_ear", "right_ear"), ((1, 2),)),
        (("LeftEye", "RightEye"), ((0, 1),)),
        (("l_eye", "r_eye", "eye-l", "eye-r"), ((0, 1), (2, 3))),
        (("tail", "ear", "lear"), ()),
        (("left", "bright"), ()),
    ],
)
def test_sides_are_told_from_names(names: tuple[str, ...], partners: tuple[tuple[int, int], ...]) -> None:
    assert side_partners(names) == partners
