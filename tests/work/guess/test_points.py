"""Text files of points beside the pictures."""

from collections.abc import Callable
from pathlib import Path

from studio.blocks.labels.from_label_set import FromLabelSet
from studio.blocks.labels.point_files import PointFiles
from studio.blocks.labels.projected_points import ProjectedPoints
from studio.blocks.tasks.keypoints import Keypoints
from studio.work.build import Surroundings
from studio.work.guess.choice import guess
from studio.work.table import build_table

Draw = Callable[..., Path]
Write = Callable[[str, object], Path]
CAMERA = "50 0 40\n0 50 40\n0 0 1\n\n0 0 0 0\n\n1 0 0\n0 1 0\n0 0 1\n\n0 0 0\n\n80 80\n"
POSE = "1 0 0\n0 1 0\n0 0 1\n\n10 20 900\n"


def test_pose_files_as_biwi_has_them(draw: Draw, write: Write) -> None:
    frames = [f"{person}/frame_{number:05d}" for person in ("01", "02", "03", "04", "05") for number in range(12)]
    root = draw(f"{frame}_rgb.png" for frame in frames)
    for frame in frames:
        write(f"{frame}_pose.txt", POSE)
    for person in ("01", "02", "03", "04", "05"):
        write(f"{person}/rgb.cal", CAMERA)
        write(f"{person}/depth.cal", CAMERA)
    proposal = guess(root)
    recipe = proposal.recipe
    assert recipe.task == Keypoints()
    assert recipe.labels == ProjectedPoints(
        template="{parent}/{stem without _rgb}_pose.txt", calibration="{parent}/rgb.cal"
    )
    table, _ = build_table(recipe, Surroundings())
    persons = {part: {row.image[:2] for row in table.rows if row.part == part} for part in ("train", "valid")}
    assert persons["train"]
    assert persons["valid"]
    assert not persons["train"] & persons["valid"]


def test_lists_of_points(draw: Draw, write: Write) -> None:
    stems = [f"p{number * number + 11}q" for number in range(12)]
    root = draw(f"{stem}.png" for stem in stems)
    for stem in stems:
        write(f"{stem}.txt", "10.5 20\n30 40\n")
    recipe = guess(root).recipe
    assert recipe.labels == PointFiles()
    assert all(row.target is not None for row in build_table(recipe, Surroundings())[0].rows)


def test_texts_of_words_are_no_points(draw: Draw, write: Write) -> None:
    stems = [f"p{number * number + 11}q" for number in range(12)]
    root = draw(f"{stem}.png" for stem in stems)
    for stem in stems:
        write(f"{stem}.txt", "a leaf\non a stone\n")
    assert guess(root).recipe.labels == FromLabelSet()
