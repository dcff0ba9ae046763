import pytest

from studio.base.errors import UserError
from studio.project.changes import Changes
from studio.project.classes import LabelSet
from studio.project.store import Project


def test_a_label_set_is_added_once(project: Project) -> None:
    assert project.add_label_set("quality", "class") == Changes(classes=True)
    assert project.label_sets() == [LabelSet("classes", "class"), LabelSet("quality", "class")]
    assert project.add_label_set("quality", "class") == Changes()
    assert project.class_names("quality") == []
    with pytest.raises(UserError, match="another kind"):
        project.add_label_set("quality", "mask")  # type: ignore[arg-type]


def test_an_unknown_label_set_is_named_with_the_ones_there_are(project: Project) -> None:
    for ask in (project.class_names, project.class_labels, project.counts, project.classes):
        with pytest.raises(UserError, match="no label set 'kinds'") as caught:
            ask("kinds")
        assert "'classes'" in caught.value.hint


def test_new_classes_get_the_next_colour_and_key(project: Project) -> None:
    entries = project.classes("classes")
    assert [(entry.name, entry.colour_index, entry.key) for entry in entries] == [
        ("cat", 0, "1"),
        ("dog", 1, "2"),
        ("owl", 2, "3"),
    ]
    project.delete_class("classes", "dog")
    project.add_class("classes", "bee")
    assert [(entry.name, entry.colour_index, entry.key) for entry in project.classes("classes")] == [
        ("cat", 0, "1"),
        ("owl", 2, "3"),
        ("bee", 1, "2"),
    ]


def test_a_tenth_class_has_no_key(project: Project) -> None:
    for number in range(7):
        project.add_class("classes", f"class {number}")
    assert [entry.key for entry in project.classes("classes")] == [*"123456789", ""]


@pytest.mark.parametrize("name", ["", " ", "\n"])
def test_a_class_needs_a_name(project: Project, name: str) -> None:
    with pytest.raises(UserError, match="needs a name"):
        project.add_class("classes", name)
    with pytest.raises(UserError, match="needs a name"):
        project.rename_class("classes", "cat", name)
    with pytest.raises(UserError, match="needs a name"):
        project.add_label_set(name, "class")


def test_names_are_taken_as_they_are(project: Project) -> None:
    names = [
        'it\'s "quoted"',
        "two\nlines",
        "\u00e9t\u00e9 / e\u0301te\u0301",
        "'; DROP TABLE class; --",
        "%_?",
        "\u718a 🐻",
    ]
    for name in names:
        project.add_class("classes", name)
        project.set_label("classes", f"{name}.jpg", name)
    assert project.class_names("classes")[3:] == names
    assert {image: label.class_name for image, label in project.class_labels("classes").items()} == {
        f"{name}.jpg": name for name in names
    }
    for name in names:
        project.delete_class("classes", name)
    for _ in names:
        project.undo()
    assert project.class_names("classes")[3:] == names


def test_a_renamed_class_keeps_its_labels(project: Project) -> None:
    project.set_labels("classes", {"a.jpg": "cat", "b.jpg": "dog"})
    before = project.classes("classes")
    assert project.rename_class("classes", "cat", "kitten") == Changes(classes=True)
    assert project.class_names("classes") == ["kitten", "dog", "owl"]
    assert project.classes("classes")[0].id == before[0].id
    assert project.counts("classes") == {"kitten": 1, "dog": 1, "owl": 0}
    with pytest.raises(UserError, match="already has a class 'dog'"):
        project.rename_class("classes", "kitten", "dog")
    with pytest.raises(UserError, match="no class 'cat'"):
        project.rename_class("classes", "cat", "tiger")
    with pytest.raises(UserError, match="already has a class"):
        project.add_class("classes", "owl")


def test_deleting_a_class_deletes_its_labels_and_undo_brings_all_back(project: Project) -> None:
    project.set_labels("classes", {"a.jpg": "cat", "b.jpg": "dog", "c.jpg": "cat"}, reviewed=True)
    classes, labels = project.classes("classes"), project.class_labels("classes")
    assert project.delete_class("classes", "cat") == Changes(classes=True, labels=True)
    assert list(project.class_labels("classes")) == ["b.jpg"]
    undone = project.undo()
    assert undone is not None
    assert (undone.title, undone.changes) == ("Delete class 'cat'", Changes(classes=True, labels=True))
    assert (project.classes("classes"), project.class_labels("classes")) == (classes, labels)


def test_a_key_belongs_to_one_class(project: Project) -> None:
    project.change_class("classes", "owl", key="1", colour_index=7)
    assert [(entry.colour_index, entry.key) for entry in project.classes("classes")] == [(0, ""), (1, "2"), (7, "1")]
    project.undo()
    assert [(entry.colour_index, entry.key) for entry in project.classes("classes")] == [(0, "1"), (1, "2"), (2, "3")]
    project.change_class("classes", "cat", key="")
    assert project.classes("classes")[0].key == ""


def test_classes_are_reordered_as_a_whole(project: Project) -> None:
    project.reorder_classes("classes", ["owl", "cat", "dog"])
    assert project.class_names("classes") == ["owl", "cat", "dog"]
    assert list(project.counts("classes")) == ["owl", "cat", "dog"]
    assert project.reorder_classes("classes", ["owl", "cat", "dog"]) == Changes()
    for wrong in (["owl"], ["owl", "cat", "cat"], ["owl", "cat", "dog", "bee"]):
        with pytest.raises(UserError, match="new order"):
            project.reorder_classes("classes", wrong)
    project.undo()
    assert project.class_names("classes") == ["cat", "dog", "owl"]


def test_sets_do_not_share_classes(project: Project) -> None:
    project.add_label_set("quality")
    project.add_class("quality", "cat")
    project.set_label("quality", "a.jpg", "cat")
    assert project.counts("classes") == {"cat": 0, "dog": 0, "owl": 0}
    project.delete_class("classes", "cat")
    assert project.counts("quality") == {"cat": 1}
