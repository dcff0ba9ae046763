"""Making projects: from a folder of pictures, or the sample that the program draws."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from studio.app.session import Session, Ticket
from studio.base.errors import UserError
from studio.base.paths import user_folder
from studio.blocks.labels.from_label_set import FromLabelSet
from studio.blocks.model import starting_model
from studio.blocks.recipe import Recipe
from studio.blocks.source.folder import Folder
from studio.blocks.training import Training
from studio.blocks.transforms.flip import Flip
from studio.blocks.transforms.lighting import Lighting
from studio.blocks.transforms.normalise import Normalise
from studio.blocks.transforms.resize import Resize
from studio.blocks.transforms.rotate import Rotate
from studio.blocks.transforms.zoom import Zoom
from studio.jobs.messages import (
    AnswerGuessed,
    DrawSample,
    Event,
    Failed,
    GuessRecipe,
    RecipeGuessed,
    RecipeProposed,
)
from studio.project.store import Project

SAMPLE_NAME = "Sample.studio"
SAMPLE_AUTHOR = "the drawing program"
PICTURES = "pictures/single"
TRUTH = "truth.json"
LABEL_SET = "classes"


@dataclass(frozen=True)
class Guess:
    """A proposal for a folder: what was seen that speaks for it, the four answers, and less likely ones."""

    recipe: Recipe
    reasons: tuple[str, ...]
    sure: float = 1.0
    answers: tuple[AnswerGuessed, ...] = ()
    others: tuple[RecipeProposed, ...] = ()


def sample_folder() -> Path:
    """Where the sample project lies when nobody says otherwise."""
    return user_folder("data") / SAMPLE_NAME


def is_project(folder: Path) -> bool:
    return (folder / "project.sqlite").is_file()


def guess_recipe(
    session: Session, folder: Path, on_guess: Callable[[Guess], None], on_failure: Callable[[Failed], None]
) -> Ticket:
    """Ask for a proposal; one of the two callbacks is called."""

    def hear(event: Event) -> None:
        if isinstance(event, RecipeGuessed):
            on_guess(Guess(event.recipe, event.reasons, event.sure, event.answers, event.others))
        elif isinstance(event, Failed):
            on_failure(event)

    return session.ask("work", GuessRecipe(folder=str(folder)), hear)


def guess_and_wait(session: Session, folder: Path) -> Guess:
    """The proposal, for commands. Raises UserError when the folder has no pictures."""
    done = threading.Event()
    answers: list[Guess | Failed] = []

    def take(answer: Guess | Failed) -> None:
        answers.append(answer)
        done.set()

    guess_recipe(session, folder, take, take)
    done.wait()
    if isinstance(answers[0], Failed):
        raise UserError(answers[0].message, answers[0].hint)
    return answers[0]


def create_from_guess(session: Session, folder: Path, guess: Guess) -> Project:
    """A new project with the proposed recipe in it, opened."""
    project = session.create_project(folder)
    session.tell(project.set_recipe(guess.recipe, "Take the proposed blocks"))
    project.settle()
    session.project_changed.tell(project)
    return project


def has_sample(folder: Path) -> bool:
    """Whether the sample in this folder is complete: its truth is written last."""
    return is_project(folder) and (folder / TRUTH).is_file()


def draw_sample(
    session: Session, folder: Path, on_event: Callable[[Event], None], pictures: int | None = None
) -> Ticket:
    """Make the sample's project and draw its pictures into it; `label_sample` comes when that has finished."""
    if is_project(folder):
        session.open_project(folder)
    else:
        session.create_project(folder)
    request = DrawSample(folder=str(folder), pictures=pictures)
    return session.ask("work", request, on_event)


def open_sample(session: Session, folder: Path) -> Project:
    """Open the sample that lies there, as its user left it; one that was drawn but not made ready is made ready."""
    project = session.open_project(folder)
    return project if project.recipe() is not None else label_sample(session)


def label_sample(session: Session) -> Project:
    """Give the drawn pictures the labels that the sample comes with, and the project its recipe."""
    project = session.project
    assert project is not None
    drawn = read_truth(project.folder)
    if not any(item.name == LABEL_SET for item in project.label_sets()):
        project.add_label_set(LABEL_SET, "class")
        for name in dict.fromkeys(item.kind for item in drawn):
            project.add_class(LABEL_SET, name)
    given = {item.image: item.kind for item in drawn if item.is_labeled}
    project.set_labels(LABEL_SET, given, given_by=SAMPLE_AUTHOR, source="import")
    project.set_recipe(sample_recipe(), "Take the sample's blocks")
    project.settle()
    session.project_changed.tell(project)
    return project


def label_the_rest(project: Project) -> int:
    """Give the sample's unlabeled pictures their drawn labels, as somebody would on the Label page; gives how many."""
    known = project.class_labels(LABEL_SET)
    rest = {item.image: item.kind for item in read_truth(project.folder) if item.image not in known}
    if rest:
        project.set_labels(LABEL_SET, rest, given_by=SAMPLE_AUTHOR, source="import")
    return len(rest)


@dataclass(frozen=True)
class Drawn:
    """A drawn picture that shows one thing: its name below the pictures' folder, its kind, whether it comes labeled."""

    image: str
    kind: str
    is_labeled: bool


def read_truth(folder: Path) -> list[Drawn]:
    """What the sample's class pictures show. Raises UserError when the sample was not drawn to its end."""
    try:
        records = json.loads((folder / TRUTH).read_text(encoding="utf-8"))["pictures"]
        return [
            Drawn(record["file"].removeprefix(f"{PICTURES}/"), record["class"], record["labeled"])
            for record in records
            if record["file"].startswith(f"{PICTURES}/")
        ]
    except (OSError, ValueError, KeyError) as error:
        raise UserError(
            f"The sample in {folder} is not complete.", "Delete that folder and open the sample again."
        ) from error


def sample_recipe() -> Recipe:
    """The blocks that suit the sample: things seen from above, so every side may be up."""
    transforms = (Resize(side_px=128), Flip(sides="all"), Rotate(max_degrees=45), Zoom(), Lighting(), Normalise())
    return Recipe(
        source=Folder(path=PICTURES),
        labels=FromLabelSet(),
        transforms=transforms,
        model=starting_model(),
        training=Training(epochs=10, learning_rate=2e-3),
    )
