import shutil
from pathlib import Path

import pytest

from studio.base.errors import UserError
from studio.project.changes import Changes
from studio.project.images import ImageEntry
from studio.project.store import Project

ENTRIES = [
    ImageEntry("dog/b.jpg", "dog", "train"),
    ImageEntry("cat/a.jpg", "cat", "valid"),
    ImageEntry("c 'é'\n.jpg", None, ""),
]


def test_images_keep_the_order_of_the_scan(project: Project, tmp_path: Path) -> None:
    assert project.set_images(str(tmp_path), ENTRIES) == Changes(images=True)
    assert project.images() == ENTRIES
    assert project.images(1, 1) == ENTRIES[1:2]
    assert project.image_count() == 3
    assert project.can_undo() == "Add class 'owl'"


def test_the_same_scan_again_changes_nothing(project: Project, tmp_path: Path) -> None:
    project.set_images(tmp_path, ENTRIES)
    assert project.set_images(tmp_path, ENTRIES) == Changes()
    assert project.set_images(tmp_path, ENTRIES[:1], replace=False) == Changes()
    assert project.set_images(tmp_path, reversed(ENTRIES)) == Changes(images=True)
    assert project.images() == ENTRIES[::-1]


def test_more_images_come_behind_the_others(project: Project, tmp_path: Path) -> None:
    project.set_images(tmp_path, ENTRIES[:2])
    more = [ImageEntry("new.jpg"), ImageEntry("dog/b.jpg", "wolf", "valid")]
    assert project.set_images(tmp_path, more, replace=False) == Changes(images=True)
    assert project.images() == [more[1], ENTRIES[1], more[0]]


def test_labels_of_images_that_vanished_stay(project: Project, tmp_path: Path) -> None:
    project.set_images(tmp_path, ENTRIES)
    project.set_label("classes", "dog/b.jpg", "owl")
    project.set_images(tmp_path, ENTRIES[1:])
    assert project.class_labels("classes")["dog/b.jpg"].class_name == "owl"


def test_a_path_is_below_the_root(project: Project, tmp_path: Path) -> None:
    assert project.image_root() is None
    with pytest.raises(UserError, match="no pictures yet"):
        project.image_path("a.jpg")
    project.set_images(tmp_path, ENTRIES)
    assert project.image_path("dog/b.jpg") == tmp_path / "dog" / "b.jpg"
    for outside in ("../secret.jpg", "/etc/passwd", "dog/../../secret.jpg"):
        with pytest.raises(UserError, match="not below"):
            project.image_path(outside)


def test_pictures_are_found_when_they_move_with_the_project(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "elsewhere" / "after"
    (before / "pictures" / "dog").mkdir(parents=True)
    (before / "pictures" / "dog" / "b.jpg").write_bytes(b"picture")
    with Project.create(before / "bees", author="Ada") as project:
        project.set_images(before / "pictures", ENTRIES)
    after.parent.mkdir()
    shutil.move(before, after)
    with Project.open(after / "bees.studio", author="Ada") as project:
        assert project.image_path("dog/b.jpg").read_bytes() == b"picture"


def test_pictures_are_found_when_the_project_alone_moves(tmp_path: Path) -> None:
    pictures, after = tmp_path / "pictures", tmp_path / "far" / "away" / "bees.studio"
    pictures.mkdir()
    with Project.create(tmp_path / "bees", author="Ada") as project:
        project.set_images(pictures, ENTRIES)
    after.parent.mkdir(parents=True)
    shutil.move(project.folder, after)
    with Project.open(after, author="Ada", write=False) as project:
        assert project.image_root() == pictures


def test_a_copied_project_uses_the_pictures_copied_with_it(tmp_path: Path) -> None:
    (tmp_path / "one" / "pictures").mkdir(parents=True)
    with Project.create(tmp_path / "one" / "bees", author="Ada") as project:
        project.set_images(tmp_path / "one" / "pictures", ENTRIES)
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    with Project.open(tmp_path / "two" / "bees.studio", author="Ada") as project:
        assert project.image_root() == tmp_path / "two" / "pictures"
