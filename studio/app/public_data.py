"""Public data sets: fetched by a child, then a project like any other."""

from collections.abc import Callable
from pathlib import Path

from studio.app import projects
from studio.app.projects import Guess
from studio.app.session import Session, Ticket
from studio.blocks.public_data import PublicDataSet
from studio.jobs.messages import DataSetFetched, Event, FetchDataSet
from studio.project.store import Project

CHILD = "fetch"  # one of its own: downloads take long, and looks at the data should not wait for them


def fetch(session: Session, data_set: PublicDataSet, on_event: Callable[[Event], None]) -> Ticket:
    """Fetch the data set; DataSetFetched says where it lies."""
    return session.ask(CHILD, FetchDataSet(name=data_set.name), on_event)


def guess_of(data_set: PublicDataSet, fetched: DataSetFetched) -> Guess:
    """The blocks that the data set comes with, for the folder where it lies."""
    recipe = data_set.recipe_at(Path(fetched.folder))
    return Guess(recipe, (f"The blocks that {data_set.title} comes with.",))


def create(session: Session, folder: Path, data_set: PublicDataSet, fetched: DataSetFetched) -> Project:
    """A project of a fetched data set, opened. Raises UserError."""
    return projects.create_from_guess(session, folder, guess_of(data_set, fetched))
