"""The sample: drawn by a child, labeled as drawn, a fifth left to label, and opened again without being drawn."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.app import projects
from studio.app.session import Session
from studio.app.settings import Settings
from studio.base.errors import UserError
from studio.jobs.messages import DrawSample, Event, Failed, Finished, Stopped

TIMEOUT_S = 120


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small sample's folder: 40 pictures, drawn through the program's own way."""
    folder = tmp_path_factory.mktemp("sample") / "Sample.studio"
    session = Session(Settings(author="tester"))
    ended = threading.Event()
    events: list[Event] = []

    def hear(event: Event) -> None:
        events.append(event)
        if isinstance(event, Finished | Failed | Stopped):
            ended.set()

    session.create_project(folder)
    session.ask("work", DrawSample(folder=str(folder), pictures=40, several=2, side_px=64), hear)
    assert ended.wait(TIMEOUT_S)
    assert isinstance(events[-1], Finished), events[-1]
    projects.label_sample(session)
    session.close()
    return folder


@pytest.fixture
def session() -> Iterator[Session]:
    made = Session(Settings(author="tester"))
    yield made
    made.close()


def test_a_fifth_is_left_to_label(session: Session, drawn: Path) -> None:
    project = session.open_project(drawn)
    truth = projects.read_truth(drawn)
    assert len(truth) == 40
    labels = project.class_labels("classes")
    assert len(labels) == 32
    assert {item.image: item.kind for item in truth if item.is_labeled} == {
        image: label.class_name for image, label in labels.items()
    }
    assert {label.given_by for label in labels.values()} == {projects.SAMPLE_AUTHOR}
    assert project.can_undo() is None


def test_the_rest_is_labeled_as_drawn_once(session: Session, drawn: Path) -> None:
    project = session.open_project(drawn)
    assert projects.label_the_rest(project) == 8
    assert projects.label_the_rest(project) == 0
    assert len(project.class_labels("classes")) == 40


def test_names_do_not_give_the_class_away(drawn: Path) -> None:
    for item in projects.read_truth(drawn):
        assert item.kind not in item.image


def test_opening_again_keeps_what_its_user_changed(session: Session, drawn: Path) -> None:
    project = projects.open_sample(session, drawn)
    image = next(iter(project.class_labels("classes")))
    other = next(name for name in project.class_names("classes") if name != project.label("classes", image).class_name)
    project.set_label("classes", image, other)
    session.close()
    label = projects.open_sample(session, drawn).label("classes", image)
    assert label is not None
    assert (label.class_name, label.given_by) == (other, "tester")
    session.project.undo()


def test_a_complete_sample_is_known_and_half_a_one_is_not(drawn: Path, tmp_path: Path) -> None:
    assert projects.has_sample(drawn)
    assert not projects.has_sample(tmp_path)
    with pytest.raises(UserError, match="not complete"):
        projects.read_truth(tmp_path)


def test_opening_the_open_project_again_changes_nothing(session: Session, drawn: Path) -> None:
    assert session.open_project(drawn) is session.open_project(drawn)


def test_a_refused_project_leaves_the_open_one_open(session: Session, drawn: Path, tmp_path: Path) -> None:
    opened = session.open_project(drawn)
    with pytest.raises(UserError):
        session.open_project(tmp_path / "nothing.studio")
    assert session.project is opened


def test_recent_projects_come_first_and_once(session: Session, drawn: Path) -> None:
    session.open_project(drawn)
    session.close()
    session.open_project(drawn)
    assert session.settings.recent_projects == (str(drawn),)
