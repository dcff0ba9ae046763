"""The table of a recipe kept between requests."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.base.errors import UserError
from studio.blocks.labels.from_label_set import FromLabelSet
from studio.blocks.labels.parent_folder import ParentFolder
from studio.blocks.recipe import Recipe
from studio.blocks.source.folder import Folder
from studio.blocks.split.random_split import RandomSplit
from studio.blocks.table import DataTable
from studio.blocks.transforms.resize import Resize
from studio.project.store import Project
from studio.work import kept_table
from studio.work.build import Surroundings
from studio.work.kept_table import TRUSTED_S, KeptTable

AROUND = Surroundings()


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def draw(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((8, 8, 3), 90, np.uint8)).save(path)


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    for name in ("a/1.png", "a/2.png", "b/deep/3.png"):
        draw(tmp_path / "photos" / name)
    return Recipe(source=Folder(path=str(tmp_path / "photos")), labels=ParentFolder(), split=RandomSplit())


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[DataTable]:
    """The tables that are built from now on."""
    made: list[DataTable] = []
    build: Callable[..., tuple[DataTable, object]] = kept_table.build_table

    def counted(recipe: Recipe, around: Surroundings, pictures_only: bool) -> tuple[DataTable, object]:
        made.append(build(recipe, around, pictures_only)[0])
        return made[-1], []

    monkeypatch.setattr(kept_table, "build_table", counted)
    return made


def test_it_is_built_once_while_transforms_change(recipe: Recipe, built: list[DataTable]) -> None:
    kept = KeptTable()
    first = kept.get(recipe, AROUND)
    assert len(first.rows) == 3
    other = recipe.model_copy(update={"transforms": (Resize(side_px=64),), "batch": recipe.batch})
    assert kept.get(other, AROUND) is first
    assert len(built) == 1


def test_other_data_blocks_build_it_again(recipe: Recipe, built: list[DataTable]) -> None:
    kept = KeptTable()
    kept.get(recipe, AROUND)
    kept.get(recipe.model_copy(update={"split": RandomSplit(seed=7)}), AROUND)
    kept.get(recipe.model_copy(update={"labels": ParentFolder(unlabeled_folders=("c",))}), AROUND)
    assert len(built) == 3


@pytest.mark.parametrize("name", ["a/4.png", "b/deep/4.png", "b/4.png", "c/4.png", "4.png"])
def test_a_new_picture_anywhere_is_seen(recipe: Recipe, built: list[DataTable], tmp_path: Path, name: str) -> None:
    kept = KeptTable()
    kept.get(recipe, AROUND)
    for folder in (tmp_path / "photos").rglob("*"):
        if folder.is_dir():  # a change within the clock's grain would not be seen
            os.utime(folder, ns=(1, 1))
    os.utime(tmp_path / "photos", ns=(1, 1))
    kept.get(recipe, AROUND)
    draw(tmp_path / "photos" / name)
    assert len(kept.get(recipe, AROUND).rows) == 4
    assert len(built) == 3


def test_a_picture_that_is_gone_is_seen(recipe: Recipe, built: list[DataTable], tmp_path: Path) -> None:
    kept = KeptTable()
    kept.get(recipe, AROUND)
    os.utime(tmp_path / "photos/a", ns=(1, 1))
    kept.get(recipe, AROUND)
    (tmp_path / "photos/a/1.png").unlink()
    assert len(kept.get(recipe, AROUND).rows) == 2


def test_a_label_of_the_project_is_seen_and_a_recipe_is_not(
    recipe: Recipe, built: list[DataTable], tmp_path: Path
) -> None:
    recipe = recipe.model_copy(update={"labels": FromLabelSet()})
    kept = KeptTable()
    with Project.create(tmp_path / "pets", author="Ada") as project:
        project.add_label_set("classes", "class")
        for name in ("cat", "dog"):
            project.add_class("classes", name)
        project.set_labels("classes", {"a/2.png": "cat", "b/deep/3.png": "dog"})

        def get() -> DataTable:
            around = replace(AROUND, label_sets=project, labels_version=project.labels_version())
            return kept.get(recipe, around)

        assert [row.target for row in get().rows] == [None, "cat", "dog"]
        project.set_recipe(recipe)
        get()
        assert len(built) == 1
        project.set_label("classes", "a/1.png", "cat")
        assert get().rows[0].target == "cat"
        project.undo()
        assert get().rows[0].target is None
        assert len(built) == 3


def test_a_file_that_a_block_names_is_seen(recipe: Recipe, built: list[DataTable], tmp_path: Path) -> None:
    """Whatever the block: a text setting that is the path of a file."""
    (tmp_path / "photos" / "list.txt").write_text("1.png")
    named = recipe.model_copy(update={"labels": ParentFolder(unlabeled_folders=("list.txt",))})
    kept = KeptTable()
    kept.get(named, AROUND)
    (tmp_path / "photos" / "list.txt").write_text("1.png\n2.png")
    kept.get(named, AROUND)
    assert len(built) == 2


def test_it_is_not_trusted_for_ever(recipe: Recipe, built: list[DataTable]) -> None:
    clock = Clock()
    kept = KeptTable(clock)
    kept.get(recipe, AROUND)
    clock.now += TRUSTED_S - 1
    kept.get(recipe, AROUND)
    assert len(built) == 1
    clock.now += 2
    kept.get(recipe, AROUND)
    assert len(built) == 2


def test_what_failed_or_was_given_up_is_not_kept(recipe: Recipe, built: list[DataTable], tmp_path: Path) -> None:
    kept = KeptTable()
    kept.get(recipe, replace(AROUND, should_stop=lambda: True))
    assert len(kept.get(recipe, AROUND).rows) == 3
    assert len(built) == 2
    with pytest.raises(UserError):
        kept.get(recipe.model_copy(update={"source": Folder(path=str(tmp_path / "gone"))}), AROUND)
    kept.get(recipe, AROUND)
    assert len(built) == 3


def test_pictures_alone_are_shown_where_labels_are_wrong(recipe: Recipe, built: list[DataTable]) -> None:
    kept = KeptTable()
    wrong = recipe.model_copy(update={"labels": FromLabelSet(label_set="nobody made it")})
    with pytest.raises(UserError):
        kept.get(wrong, AROUND)
    table = kept.get(wrong, AROUND, pictures_only=True)
    assert len(table.rows) == 3
    assert {row.target for row in table.rows} == {None}
    with pytest.raises(UserError):  # what was enough for pictures is not enough for a batch
        kept.get(wrong, AROUND)
