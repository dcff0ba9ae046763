"""Learning from corrections: which labels have changed since a run, and the run that learns from them."""

from collections.abc import Sequence
from dataclasses import dataclass

from studio.app.pipeline import Pipeline
from studio.app.runs import Runs
from studio.app.session import Session
from studio.base.errors import UserError
from studio.base.listeners import Listeners
from studio.base.targets import Target
from studio.base.wording import count_words
from studio.blocks.corrections import corrections_recipe
from studio.blocks.recipe import Recipe
from studio.blocks.table import Row
from studio.runs.labels import read_labels
from studio.runs.run import Run


@dataclass(frozen=True)
class Corrected:
    """How many labels are other ones than in a run, or new since: of pictures to learn from, and to check on."""

    to_train: int = 0
    to_check: int = 0

    @property
    def all(self) -> int:
        return self.to_train + self.to_check


@dataclass(frozen=True)
class _Known:
    """What is needed of a run: how it came about, and its rows by picture."""

    recipe: Recipe
    rows: dict[str, Row]


class Corrections:
    """Of the run that is looked at; listeners hear of each new count.

    The labels of now are those of the last check of the blocks: they are comparable where kind, source and labels are
    what they were in the run.
    """

    def __init__(self, session: Session, pipeline: Pipeline, runs: Runs) -> None:
        self.changed: Listeners[str] = Listeners()  # tells "count"
        self._session, self._pipeline, self._runs = session, pipeline, runs
        self.run: Run | None = None
        self.found = Corrected()
        self._known: _Known | None = None
        session.project_changed.subscribe(lambda project: self.look_at(None))
        pipeline.changed.subscribe(lambda what: self._count() if what == "checked" else None)

    def look_at(self, run: Run | None) -> None:
        """Count for this run from now on; only one that has a model can learn on."""
        if run is not None and not run.card_file.exists():
            run = None
        if run == self.run:
            return
        self.run, self._known = run, None
        self._say(Corrected())
        if run is not None:
            self._session.in_background(lambda: _read(run), lambda came: self._take(came, run))

    def refusal(self) -> str:
        """Why it cannot be learned from them now, in a sentence; "" when it can."""
        if self.run is None or not self.found.all:
            return "No label was corrected since this run."
        if not self.found.to_train:
            return "All corrected pictures are ones to check on: the model must not learn from them."
        if self._runs.is_training:
            return "A model is being trained: stop it first, or wait until it has finished."
        return ""

    def words(self) -> str:
        """The count in a sentence: "12 labels were corrected since this run, 2 of them of pictures to check on."."""
        found = self.found
        if not found.all:
            return ""
        verb = "was" if found.all == 1 else "were"
        also = f", {found.to_check} of them of pictures to check on" if found.to_check else ""
        return f"{count_words(found.all, 'label')} {verb} corrected or given since this run{also}."

    def learn(self) -> Run:
        """Start the run that learns from them. Raises UserError when it cannot."""
        refusal = self.refusal()
        if refusal or self.run is None or self._known is None:
            raise UserError(refusal or "No run is looked at.", "Correct labels on the Label page first.")
        return self._runs.start(corrections_recipe(self._known.recipe, self.run.name))

    def _take(self, came: _Known | Exception, run: Run) -> None:
        if run != self.run or isinstance(came, UserError):
            return  # a run that cannot be read says so on the Results page
        if isinstance(came, Exception):
            raise came
        self._known = came
        self._count()

    def _count(self) -> None:
        known, now = self._known, self._pipeline.recipe
        if known is None or now is None or self._pipeline.is_checking:
            return
        is_same = (known.recipe.task, known.recipe.source, known.recipe.labels) == (now.task, now.source, now.labels)
        rows, run = self._pipeline.rows, self.run
        if not is_same or run is None:
            self._say(Corrected())
            return

        def take(came: Corrected | Exception) -> None:
            if isinstance(came, Exception):
                raise came
            if run == self.run:
                self._say(came)

        images, targets, parts = rows.images, rows.targets, rows.parts
        self._session.in_background(lambda: _compare(known.rows, images, targets, parts), take)

    def _say(self, found: Corrected) -> None:
        if found != self.found:
            self.found = found
            self.changed.tell("count")


def _read(run: Run) -> _Known:
    return _Known(run.recipe(), {row.image: row for row in read_labels(run.labels_file)})


def _compare(
    known: dict[str, Row], images: Sequence[str], targets: Sequence[Target | None], parts: Sequence[str]
) -> Corrected:
    to_train = to_check = 0
    for image, target, part in zip(images, targets, parts, strict=True):
        before = known.get(image)
        if target is None or (before is not None and before.target == target):
            continue
        its_part = before.part if before is not None and before.target is not None else part
        to_train += its_part == "train"
        to_check += its_part == "valid"
    return Corrected(to_train, to_check)
