import json
import sqlite3
from pathlib import Path

import pytest

from studio.base.errors import UserError
from studio.blocks.recipe import Recipe
from studio.blocks.source.folder import Folder
from studio.project.changes import Changes, Undone
from studio.project.store import Project


def test_undo_and_redo_say_what_they_did_and_where(project: Project) -> None:
    project.set_label("classes", "a.jpg", "cat")
    project.set_label("classes", "a.jpg", "dog")
    assert (project.can_undo(), project.can_redo()) == ("Label as 'dog'", None)
    there = Changes(labels=True, image="a.jpg")
    assert project.undo() == Undone("Label as 'dog'", "a.jpg", there)
    assert project.undo() == Undone("Label as 'cat'", "a.jpg", there)
    assert (project.can_undo(), project.can_redo()) == ("Add class 'owl'", "Label as 'cat'")
    assert project.redo() == Undone("Label as 'cat'", "a.jpg", there)
    assert project.redo() == Undone("Label as 'dog'", "a.jpg", there)
    assert project.redo() is None
    assert project.class_labels("classes")["a.jpg"].class_name == "dog"


def test_everything_can_be_undone_down_to_the_empty_project(project: Project) -> None:
    project.set_label("classes", "a.jpg", "cat")
    while project.undo():
        pass
    assert project.label_sets() == []
    while project.redo():
        pass
    assert project.class_names("classes") == ["cat", "dog", "owl"]
    assert list(project.class_labels("classes")) == ["a.jpg"]


def test_the_recipe_is_undone_too(project: Project) -> None:
    first, second = Recipe(source=Folder(path="a")), Recipe(source=Folder(path="b"))
    assert project.set_recipe(first) == Changes(recipe=True)
    assert project.set_recipe(second, "Choose another folder") == Changes(recipe=True)
    assert project.set_recipe(second) == Changes()
    assert project.undo() == Undone("Choose another folder", None, Changes(recipe=True))
    assert project.recipe() == first
    project.undo()
    assert project.recipe() is None


def test_undo_and_redo_survive_closing(project: Project) -> None:
    for name in ("cat", "dog", "owl"):
        project.set_label("classes", "a.jpg", name)
    project.undo()
    project.close()
    with Project.open(project.folder, author="Ben") as again:
        assert (again.can_undo(), again.can_redo()) == ("Label as 'dog'", "Label as 'owl'")
        again.redo()
        assert again.counts("classes") == {"cat": 0, "dog": 0, "owl": 1}
        again.undo()
        again.undo()
        assert again.counts("classes") == {"cat": 1, "dog": 0, "owl": 0}


def test_an_edit_after_undo_abandons_what_was_undone(project: Project) -> None:
    project.set_label("classes", "a.jpg", "cat")
    project.undo()
    project.set_label("classes", "b.jpg", "dog")
    assert project.can_redo() is None
    assert project.redo() is None
    assert [(edit.title, edit.state) for edit in project.history(limit=2)] == [
        ("Label as 'dog'", "done"),
        ("Label as 'cat'", "abandoned"),
    ]
    project.undo()
    assert project.class_labels("classes") == {}
    project.redo()
    assert list(project.class_labels("classes")) == ["b.jpg"]


def test_an_edit_that_changes_nothing_abandons_nothing(project: Project) -> None:
    project.set_label("classes", "a.jpg", "cat")
    project.undo()
    project.clear_label("classes", "a.jpg")
    assert project.can_redo() == "Label as 'cat'"


def test_history_tells_who_did_what_to_a_picture(project: Project) -> None:
    project.set_label("classes", "a.jpg", "cat")
    project.set_label("classes", "b.jpg", "cat")
    project.set_labels("classes", {"a.jpg": "dog", "c.jpg": "dog"})
    project.close()
    with Project.open(project.folder, author="Ben") as again:
        again.clear_label("classes", "a.jpg")
        edits = again.history("a.jpg")
        assert [(edit.author, edit.title, edit.image) for edit in edits] == [
            ("Ben", "Clear label", "a.jpg"),
            ("Ada", "Label as 'dog', 2 images", None),
            ("Ada", "Label as 'cat'", "a.jpg"),
        ]
        assert [edit.at for edit in edits] == sorted((edit.at for edit in edits), reverse=True)
        assert all(edit.at.tzinfo for edit in edits)
        assert len(again.history(limit=2)) == 2


def test_several_changes_are_one_edit(project: Project) -> None:
    with project.as_one_edit("Label as 'good'", "a.jpg") as edit:
        project.add_label_set("quality")
        project.add_class("quality", "good")
        project.set_label("quality", "a.jpg", "good")
    assert edit.changed == Changes(classes=True, labels=True, image="a.jpg")
    assert project.undo() == Undone("Label as 'good'", "a.jpg", edit.changed)
    assert len(project.label_sets()) == 1
    project.redo()
    assert project.counts("quality") == {"good": 1}


def test_nothing_of_an_edit_stays_when_a_part_of_it_fails(project: Project) -> None:
    def label_two() -> None:
        with project.as_one_edit("Two labels"):
            project.set_label("classes", "a.jpg", "cat")
            project.set_label("classes", "b.jpg", "unknown")

    with pytest.raises(UserError, match="no class 'unknown'"):
        label_two()
    assert project.class_labels("classes") == {}
    assert project.can_undo() == "Add class 'owl'"
    project.set_label("classes", "a.jpg", "cat")
    assert project.can_undo() == "Label as 'cat'"


def test_a_part_that_fails_and_is_forgiven_is_undone_with_the_rest(project: Project) -> None:
    with project.as_one_edit("As far as it goes"):
        project.set_label("classes", "a.jpg", "cat")
        with pytest.raises(UserError):
            project.set_labels("classes", {"b.jpg": "unknown"})
        project.set_label("classes", "c.jpg", "dog")
    assert list(project.class_labels("classes")) == ["a.jpg", "c.jpg"]
    project.undo()
    assert project.class_labels("classes") == {}


@pytest.mark.parametrize(
    ("table", "before"),
    [
        ("sqlite_schema", "{}"),
        ("edit", json.dumps({"id": 1})),
        ("label", json.dumps({"image = 'x' OR 1; --": 1})),
        ("label", "no JSON"),
        ("label", "[]"),
        ("recipe", json.dumps({"id": 1, "json": ["a list"]})),
        ("recipe", json.dumps({"id": 2, "json": "two recipes"})),
        ("recipe", json.dumps({"id": 10**30, "json": "x"})),
    ],
)
def test_a_history_that_was_tampered_with_changes_nothing(project: Project, table: str, before: str) -> None:
    project.set_label("classes", "a.jpg", "cat")
    project.set_label("classes", "a.jpg", "dog")
    project.close()
    _write_into(
        project.folder, "UPDATE change SET table_name = ?, before = ? WHERE before LIKE '%a.jpg%'", table, before
    )
    with Project.open(project.folder, author="Ada") as again:
        with pytest.raises(UserError, match="damaged: its history"):
            again.undo()
        assert again.class_labels("classes")["a.jpg"].class_name == "dog"
        again.set_label("classes", "b.jpg", "cat")
        assert again.counts("classes") == {"cat": 1, "dog": 1, "owl": 0}


def _write_into(folder: Path, sql: str, *parameters: str) -> None:
    connection = sqlite3.connect(folder / "project.sqlite")
    assert connection.execute(sql, parameters).rowcount == 1
    connection.commit()
    connection.close()


def test_undo_does_not_reach_what_was_settled(project: Project) -> None:
    project.add_label_set("classes", "class")
    project.settle()
    assert project.can_undo() is None
    assert project.undo() is None
    project.add_class("classes", "nut")
    assert project.undo() is not None
    assert project.undo() is None
    assert [edit.state for edit in project.history()][-1] == "settled"


def test_the_version_of_the_labels_follows_them_alone(project: Project) -> None:
    before = project.labels_version()
    project.set_recipe(Recipe(source=Folder(path="a")))
    assert project.labels_version() == before
    project.set_label("classes", "a.jpg", "cat")
    labeled = project.labels_version()
    assert labeled != before
    project.undo()
    assert project.labels_version() == before
    project.redo()
    assert project.labels_version() == labeled
    project.undo()
    project.set_label("classes", "b.jpg", "cat")
    seen = {before, labeled, project.labels_version()}
    project.rename_class("classes", "cat", "lion")
    assert len({*seen, project.labels_version()}) == 4
    project.settle()
    assert project.labels_version() not in seen
