"""Pictures, videos and archives of which nothing says what they show; texts; and nothing at all."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from studio.base.errors import UserError
from studio.blocks.labels.from_label_set import FromLabelSet
from studio.blocks.labels.name_pattern import NamePattern
from studio.blocks.labels.parent_folder import ParentFolder
from studio.blocks.source.archive import Archive
from studio.blocks.source.video import Video
from studio.blocks.split.by_folder import SplitByFolder
from studio.blocks.split.by_group import GroupSplit
from studio.blocks.split.last_part import LastPartSplit
from studio.work.build import Surroundings
from studio.work.guess.choice import guess
from studio.work.table import build_table

Draw = Callable[..., Path]
Write = Callable[[str, object], Path]
NUMBERS = (3, 17, 28, 41, 95, 133, 190, 250, 381, 402)


def test_a_flat_folder_is_to_be_labeled_here(draw: Draw) -> None:
    proposal = guess(draw(["1.png", "2.png"]))
    assert proposal.recipe.labels == FromLabelSet()
    assert "Label page" in proposal.answer("labels").reason
    assert proposal.sure <= 0.5


def test_nothing_at_all(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="No pictures"):
        guess(tmp_path)
    with pytest.raises(UserError, match="does not exist"):
        guess(tmp_path / "nowhere")


def test_another_kind_of_file(write: Write) -> None:
    with pytest.raises(UserError, match="no folder, table, video or archive"):
        guess(write("notes.docx", "x"))


def test_videos_only(write: Write, tmp_path: Path) -> None:
    write("a.mp4", "x")
    recipe = guess(tmp_path).recipe
    assert recipe.source == Video(paths=(str(tmp_path / "a.mp4"),))
    assert recipe.labels == FromLabelSet()
    assert isinstance(recipe.split, LastPartSplit)
    assert recipe.split.group_by == "video"
    assert guess(tmp_path / "a.mp4").recipe == recipe
    for name in "bcde":
        write(f"{name}.avi", "x")
    assert guess(tmp_path).recipe.split == GroupSplit(group_by="video")


def test_an_archive_is_judged_by_the_names_in_it(draw: Draw, tmp_path: Path) -> None:
    parts = [f"{part}/{kind}" for part in ("train", "valid") for kind in ("nut", "screw")]
    names = [f"{folder}/p{number}.png" for folder in parts for number in NUMBERS]
    root = draw(names)
    path = tmp_path / "set.zip"
    with zipfile.ZipFile(path, "w") as file:
        for name in names:
            file.write(root / name, f"set/{name}")
    proposal = guess(path)
    assert proposal.recipe.source == Archive(path=str(path))
    assert proposal.recipe.labels == ParentFolder()
    assert proposal.recipe.split == SplitByFolder(train="train", valid=("valid",), test=())
    project = tmp_path / "unpacked"
    project.mkdir()
    table, _ = build_table(proposal.recipe, Surroundings(project_folder=project))
    assert (len(table.rows), table.classes) == (40, ["nut", "screw"])


def test_a_broken_archive(write: Write) -> None:
    with pytest.raises(UserError, match="cannot be opened"):
        guess(write("set.7z", "no archive"))


def test_words_before_numbers_are_classes(draw: Draw) -> None:
    root = draw(f"{kind}_{number}.png" for kind in ("great_pyrenees", "pug") for number in NUMBERS)
    recipe = guess(root).recipe
    assert isinstance(recipe.labels, NamePattern)
    assert build_table(recipe, Surroundings())[0].classes == ["great_pyrenees", "pug"]


@pytest.mark.parametrize("names", [("IMG", "DSC"), ("left", "right"), ("seq1", "seq2")])
def test_what_cameras_call_pictures_is_no_class(draw: Draw, names: tuple[str, str]) -> None:
    root = draw(f"{name}_{number}.png" for name in names for number in NUMBERS)
    assert guess(root).recipe.labels == FromLabelSet()


def test_texts_in_a_table_are_not_yet_learned_from(write: Write, tmp_path: Path) -> None:
    review = "A film that begins slowly and then, in its last half hour, becomes something else entirely. "
    path = write(
        "texts.csv",
        "label,text,is_valid\n" + "".join(f'good,"{review}{i}",False\nbad,"No. {review}",True\n' for i in range(20)),
    )
    for where in (tmp_path, path):
        with pytest.raises(UserError, match=r"40 texts in the column 'text', with labels in 'label'\. Texts: not yet"):
            guess(where)


def test_text_files_are_not_yet_learned_from(write: Write, tmp_path: Path) -> None:
    write("pos/1.txt", "wonderful")
    with pytest.raises(UserError, match="Texts: not yet"):
        guess(tmp_path)
