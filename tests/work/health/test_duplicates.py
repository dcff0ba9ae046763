"""The same picture twice, and almost the same."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.work.health.data import Data
from studio.work.health.duplicates import exact_copies, find_duplicates
from studio.work.health.search import find_look_alikes, look_alikes
from studio.work.survey.looks import LOOK, survey_pictures
from tests.work.health.drawn import draw_scene, draw_video, looked_at, save

VALID = {"valid/b.jpg": "valid"}


def pairs(data: Data) -> list[tuple[str, str]]:
    return [(data.image(pair.first), data.image(pair.second)) for pair in look_alikes(data)]


def draw_many(folder: Path, count: int = 12) -> list[str]:
    names = [f"train/{number}.png" for number in range(count)]
    for number, name in enumerate(names):
        save(draw_scene(number), folder / name)
    return names


def test_different_pictures_are_no_finding(tmp_path: Path) -> None:
    assert list(find_duplicates(looked_at(tmp_path, draw_many(tmp_path)))) == []


def test_a_copy_on_the_other_side_is_an_error(tmp_path: Path) -> None:
    names = draw_many(tmp_path)
    (tmp_path / "valid").mkdir()
    (tmp_path / "valid/other name.png").write_bytes((tmp_path / names[3]).read_bytes())
    data = looked_at(tmp_path, ["valid/other name.png", *names], {"valid/other name.png": "valid"})
    (found,) = find_duplicates(data)
    assert (found.level, found.step, found.can_group) == ("error", "split", True)
    assert "another name" in found.message
    assert [(data.image(pair.first), data.image(pair.second)) for pair in found.pairs] == [
        (names[3], "valid/other name.png")  # the training picture first
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda image: image.resize((80, 60)),
        lambda image: image.crop((5, 5, image.width - 4, image.height - 3)),
        lambda image: image.point(lambda value: value * 0.8),
    ],
    ids=["smaller", "cut", "darker"],
)
def test_a_look_alike_on_the_other_side_is_a_warning(tmp_path: Path, change: object) -> None:
    names = draw_many(tmp_path)
    save(change(Image.open(tmp_path / names[5])), tmp_path / "valid/b.jpg", quality=60)  # type: ignore[operator]
    data = looked_at(tmp_path, [*names, "valid/b.jpg"], VALID)
    (found,) = find_duplicates(data)
    assert (found.level, found.can_group) == ("warning", True)
    assert [(data.image(pair.first), data.image(pair.second)) for pair in found.pairs] == [(names[5], "valid/b.jpg")]


def test_on_one_side_it_is_a_note(tmp_path: Path) -> None:
    names = draw_many(tmp_path)
    save(Image.open(tmp_path / names[5]), tmp_path / "valid/b.jpg", quality=60)
    (found,) = find_duplicates(looked_at(tmp_path, [*names, "valid/b.jpg"]))
    assert (found.level, found.can_group) == ("info", False)


def test_the_same_picture_with_two_labels(tmp_path: Path) -> None:
    names = draw_many(tmp_path)
    (tmp_path / "copy.png").write_bytes((tmp_path / names[0]).read_bytes())
    data = looked_at(tmp_path, dict.fromkeys(names, "nut") | {"copy.png": "screw"})
    found = [item for item in find_duplicates(data) if item.level == "warning"]
    assert len(found) == 1
    assert "'nut'" in found[0].message
    assert "'screw'" in found[0].message


def test_copies_are_told_by_their_bytes(tmp_path: Path) -> None:
    image = draw_scene(1)
    save(image, tmp_path / "a.bmp")
    save(image, tmp_path / "b.bmp")
    with open(tmp_path / "c.bmp", "wb") as file:  # as long, and of the same looks, but for one byte at the end
        file.write((tmp_path / "a.bmp").read_bytes()[:-1] + b"\x07")
    assert [(pair.first, pair.second) for pair in exact_copies(looked_at(tmp_path, ["a.bmp", "b.bmp", "c.bmp"]))] == [
        (0, 1)
    ]


def test_blank_pictures_are_no_look_alikes(tmp_path: Path) -> None:
    names = [f"{number}.png" for number in range(4)]
    for number, name in enumerate(names):
        save(Image.new("RGB", (60, 40), (number, number, number)), tmp_path / name)
    assert pairs(looked_at(tmp_path, names)) == []


def test_small_pictures_need_more_likeness(tmp_path: Path) -> None:
    """The same stroke drawn twice by hand, 28 pixels wide, is not the same picture; as JPEG it is."""
    strokes = []
    for seed in range(30):
        draw = np.random.default_rng(seed)
        image = Image.new("L", (28, 28))
        from PIL import ImageDraw

        x = 13 + draw.normal(0, 0.7)
        ImageDraw.Draw(image).line((x - 3, 24, x + 3 + draw.normal(0, 0.7), 4), fill=255, width=3)
        strokes.append(image.convert("RGB"))
    names = [f"{number}.png" for number in range(30)]
    for name, image in zip(names, strokes, strict=True):
        save(image, tmp_path / name)
    save(strokes[7], tmp_path / "again.jpg", quality=80)
    found = pairs(looked_at(tmp_path, [*names, "again.jpg"]))
    assert ("7.png", "again.jpg") in found


def test_every_near_pair_of_hashes_is_found() -> None:
    """Against the plain double loop, on hashes alone."""
    draw = np.random.default_rng(0)
    looks = np.zeros(300, dtype=LOOK)
    looks["state"], looks["width_px"], looks["height_px"] = 1, 100, 100
    base = draw.integers(0, 256, (32, 32)).astype(np.uint8)
    looks["small"] = base
    looks["hash"] = draw.integers(0, 2**63, 300, dtype=np.uint64)
    for number in range(0, 60, 2):  # some that differ from their neighbour in 0 to 29 bits
        looks["hash"][number + 1] = looks["hash"][number] ^ np.uint64((1 << (number // 2)) - 1)
    found = {tuple(pair) for pair in find_look_alikes(looks, lambda done, total: None, lambda: False)}
    bits = np.bitwise_count(looks["hash"][:, None] ^ looks["hash"][None])
    expected = {
        (first, second, int(bits[first, second]))
        for first in range(300)
        for second in range(first + 1, 300)
        if bits[first, second] <= 14
    }
    assert len(expected) >= 14
    assert found == expected


def test_hashes_alone_are_not_believed() -> None:
    """Pictures with one hash that do not look alike are no pair, also where no pair is left."""
    looks = np.zeros(6, dtype=LOOK)
    looks["state"], looks["width_px"], looks["height_px"] = 1, 100, 100
    looks["small"] = np.random.default_rng(0).integers(0, 256, (6, 32, 32))
    assert len(find_look_alikes(looks, lambda done, total: None, lambda: False)) == 0
    assert len(find_look_alikes(looks[:0], lambda done, total: None, lambda: False)) == 0


def test_a_search_can_be_stopped() -> None:
    looks = np.zeros(5000, dtype=LOOK)
    looks["state"] = 1
    looks["small"] = np.random.default_rng(0).integers(0, 256, (32, 32)).astype(np.uint8)
    asked = []

    def should_stop() -> bool:
        asked.append(1)
        return len(asked) > 2

    find_look_alikes(looks, lambda done, total: None, should_stop)
    assert len(asked) < 10


def test_real_flowers_give_few_pairs_and_right_ones(shared_data: Path) -> None:
    root = shared_data / "flowers_128" / "flowers"
    names = sorted(path.relative_to(root).as_posix() for path in root.rglob("*.jpg"))
    looks, _ = survey_pictures(root, names, lambda done, total: None, lambda: False)
    found = find_look_alikes(looks, lambda done, total: None, lambda: False)
    # Both pairs were looked at: a rose in colour and in grey, a sunflower against the sky in two exposures.
    assert {(names[first], names[second]) for first, second, _ in found} == {
        ("rose/4608559939_3487bf3b62_n.jpg", "rose/4609168052_3d4e1d3804_n.jpg"),
        ("sunflower/14741866338_bdc8bfc8d5_n.jpg", "sunflower/14925398441_107f3e0304_n.jpg"),
    }


def test_real_digits_are_not_taken_for_each_other(shared_data: Path) -> None:
    root = shared_data / "mnist_tiny" / "train"
    names = sorted(path.relative_to(root).as_posix() for path in root.rglob("*.png"))
    looks, _ = survey_pictures(root, names, lambda done, total: None, lambda: False)
    assert len(find_look_alikes(looks, lambda done, total: None, lambda: False)) == 0


def test_look_alikes_inside_the_one_video_cannot_be_grouped(tmp_path: Path) -> None:
    names = [f"frame{number:02d}.png" for number in range(20)]
    for name, image in zip(names, draw_video(3, 20, step_px=4), strict=True):
        save(image, tmp_path / name)
    (split,) = [
        item for item in find_duplicates(looked_at(tmp_path, names, {names[-1]: "valid"})) if item.step == "split"
    ]
    assert (split.level, split.can_group) == ("warning", False)
    assert "gap" in split.hint
