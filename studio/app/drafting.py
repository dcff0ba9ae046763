"""A new project before it is made: four answers, proposed from a look at the pictures and changed by their user."""

from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from studio.app import projects
from studio.app.block_words import card_summary
from studio.app.pipeline import as_kind, fitting_kinds, gives, replace_block
from studio.app.preview import Batch, batch_of, drop_batch
from studio.app.projects import Guess
from studio.app.session import Session, Ticket
from studio.base.errors import UserError
from studio.base.listeners import Listeners
from studio.base.targets import Skeleton, TargetKind
from studio.blocks.block import Block, Step
from studio.blocks.recipe import Recipe, block_types
from studio.blocks.table import Part
from studio.jobs.messages import (
    AnswerGuessed,
    Event,
    ExplainRecipe,
    Failed,
    FindingMade,
    Finished,
    FrameWritten,
    PreviewBatch,
    Progressed,
    SampleShown,
    StepExplained,
    Stopped,
)
from studio.project.store import Project

QUESTIONS: dict[Step, str] = {
    "kind": "What should the model say?",
    "source": "Where are the pictures?",
    "labels": "How are they labeled?",
    "split": "How is it checked honestly?",
}
STEPS: tuple[Step, ...] = tuple(QUESTIONS)
PICTURES = 3  # of the user's own, to show what an answer means
CHILD = "preview"


class Draft:
    """Tells "looking", "proposed", "refused", "changed", "checked" and "pictures"; nothing is made before `create`."""

    def __init__(self, session: Session) -> None:
        self.changed: Listeners[str] = Listeners()
        self.guess: Guess | None = None
        self.recipe: Recipe | None = None
        self.steps: dict[str, StepExplained] = {}
        self.failure: Failed | None = None
        self.progress: Progressed | None = None
        self.pictures: Batch | None = None
        self._session = session
        self._touched: set[Step] = set()  # answers that are the user's own by now
        self._looking: Ticket | None = None
        self._checking: Ticket | None = None
        self._drawing: Ticket | None = None
        self._arriving: dict[str, StepExplained] = {}

    # --- looking ----------------------------------------------------------------------------------------------------

    @property
    def is_looking(self) -> bool:
        return self._looking is not None

    @property
    def is_checking(self) -> bool:
        return self._checking is not None

    def look(self, path: Path) -> None:
        """Look at a folder, a table, a video or an archive, and propose all four answers."""
        self.forget()
        self._looking = projects.guess_recipe(self._session, path, self._take_guess, self._refuse)
        self.changed.tell("looking")

    def forget(self) -> None:
        """Give up what is under way, and what is known."""
        for ticket in (self._looking, self._checking, self._drawing):
            if ticket is not None:
                ticket.cancel()
        self._looking = self._checking = self._drawing = None
        self.guess = self.recipe = self.failure = self.pictures = self.progress = None
        self.steps, self._touched = {}, set()

    def take(self, guess: Guess) -> None:
        """Begin with blocks that are known to fit, of a public data set for example."""
        self.forget()
        self._take_guess(guess)

    def _take_guess(self, guess: Guess) -> None:
        self._looking, self.guess, self.recipe = None, guess, guess.recipe
        self.changed.tell("proposed")
        self.check()

    def _refuse(self, failed: Failed) -> None:
        self._looking, self.failure = None, failed
        self.changed.tell("refused")

    # --- the four answers -------------------------------------------------------------------------------------------

    def block(self, step: Step) -> Block:
        """The answer to a question."""
        assert self.recipe is not None
        return next(block for block in self.recipe.steps() if block.step == step)

    def kinds(self, step: Step) -> list[type[Block]]:
        """The answers that a question may have; labels only those that the task can learn from."""
        assert self.recipe is not None
        return fitting_kinds(self.recipe, step)

    def reason(self, step: Step) -> AnswerGuessed | None:
        """Why this was proposed; None where the user has answered."""
        answers = self.guess.answers if self.guess and step not in self._touched else ()
        return next((answer for answer in answers if answer.step == step), None)

    def set_kind(self, step: Step, kind: type[Block]) -> None:
        """Give another kind of answer. Another task brings labels that fit it, proposed ones where there are any."""
        if isinstance(self.block(step), kind):
            return
        if step == "kind":
            self._set_task(kind)
            return
        proposed = self._proposed(step, kind)
        old = self.block(step)
        self._set(step, proposed if proposed is not None else as_kind(old, kind))

    def set_block(self, step: Step, block: Block) -> None:
        """Change the settings of an answer."""
        self._set(step, block)

    def findings(self, step: Step) -> Sequence[FindingMade]:
        """What the last check said of an answer."""
        known = self.steps.get(step)
        return known.findings if known else ()

    def words(self, step: Step) -> str:
        """An answer in one line: what it makes of the data, once that is known."""
        return card_summary(self.block(step), self.steps.get(step))

    def vocabulary(self) -> tuple[tuple[str, ...], Skeleton | None]:
        """The classes and the skeleton of the labels, as far as they are known."""
        labels = self.steps.get("labels")
        return (labels.classes, labels.skeleton) if labels else ((), None)

    def parts(self) -> dict[str, Part]:
        """Which part each of the shown pictures is in, by its path."""
        split = self.steps.get("split")
        return {sample.path: sample.part for sample in split.samples} if split else {}

    def refusal(self) -> str:
        """Why a project cannot be made yet; "" when it can. A project may be made with labels still missing."""
        if self.recipe is None:
            return "Choose your pictures first."
        wrong = [finding for finding in self.findings("source") if finding.level == "error"]
        return wrong[0].message if wrong else ""

    def create(self, folder: Path) -> Project:
        """The project, opened. Raises UserError."""
        assert self.guess is not None
        assert self.recipe is not None
        return projects.create_from_guess(self._session, folder, Guess(self.recipe, self.guess.reasons))

    def _set_task(self, kind: type[Block]) -> None:
        assert self.recipe is not None
        self._touched.add("kind")
        others = [other.recipe for other in self.guess.others] if self.guess else []
        fitting = next((recipe for recipe in others if isinstance(recipe.task, kind)), None)
        if fitting is not None:
            self.recipe = fitting
        else:
            recipe = replace_block(self.recipe, 0, kind())
            target = recipe.task.target
            if target not in gives(type(recipe.labels)):
                self._touched.add("labels")
                recipe = recipe.model_copy(update={"labels": _first_labels(target)})
            self.recipe = recipe
        self._changed()

    def _set(self, step: Step, block: Block) -> None:
        assert self.recipe is not None
        place = next(place for place, known in enumerate(self.recipe.steps()) if known.step == step)
        self.recipe = replace_block(self.recipe, place, block)
        self._touched.add(step)
        self._changed()

    def _proposed(self, step: Step, kind: type[Block]) -> Block | None:
        """A block of that kind from the proposal or from the less likely ones: its settings fit the pictures."""
        recipes = [self.guess.recipe, *(other.recipe for other in self.guess.others)] if self.guess else []
        blocks = (block for recipe in recipes for block in recipe.steps() if block.step == step)
        return next((block for block in blocks if isinstance(block, kind)), None)

    def _changed(self) -> None:
        self.changed.tell("changed")
        self.check()

    # --- what the answers make of the data --------------------------------------------------------------------------

    def check(self) -> None:
        """See what the answers make of the data; an earlier look is given up."""
        for ticket in (self._checking, self._drawing):
            if ticket is not None:
                ticket.cancel()
        assert self.recipe is not None
        self._drawing, self._arriving, self.failure = None, {}, None
        request = ExplainRecipe(recipe=self.recipe, with_rows=False)
        self._checking = self._session.ask("work", request, self._hear_check)

    def _hear_check(self, event: Event) -> None:
        if isinstance(event, StepExplained):
            self._arriving.setdefault(event.step, event)
        elif isinstance(event, Progressed):
            self.progress = event
            self.changed.tell("checking")
        elif isinstance(event, Finished | Failed | Stopped):
            self._checking, self.progress = None, None
            self.failure = event if isinstance(event, Failed) else None
            self.steps = self._arriving
            self.changed.tell("checked")
            self._draw()

    def _draw(self) -> None:
        """Draw a few of the pictures as the answers have them, labeled ones where there are any."""
        # What the last step says, or an earlier one where that has nothing to show.
        shown = (self.steps[step].samples for step in ("split", "labels", "source") if step in self.steps)
        samples = next((samples for samples in shown if samples), ())
        labeled = [sample for sample in samples if sample.target is not None] or list(samples)
        images = tuple(sample.image for sample in _spread(labeled))
        if not images or self.recipe is None:
            self.pictures = None
            self.changed.tell("pictures")
            return
        request = PreviewBatch(recipe=self.recipe, part="valid", images=images)
        self._drawing = self._session.ask(CHILD, request, self._hear_pictures)

    def _hear_pictures(self, event: Event) -> None:
        if isinstance(event, FrameWritten):
            if self._drawing is None:
                drop_batch(event)
                return
            self.pictures = batch_of(event, PICTURES)
            self.changed.tell("pictures")
        elif isinstance(event, Finished | Failed | Stopped):
            self._drawing = None
            if isinstance(event, Failed):
                self.pictures = None
                self.changed.tell("pictures")


def _first_labels(target: TargetKind) -> Block:
    """Labels of this kind that need nothing to be declared; their form then says what is missing."""
    for kind in block_types()["labels"]:
        if target in gives(kind):
            values: dict[str, object] = {}
            take = kind.model_fields.get("take") or kind.model_fields.get("meaning")
            if take is not None and target in get_args(take.annotation):
                values["take" if "take" in kind.model_fields else "meaning"] = target
            required = {name: "-" for name, field in kind.model_fields.items() if field.is_required()}
            return kind.model_validate(values | required)
    raise UserError(f"Nothing gives labels of the kind '{target}'.", "Choose another answer.")


def _spread(samples: Sequence[SampleShown]) -> list[SampleShown]:
    """A few of them, as different in place as can be."""
    if len(samples) <= PICTURES:
        return list(samples)
    return [samples[place * (len(samples) - 1) // (PICTURES - 1)] for place in range(PICTURES)]
