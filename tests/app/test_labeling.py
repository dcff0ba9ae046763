"""The Label page's use case, without a window."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest

from studio.app.labeling import READ_AT_ONCE, READ_SINGLY, Labeling
from studio.app.session import Session
from studio.app.settings import Settings
from studio.base.errors import UserError
from studio.project.images import ImageEntry
from studio.project.store import Project

RULES = ("cat", "dog", None)


def entries(count: int) -> list[ImageEntry]:
    return [ImageEntry(f"folder {i % 3}/image_{i:06d}.jpg", RULES[i % 3]) for i in range(count)]


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    session = Session(Settings(author="Ada"))
    yield session
    session.close()


@pytest.fixture
def labeling(session: Session, tmp_path: Path) -> Labeling:
    labeling = Labeling(session)
    project = session.create_project(tmp_path / "pictures.studio")
    session.tell(project.set_images(tmp_path, entries(12)))
    return labeling


class Waiting:
    """A session whose background work is heard when the test says so, as a window hears it between two events."""

    def __init__(self) -> None:
        self._came: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self.session = Session(Settings(author="Ada"), self._came.put)

    def labeling(self, folder: Path, count: int) -> Labeling:
        labeling = Labeling(self.session)
        project = self.session.create_project(folder / "many.studio")
        self.session.tell(project.set_images(folder, entries(count)))
        return labeling

    def run_one(self) -> None:
        """Wait for the next of what came, and hear it."""
        self._came.get(timeout=120)()


@pytest.fixture
def waiting() -> Iterator[Waiting]:
    waiting = Waiting()
    yield waiting
    waiting.session.close()


def open_project(labeling: Labeling) -> Project:
    assert labeling.session.project is not None
    return labeling.session.project


def heard(labeling: Labeling) -> list[str]:
    told: list[str] = []
    labeling.changed.subscribe(told.append)
    return told


def test_the_rule_speaks_until_somebody_else_does(labeling: Labeling) -> None:
    assert labeling.state(0).class_name == "cat"
    assert labeling.state(0).source == "rule"
    assert labeling.state(2).class_name is None
    labeling.give([0], "dog")
    state = labeling.state(0)
    assert (state.class_name, state.given_by, state.source, state.reviewed) == ("dog", "Ada", "person", False)
    assert labeling.counts() == {None: 4, "cat": 3, "dog": 5}


def test_the_first_label_is_one_edit_though_it_makes_the_set_and_its_classes(labeling: Labeling) -> None:
    before = labeling.shown_classes()
    labeling.give([2], "bird")
    assert labeling.classes() == ["cat", "dog", "bird"]
    kept = [(entry.name, entry.colour_index, entry.key) for entry in labeling.shown_classes()]
    assert kept[:2] == [(entry.name, entry.colour_index, entry.key) for entry in before]
    assert open_project(labeling).can_undo() == "Label as 'bird'"
    labeling.undo()
    assert open_project(labeling).label_sets() == []
    assert labeling.state(2).class_name is None
    assert labeling.classes() == ["cat", "dog"]


def test_many_pictures_are_labeled_as_one_edit(labeling: Labeling) -> None:
    labeling.choose(3)
    labeling.choose_many([3, 4, 5])
    told = heard(labeling)
    labeling.give_to_chosen("cat")
    assert labeling.touched == [3, 4, 5]
    assert told == ["classes"]
    assert open_project(labeling).can_undo() == "Label as 'cat', 3 pictures"
    labeling.undo()
    assert [labeling.state(i).class_name for i in (3, 4, 5)] == ["cat", "dog", None]


def test_after_a_label_the_next_unlabeled_picture_comes(labeling: Labeling) -> None:
    labeling.choose(2)
    labeling.give_to_chosen("cat")
    assert labeling.current == 2
    labeling.go_on = True
    labeling.give_to_chosen("cat")
    assert labeling.current == 5
    labeling.choose(11)
    labeling.give_to_chosen("cat")
    assert labeling.current == 5  # from the start again


def test_next_unlabeled_leaves_a_filter_that_hides_it(labeling: Labeling) -> None:
    labeling.set_filter("labeled")
    assert labeling.upcoming() is None
    assert labeling.next_unlabeled()
    assert (labeling.current, labeling.show) == (2, "all")
    labeling.give([2, 5, 8, 11], "cat")
    assert not labeling.next_unlabeled()


@pytest.mark.parametrize(
    ("show", "visible"),
    [
        ("all", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
        ("unlabeled", [5, 8, 11]),
        ("labeled", [0, 1, 2, 3, 4, 6, 7, 9, 10]),
        ("by people", [0, 2]),
        ("reviewed", [0, 1]),
        ("not reviewed", [2, 3, 4, 6, 7, 9, 10]),
    ],
)
def test_filters(labeling: Labeling, show: str, visible: list[int]) -> None:
    labeling.give([0, 2], "bird")
    labeling.session.tell(
        open_project(labeling).set_labels(
            "classes", {labeling.images[1].path: "dog"}, source="import", given_by="x.csv"
        )
    )
    labeling.mark_reviewed([0, 1])
    labeling.set_filter(show)  # type: ignore[arg-type]
    assert labeling.visible == visible


def test_class_and_search_narrow_the_list_together(labeling: Labeling) -> None:
    labeling.set_filter("all", "cat", "00000")
    assert labeling.visible == [0, 3, 6, 9]
    labeling.set_filter("all", "cat", "IMAGE_000009")
    assert labeling.visible == [9]
    assert labeling.current == 9
    labeling.set_filter("all", None, "nothing like it")
    assert labeling.visible == []
    assert labeling.current is None


def test_a_labeled_picture_stays_in_the_list_until_the_list_is_built_again(labeling: Labeling) -> None:
    labeling.set_filter("unlabeled")
    told = heard(labeling)
    labeling.give([5], "cat")
    assert labeling.visible == [2, 5, 8, 11]
    assert "list" not in told
    assert labeling.list_differs
    labeling.undo()
    assert not labeling.list_differs
    labeling.give([5], "cat")
    labeling.rebuild()
    assert labeling.visible == [2, 8, 11]
    assert not labeling.list_differs


def test_steps_keep_to_the_list(labeling: Labeling) -> None:
    labeling.set_filter("unlabeled")
    labeling.choose(5)
    labeling.step(1)
    assert labeling.current == 8
    labeling.step(-1)
    labeling.step(-1)
    labeling.step(-1)
    assert labeling.current == 2
    labeling.choose(4)  # not in the list: its neighbours are those around it
    assert (labeling.beside(1), labeling.beside(-1)) == (5, 2)


def test_clearing_shows_the_rule_again_and_a_rules_label_cannot_be_cleared(labeling: Labeling) -> None:
    labeling.give([0, 1], "bird")
    assert labeling.clear([0, 1, 3]) == 2
    assert open_project(labeling).can_undo() == "Take the label away, 2 pictures"
    assert labeling.state(0).class_name == "cat"
    assert labeling.clear([0]) == 0


def test_reviewing_makes_a_rules_label_this_persons(labeling: Labeling) -> None:
    labeling.give([1], "bird")
    assert labeling.mark_reviewed([0, 1, 2]) == 2
    assert (labeling.state(0).class_name, labeling.state(0).given_by, labeling.state(0).reviewed) == (
        "cat",
        "Ada",
        True,
    )
    assert labeling.state(1).class_name == "bird"
    assert labeling.mark_reviewed([0, 1]) == 0
    labeling.undo()
    assert [labeling.state(i).reviewed for i in (0, 1)] == [False, False]
    assert labeling.state(0).source == "rule"


def test_a_class_of_the_rule_can_be_renamed(labeling: Labeling) -> None:
    labeling.give([2], "cat")
    labeling.rename_class("cat", "kitten")
    assert labeling.counts() == {None: 3, "kitten": 5, "dog": 4}
    labeling.undo()
    assert labeling.counts() == {None: 3, "cat": 5, "dog": 4}
    with pytest.raises(UserError, match="'dog'"):
        labeling.rename_class("cat", "dog")


def test_a_class_of_the_rule_cannot_be_deleted_but_others_can(labeling: Labeling) -> None:
    with pytest.raises(UserError, match="folder of 4 pictures"):
        labeling.delete_class("cat")
    labeling.give([2], "bird")
    labeling.delete_class("bird")
    assert labeling.state(2).class_name is None
    assert "bird" not in labeling.classes()
    labeling.undo()
    assert labeling.state(2).class_name == "bird"


def test_a_key_belongs_to_its_class_also_when_another_is_deleted(labeling: Labeling) -> None:
    for name in ("bird", "fish"):
        labeling.add_class(name)
    assert labeling.class_of_key("4") == "fish"
    labeling.delete_class("bird")
    assert labeling.class_of_key("4") == "fish"
    assert labeling.class_of_key("3") is None
    with pytest.raises(UserError, match="already"):
        labeling.add_class("fish")
    with pytest.raises(UserError):
        labeling.add_class("  ")


def test_undo_goes_to_its_picture_whatever_the_filter_shows(labeling: Labeling) -> None:
    labeling.give([2], "cat")
    labeling.set_filter("unlabeled")
    labeling.choose(5)
    labeling.undo()
    assert labeling.current == 2
    labeling.set_filter("all", "dog")
    labeling.redo()
    assert (labeling.current, labeling.show_class) == (2, None)


def test_the_current_picture_stays_when_the_folder_is_read_again(labeling: Labeling, tmp_path: Path) -> None:
    labeling.choose(7)
    path = labeling.images[7].path
    labeling.session.tell(open_project(labeling).set_images(tmp_path, entries(12)[4:]))
    assert labeling.current == 3
    assert labeling.images[3].path == path


def test_a_change_of_the_blocks_alone_reads_nothing_again(labeling: Labeling) -> None:
    from studio.blocks.labels.parent_folder import ParentFolder
    from studio.blocks.recipe import Recipe
    from studio.blocks.source.folder import Folder

    told = heard(labeling)
    recipe = Recipe(source=Folder(path="x"), labels=ParentFolder())
    labeling.session.tell(open_project(labeling).set_recipe(recipe))
    assert told == []
    labeling.session.tell(
        open_project(labeling).set_recipe(recipe.model_copy(update={"labels": ParentFolder(label_set="other")}))
    )
    assert told == ["list"]
    assert labeling.label_set == "other"


@pytest.mark.parametrize("seed", range(4))
def test_what_is_held_is_what_the_project_says_after_any_edits(labeling: Labeling, seed: int) -> None:
    chance = random.Random(seed)
    names = ["cat", "dog", "bird", "fish"]
    shows = ["all", "unlabeled", "by people", "reviewed", "not reviewed"]

    def some() -> list[int]:
        return chance.sample(range(12), chance.randint(1, 4))

    for _ in range(60):
        step = chance.randrange(8)
        try:
            if step < 2:
                labeling.give(some(), chance.choice(names))
            elif step == 2:
                labeling.clear(some())
            elif step == 3:
                labeling.mark_reviewed(some())
            elif step == 4:
                labeling.rename_class(chance.choice(labeling.classes()), f"new {chance.randrange(5)}")
            elif step == 5:
                labeling.delete_class(chance.choice(labeling.classes()))
            elif step == 6:
                labeling.set_filter(chance.choice(shows), None, chance.choice(["", "0", "folder 2"]))  # type: ignore[arg-type]
            else:
                (labeling.undo if chance.random() < 0.6 else labeling.redo)()
        except UserError:
            pass
        fresh = Labeling(labeling.session)
        fresh.reload()
        fresh.set_filter(labeling.show, labeling.show_class, labeling.search)
        assert [labeling.state(i) for i in range(12)] == [fresh.state(i) for i in range(12)]
        assert labeling.shown_classes() == fresh.shown_classes()
        assert labeling.counts() == fresh.counts()
        assert labeling.list_differs == (labeling.visible != fresh.visible)
        assert labeling.upcoming() in (None, *[i for i in labeling.visible if labeling.state(i).class_name is None])


def test_one_edit_among_very_many_pictures_reads_one_label(
    waiting: Waiting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    labeling = waiting.labeling(tmp_path, 100_000)
    waiting.run_one()
    labeling.add_class("bird")
    read: Counter[str] = Counter()
    for name in ("label", "class_labels", "images", "image_root"):
        method = getattr(Project, name)

        def counted(self: Project, *arguments: object, name: str = name, method: object = method) -> object:
            read[name] += 1
            return method(self, *arguments)  # type: ignore[operator]

        monkeypatch.setattr(Project, name, counted)
    labeling.go_on = True
    labeling.choose(2)
    for _ in range(20):
        labeling.give_to_chosen("bird")
    labeling.path(99_999)
    assert read == {"label": 20}
    assert labeling.current == 62
    assert labeling.counts() == {None: 33_333 - 20, "cat": 33_334, "dog": 33_333, "bird": 20}
    labeling.undo()
    assert labeling.current == 59
    assert read == {"label": 21}


MANY = READ_AT_ONCE + 1000


def test_very_many_pictures_come_in_one_go_and_what_is_current_and_chosen_stays(
    waiting: Waiting, tmp_path: Path
) -> None:
    labeling = waiting.labeling(tmp_path, MANY)
    assert labeling.is_reading
    assert len(labeling.images) == 0
    waiting.run_one()
    assert not labeling.is_reading
    assert labeling.counts() == {None: MANY // 3, "cat": MANY // 3, "dog": MANY // 3}
    labeling.set_filter("labeled", "dog")
    labeling.choose(7)
    labeling.choose_many([7, 10, 13])
    labeling.session.tell(open_project(labeling).set_images(tmp_path, [*entries(MANY)[9:]]))
    assert (len(labeling.images), labeling.current) == (MANY, 7)  # the old ones are shown meanwhile
    waiting.run_one()
    assert (len(labeling.images), labeling.current) == (MANY - 9, None)  # the first nine are gone
    assert labeling.chosen == [1, 4]
    assert (labeling.show, labeling.show_class) == ("labeled", "dog")
    assert labeling.visible[:2] == [1, 4]


@pytest.mark.parametrize("count", [1, READ_SINGLY + 1], ids=["one", "very many"])
def test_labels_given_while_the_pictures_are_read_again_are_not_lost(
    waiting: Waiting, tmp_path: Path, count: int
) -> None:
    labeling = waiting.labeling(tmp_path, MANY)
    waiting.run_one()
    labeling.reload()
    labeling.give(range(count), "bird")
    labeling.add_class("fish")
    while labeling.is_reading:
        waiting.run_one()
    assert [labeling.state(index).class_name for index in (0, count - 1)] == ["bird", "bird"]
    fresh = Labeling(labeling.session)
    fresh.reload()
    waiting.run_one()
    assert labeling.shown_classes() == fresh.shown_classes()
    assert [labeling.state(i) for i in range(MANY)] == [fresh.state(i) for i in range(MANY)]


def test_pictures_of_a_project_that_was_left_are_not_shown(waiting: Waiting, tmp_path: Path) -> None:
    labeling = waiting.labeling(tmp_path, MANY)
    waiting.session.create_project(tmp_path / "other.studio")
    waiting.run_one()
    assert not labeling.is_reading
    assert len(labeling.images) == 0
