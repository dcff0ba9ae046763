import time

import pytest

from studio.base.errors import UserError
from studio.blocks.table import GivenLabel, LabelSets
from studio.project.changes import Changes
from studio.project.store import Project


def test_the_project_is_what_blocks_need(project: Project) -> None:
    label_sets: LabelSets = project
    project.set_label("classes", "a.jpg", "cat")
    assert label_sets.class_names("classes") == ["cat", "dog", "owl"]
    assert label_sets.class_labels("classes") == {"a.jpg": GivenLabel("cat", "Ada", False)}


def test_a_label_says_who_gave_it(project: Project) -> None:
    assert project.set_label("classes", "a.jpg", "cat") == Changes(labels=True, image="a.jpg")
    assert project.label("classes", "a.jpg") == GivenLabel("cat", "Ada", False)
    project.set_label("classes", "a.jpg", "dog", given_by="run 0003", source="model")
    assert project.label("classes", "a.jpg") == GivenLabel("dog", "run 0003", False)
    assert project.label("classes", "b.jpg") is None


def test_the_same_label_again_is_no_edit(project: Project) -> None:
    project.set_label("classes", "a.jpg", "cat")
    edits = len(project.history())
    assert not project.set_label("classes", "a.jpg", "cat")
    assert not project.clear_label("classes", "b.jpg")
    assert not project.set_labels("classes", {})
    assert len(project.history()) == edits


def test_a_label_is_cleared(project: Project) -> None:
    project.set_label("classes", "a.jpg", "cat")
    assert project.clear_label("classes", "a.jpg") == Changes(labels=True, image="a.jpg")
    assert project.class_labels("classes") == {}
    project.undo()
    assert project.label("classes", "a.jpg") == GivenLabel("cat", "Ada", False)


def test_a_review_is_an_edit(project: Project) -> None:
    project.set_label("classes", "a.jpg", "cat", given_by="run 0003", source="model")
    assert project.set_reviewed("classes", "a.jpg") == Changes(labels=True, image="a.jpg")
    assert project.label("classes", "a.jpg") == GivenLabel("cat", "run 0003", True)
    project.set_reviewed("classes", "a.jpg", False)
    project.undo()
    assert project.label("classes", "a.jpg") == GivenLabel("cat", "run 0003", True)
    with pytest.raises(UserError, match=r"'b\.jpg' has no label"):
        project.set_reviewed("classes", "b.jpg")


def test_a_missing_class_stops_all_labels_of_the_edit(project: Project) -> None:
    with pytest.raises(UserError, match="no class 'fox'"):
        project.set_labels("classes", {"a.jpg": "cat", "b.jpg": "fox"})
    assert project.class_labels("classes") == {}


def test_missing_classes_are_added_in_the_same_edit(project: Project) -> None:
    changes = project.set_labels("classes", {"a.jpg": "fox", "b.jpg": "cat", "c.jpg": "bee"}, add_missing_classes=True)
    assert changes == Changes(labels=True, classes=True)
    assert project.counts("classes") == {"cat": 1, "dog": 0, "owl": 0, "fox": 1, "bee": 1}
    project.undo()
    assert project.counts("classes") == {"cat": 0, "dog": 0, "owl": 0}


def test_ten_thousand_labels_are_one_quick_edit(project: Project) -> None:
    labels: dict[str, str | None] = {f"folder/image {number:05}.jpg": "cat" for number in range(10_000)}
    start = time.process_time()
    project.set_labels("classes", labels)
    # Time of this process alone: the machine may be busy with other things.
    assert time.process_time() - start < 10  # 0.1 s on one core of 2024
    assert project.counts("classes")["cat"] == 10_000
    start = time.process_time()
    undone = project.undo()
    assert time.process_time() - start < 10  # 0.1 s on one core of 2024
    assert undone is not None
    assert (undone.title, undone.image) == ("Label as 'cat', 10000 images", None)
    assert project.class_labels("classes") == {}


def test_a_name_that_is_no_text_is_refused_with_the_name(project: Project) -> None:
    with pytest.raises(UserError, match=r"caf\\udce9\.jpg") as caught:
        project.set_labels("classes", {"a.jpg": "cat", "caf\udce9.jpg": "cat"})
    assert "Rename the file" in caught.value.hint
    assert project.class_labels("classes") == {}
