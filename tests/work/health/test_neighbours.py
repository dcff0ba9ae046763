"""Neighbouring frames on both sides of the split, and what only looks like it."""

from pathlib import Path

import numpy as np
import pytest

from studio.blocks.labels.mask_files import MaskFiles
from studio.blocks.recipe import Recipe
from studio.blocks.source.folder import Folder
from studio.blocks.split.last_part import LastPartSplit
from studio.blocks.split.random_split import RandomSplit
from studio.blocks.table import Part
from studio.blocks.tasks.segmentation import Segmentation
from studio.work.build import Surroundings
from studio.work.health.examination import examine
from studio.work.health.neighbours import find_neighbours
from studio.work.health.sequences import find_sequences
from tests.work.health.drawn import draw_scene, draw_video, looked_at, save


def draw_frames(folder: Path, name: str, seed: int, frames: int = 20) -> list[str]:
    names = [f"{name}{number * 5:04d}.png" for number in range(frames)]
    for one, image in zip(names, draw_video(seed, frames), strict=True):
        save(image, folder / one)
    return names


def every(names: list[str], step: int, part: Part = "valid") -> dict[str, Part]:
    return dict.fromkeys(names[step // 2 :: step], part)


def test_frames_in_both_parts_are_told_with_their_neighbours(tmp_path: Path) -> None:
    names = draw_frames(tmp_path, "clip_", 1)
    data = looked_at(tmp_path, names, every(names, 5))
    (found,) = find_neighbours(data)
    assert (found.level, found.step, found.can_group) == ("warning", "split", True)
    assert "'clip_'" in found.message
    assert "4 of 4" in found.message
    assert "last part" in found.hint  # one video: it cannot go to one side
    told = {(data.image(pair.first), data.image(pair.second)) for pair in found.pairs}
    assert (names[1], names[2]) in told
    assert (names[2], names[3]) in told
    assert len(told) == 8


def test_the_end_of_a_video_kept_aside_is_honest(tmp_path: Path) -> None:
    names = draw_frames(tmp_path, "clip_", 1)
    assert list(find_neighbours(looked_at(tmp_path, names, dict.fromkeys(names[-4:], "valid")))) == []


def test_whole_videos_kept_aside_are_honest(tmp_path: Path) -> None:
    videos = [draw_frames(tmp_path, f"clip{seed}_", seed, 12) for seed in range(3)]
    names = [name for video in videos for name in video]
    data = looked_at(tmp_path, names, dict.fromkeys(videos[1], "valid"))
    assert {sequence.name for sequence in find_sequences(data)} == {"clip0_", "clip1_", "clip2_"}
    assert list(find_neighbours(data)) == []


def test_frames_in_a_folder_a_part_are_still_neighbours(tmp_path: Path) -> None:
    images = draw_video(3, 20)
    names = [f"{'valid' if number % 4 == 2 else 'train'}/frame{number:03d}.png" for number in range(20)]
    for name, image in zip(names, images, strict=True):
        save(image, tmp_path / name)
    parts: dict[str, Part] = {name: "valid" for name in names if name.startswith("valid")}
    (found,) = find_neighbours(looked_at(tmp_path, names, parts))
    assert "5 of 5" in found.message


def test_many_short_clips_are_judged_together(tmp_path: Path) -> None:
    names = [name for seed in range(6) for name in draw_frames(tmp_path, f"person{seed}/shot", seed, 4)]
    (found,) = find_neighbours(looked_at(tmp_path, names, every(names, 4)))
    assert len(found.pairs) >= 6


def test_numbered_pictures_without_order_are_no_video(tmp_path: Path) -> None:
    names = [f"picture{number:03d}.png" for number in range(30)]
    for seed, name in enumerate(names):
        save(draw_scene(seed), tmp_path / name)
    assert list(find_neighbours(looked_at(tmp_path, names, every(names, 5)))) == []


def test_pictures_in_order_of_their_class_are_no_video(tmp_path: Path) -> None:
    """Each class has its own layout, so a neighbour resembles its neighbour more than most: but for its class."""
    names = [f"picture{number:03d}.png" for number in range(48)]
    layouts = [np.asarray(draw_scene(900 + kind), dtype=float) for kind in range(3)]
    for number, name in enumerate(names):
        pixels = 0.5 * layouts[number // 16] + 0.5 * np.asarray(draw_scene(number), dtype=float)
        from PIL import Image

        save(Image.fromarray(pixels.astype(np.uint8)), tmp_path / name)
    labels = {name: "abc"[number // 16] for number, name in enumerate(names)}
    assert list(find_neighbours(looked_at(tmp_path, labels, every(names, 5)))) == []
    unlabeled = dict.fromkeys(names, "one")
    assert find_sequences(looked_at(tmp_path, unlabeled)) != []  # without the classes it would be taken for one


def test_what_the_source_knows_needs_no_evidence(tmp_path: Path) -> None:
    names = [f"{number}.png" for number in range(6)]
    for seed, name in enumerate(names):
        save(draw_scene(seed), tmp_path / name)
    data = looked_at(tmp_path, names, {"3.png": "valid"}, groups=dict.fromkeys(names, "holiday.mp4"))
    (found,) = find_neighbours(data)
    assert "'holiday.mp4'" in found.message


@pytest.fixture
def membranes(shared_data: Path) -> Recipe:
    folder = shared_data / "isbi2012_em/data/membrane/train/image"
    labels = MaskFiles(template="{parent}/../label/{stem}.png", classes_from="masks")
    return Recipe(task=Segmentation(), source=Folder(path=str(folder)), labels=labels)


@pytest.fixture
def streets(shared_data: Path) -> Recipe:
    folder = shared_data / "camvid_tiny/images"
    return Recipe(task=Segmentation(), source=Folder(path=str(folder)), labels=MaskFiles(classes_file="../codes.txt"))


def told(recipe: Recipe) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for event in examine(recipe, Surroundings(), lambda what: lambda done, total: None):
        found.setdefault(event.check, []).append(event.message)
    return found


def test_real_slices_of_a_stack_drawn_at_random(membranes: Recipe) -> None:
    (message,) = told(membranes)["neighbours"]
    assert "6 of 6" in message


def test_real_slices_split_at_the_end(membranes: Recipe) -> None:
    assert "neighbours" not in told(membranes.model_copy(update={"split": LastPartSplit(group_by="nothing")}))


@pytest.mark.parametrize("seed", [1, 2, 42])
def test_real_street_scenes_drawn_at_random(streets: Recipe, seed: int) -> None:
    (message,) = told(streets.model_copy(update={"split": RandomSplit(seed=seed)}))["neighbours"]
    assert "'0016E5_'" in message
    assert "'Seq05VD_f'" in message


def test_real_photographs_are_no_video(shared_data: Path) -> None:
    for name in ("flowers_128", "coco_tiny/train", "bccd/BCCD/JPEGImages"):
        root = shared_data / name
        names = sorted(path.relative_to(root).as_posix() for path in root.rglob("*.jpg"))
        assert len(names) > 100
        assert find_sequences(looked_at(root, names)) == [], name
