"""File names that look like frames, and the honest split for them."""

import time
from pathlib import Path

import pytest

from studio.blocks.split.by_group import GroupSplit
from studio.blocks.split.last_part import LastPartSplit
from studio.work.splits.neighbours import SEQUENCE_NAME, propose_split
from tests.work.splits.picture_tables import images_in, split, table_of


def pictures(folder: Path) -> list[str]:
    found = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.suffix in (".png", ".jpg"))
    assert found
    return found


def test_the_sequences_of_the_street_scenes(shared_data: Path) -> None:
    images = pictures(shared_data / "camvid_tiny" / "images")
    proposed = propose_split(images)
    assert proposed is not None
    assert proposed[0] == GroupSplit(group_by="pattern")
    assert "4, such as '0001TP'" in proposed[1]
    table = table_of(images)
    split(proposed[0], table)
    assert 10 <= len(images_in(table, "valid")) <= 50


@pytest.mark.parametrize(
    ("folder", "gap"),
    [
        ("isbi2012_em/data/membrane/train/image", 2),
        ("dlc_openfield/openfield-Pranav-2018-10-30", 4),
        ("bccd/BCCD/JPEGImages", 18),
    ],
)
def test_one_sequence_gives_its_end(shared_data: Path, folder: str, gap: int) -> None:
    proposed = propose_split(pictures(shared_data / folder))
    assert proposed is not None
    assert proposed[0] == LastPartSplit(gap=gap)


@pytest.mark.parametrize(
    "folder", ["flowers_128", "mnist_tiny", "coco_tiny/train", "coco128_train/images", "dlib_faces"]
)
def test_single_photographs_are_no_sequence(shared_data: Path, folder: str) -> None:
    assert propose_split(pictures(shared_data / folder)) is None


def test_persons_in_folders() -> None:
    images = [f"{person:02}/frame_{7 * i + i % 3:05}_rgb.jpg" for person in range(1, 25) for i in range(20)]
    proposed = propose_split(images)
    assert proposed is not None
    assert proposed[0] == GroupSplit(group_by="folder")
    assert "24" in proposed[1]


def test_two_long_sequences_of_which_neither_may_check_alone() -> None:
    images = [*(f"a_{i:04}.png" for i in range(200)), *(f"b_{i:04}.png" for i in range(10))]
    proposed = propose_split(images)
    assert proposed is not None
    assert isinstance(proposed[0], LastPartSplit)
    table = table_of(images)
    split(proposed[0], table)
    assert {"a_0199.png", "b_0009.png"} <= images_in(table, "valid")


def test_sequences_that_only_the_exact_expression_tells_apart() -> None:
    images = [f"run{run}.{i:03}.png" for run in "ABCDE" for i in range(20)]
    proposed = propose_split(images)
    assert proposed is not None
    assert proposed[0] == GroupSplit(group_by="pattern", pattern=SEQUENCE_NAME)
    assert "'runA'" in proposed[1]


def test_two_cameras_of_one_sequence_are_not_told_apart() -> None:
    images = [f"frame_{i:03}_{side}.png" for i in range(40) for side in ("left", "right")]
    proposed = propose_split(images)
    assert proposed is not None
    assert proposed[0] == LastPartSplit(gap=2)
    table = table_of(images)
    split(proposed[0], table)
    assert images_in(table, "valid") == set(images[64:])


def test_a_sequence_is_not_kept_apart_with_its_class() -> None:
    images = [f"{name}/{name}_frame_{i:04}.png" for name in ("cat", "dog", "owl") for i in range(50)]
    assert isinstance(propose_split(images)[0], GroupSplit)  # type: ignore[index]
    with_classes = propose_split(images, [image.split("/")[0] for image in images])
    assert with_classes is not None
    assert isinstance(with_classes[0], LastPartSplit)


def test_photographs_that_are_only_counted() -> None:
    images = [f"{name}.{i}.jpg" for name in ("cat", "dog") for i in range(100)]
    assert propose_split(images, [image.split(".")[0] for image in images]) is None


@pytest.mark.parametrize("images", [[], ["1.png"], [f"{i}.png" for i in range(5)], ["a.png"] * 30])
def test_too_little_to_tell(images: list[str]) -> None:
    assert propose_split(images) is None


def test_a_hundred_thousand_names_are_quick() -> None:
    images = [f"cam{i % 40}/frame_{i:07}.jpg" for i in range(100_000)]
    began = time.process_time()
    assert propose_split(images) is not None
    assert time.process_time() - began < 10  # 1 s on one core of 2024
