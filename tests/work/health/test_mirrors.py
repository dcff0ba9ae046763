"""Flips that spoil what left and right mean."""

from pathlib import Path

import pytest

from studio.base.targets import Place, Points, Skeleton, Target
from studio.blocks.recipe import Recipe
from studio.blocks.source.folder import Folder
from studio.blocks.transforms.flip import Flip
from studio.blocks.transforms.resize import Resize
from studio.work.health.data import Found
from studio.work.health.mirrors import directed_classes, find_mirror_traps, words_of
from tests.work.health.drawn import draw_scene, looked_at, save


def find(folder: Path, target: Target, flip: Flip | None, **facts: object) -> list[Found]:
    save(draw_scene(1), folder / "a.png")
    recipe = Recipe(source=Folder(path=str(folder)), transforms=(Resize(), *([flip] if flip else [])))
    return list(find_mirror_traps(looked_at(folder, {"a.png": target}, recipe=recipe, **facts)))  # type: ignore[arg-type]


def points(*names: str, partners: tuple[tuple[int, int], ...] = ()) -> dict[str, object]:
    target = Points(tuple(Place(5, 5) for _ in names))
    return {"target": target, "skeleton": Skeleton(names, partners=partners)}


def test_sides_without_partners(tmp_path: Path) -> None:
    (found,) = find(tmp_path, flip=Flip(), **points("nose", "left_eye", "right_eye"))  # type: ignore[arg-type]
    assert (found.level, found.step, found.field) == ("warning", "transforms", "sides")
    assert "left_eye and right_eye" in found.message


@pytest.mark.parametrize("names", [("snout", "leftear", "rightear"), ("nose", "l_ear", "r_ear")])
def test_sides_are_known_by_several_names(tmp_path: Path, names: tuple[str, ...]) -> None:
    assert len(find(tmp_path, flip=Flip(), **points(*names))) == 1  # type: ignore[arg-type]


def test_a_side_alone(tmp_path: Path) -> None:
    (found,) = find(tmp_path, flip=Flip(), **points("nose", "left eye"))  # type: ignore[arg-type]
    assert "'left eye'" in found.message


def test_partners_or_no_flip_are_right(tmp_path: Path) -> None:
    assert find(tmp_path, flip=Flip(), **points("nose", "left_eye", "right_eye", partners=((1, 2),))) == []  # type: ignore[arg-type]
    assert find(tmp_path, flip=None, **points("nose", "left_eye", "right_eye")) == []  # type: ignore[arg-type]
    assert find(tmp_path, flip=Flip(), **points("nose", "tail")) == []  # type: ignore[arg-type]


def test_classes_that_say_a_direction(tmp_path: Path) -> None:
    (found,) = find(tmp_path, "turn left", Flip(), classes=("turn left", "turn right", "stop"))
    assert "'turn left', 'turn right'" in found.message
    assert find(tmp_path, "stop", Flip(), classes=("stop", "leftover")) == []


@pytest.mark.parametrize(
    ("classes", "turns", "expected"),
    [
        (["6", "9", "3"], True, ["6", "9"]),
        (["6", "9", "3"], False, []),
        (["6", "3"], True, []),
        (["b", "d"], False, ["b", "d"]),
        (["arrow_up", "arrow_down"], False, []),
        (["arrow_up", "arrow_down"], True, ["arrow_up", "arrow_down"]),
    ],
)
def test_what_depends_on_the_symmetries(classes: list[str], turns: bool, expected: list[str]) -> None:
    assert directed_classes(classes, turns) == expected


def test_words_in_names() -> None:
    assert words_of("turnLeft") == words_of("Turn left") == words_of("turn_LEFT") == ["turn", "left"]
