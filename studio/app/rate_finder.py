"""Finding a learning rate: a child tries many on what would be trained, and the losses suggest some."""

from collections.abc import Callable, Sequence
from pathlib import Path

from studio.app.pipeline import Pipeline
from studio.app.session import Session, Ticket
from studio.base.errors import UserError
from studio.base.listeners import Listeners
from studio.base.wording import number_words
from studio.blocks.recipe import Recipe
from studio.jobs.launch import ask
from studio.jobs.messages import (
    Event,
    Failed,
    FindLearningRate,
    Finished,
    Progressed,
    RatesSuggested,
    RateTried,
    Stopped,
)

CHILD = "rates"
# What each suggestion is called, and what it says.
SUGGESTIONS = {
    "valley": ("Valley", "In the middle of the longest stretch over which the loss falls: fast, and seldom too fast."),
    "slide": ("Slide", "Where the steep part of the fall ends, seen from the high rates."),
    "steep": ("Steepest", "Where the loss falls fastest from one step to the next; a noisy start misleads it."),
    "minimum": ("A tenth of the lowest", "A tenth of the rate at which the smoothed loss is lowest."),
}
_BAR_WIDTH, _EVERY = 40, 5


class RateFinder:
    """Searches for the open project's recipe. `suggested` stays until the next search or another project."""

    def __init__(self, session: Session, pipeline: Pipeline) -> None:
        self.changed: Listeners[str] = Listeners()  # tells "started", "progress", "tried", "suggested", "ended"
        self.tried: list[RateTried] = []
        self.suggested: RatesSuggested | None = None
        self.progress: Progressed | None = None
        self.failure: Failed | None = None
        self._session, self._pipeline = session, pipeline
        self._ticket: Ticket | None = None
        self._number = 0
        session.project_changed.subscribe(lambda project: self._forget())

    @property
    def is_searching(self) -> bool:
        return self._ticket is not None

    def find(self) -> None:
        """Begin a search, instead of one that is under way. Raises UserError when there is no recipe."""
        recipe, project = self._pipeline.recipe, self._session.project
        if recipe is None or project is None:
            raise UserError("There are no blocks yet.", "Open a project, or make a new one.")
        self._forget()
        self._number += 1
        number = self._number
        request = FindLearningRate(recipe=recipe, project=str(project.folder))
        self._ticket = self._session.ask(CHILD, request, lambda event: self._hear(event, number))
        self.changed.tell("started")

    def cancel(self) -> None:
        """End the search; what was tried stays."""
        if self._ticket is not None:
            self._ticket.cancel()
            self._ticket = None
            self.changed.tell("ended")

    def use(self, rate: float) -> None:
        """Let the next training learn at this rate."""
        recipe = self._pipeline.recipe
        assert recipe is not None
        self._pipeline.set_block(len(recipe.steps()) - 1, recipe.training.at_rate(rounded(rate)))

    def _hear(self, event: Event, number: int) -> None:
        if number != self._number or self._ticket is None:
            return
        if isinstance(event, RateTried):
            self.tried.append(event)
            self.changed.tell("tried")
        elif isinstance(event, RatesSuggested):
            self.suggested = event
            self.changed.tell("suggested")
        elif isinstance(event, Progressed):
            self.progress = event
            self.changed.tell("progress")
        elif isinstance(event, Finished | Stopped | Failed):
            self.failure = event if isinstance(event, Failed) else None
            # The next search may be far away, and the child holds hundreds of megabytes.
            self._session.in_background(self._ticket.child.close, lambda came: None)
            self._ticket = None
            self.changed.tell("ended")

    def _forget(self) -> None:
        self.cancel()
        self.tried, self.suggested, self.progress, self.failure = [], None, None, None


def find_rate(recipe: Recipe, project: Path, on_event: Callable[[Event], None]) -> Finished | Stopped | Failed:
    """Search and wait, for commands."""
    return ask(FindLearningRate(recipe=recipe, project=str(project)), on_event)


def rounded(rate: float) -> float:
    """A rate with two digits: more would look as if it were known so exactly."""
    return float(f"{rate:.1e}")


def learning_rate_words(rate: float) -> str:
    """A rate as it is written and read: "6.9e-4"; a whole power of ten is "1e-3"."""
    digits, power = f"{rate:.1e}".split("e")
    return f"{digits.removesuffix('.0')}e{int(power)}"


def rates_of(suggested: RatesSuggested) -> dict[str, float]:
    """The rates that there are, by the names in SUGGESTIONS."""
    found = {name: getattr(suggested, name) for name in SUGGESTIONS}
    return {name: rate for name, rate in found.items() if rate is not None}


def curve_lines(tried: Sequence[RateTried]) -> list[str]:
    """The smoothed loss over the rates, coarsely: a line for every fifth rate with a bar as long as the loss is high.

    Losses above the first one have a full bar.
    """
    known = [(one.learning_rate, one.smoothed_loss) for one in tried if one.smoothed_loss is not None]
    if not known:
        return []
    top = max(known[0][1], 1e-12)
    return [
        f"{rate:8.1e}  {number_words(loss):>7}  {'#' * round(_BAR_WIDTH * min(max(loss, 0.0) / top, 1.0))}"
        for rate, loss in known[::_EVERY]
    ]


def suggestion_lines(suggested: RatesSuggested) -> list[str]:
    """The suggestions in words, the chosen one first marked."""
    return [
        f"{SUGGESTIONS[name][0]:<22} {learning_rate_words(rate)}{'  (suggested)' if rate == suggested.chosen else ''}"
        for name, rate in rates_of(suggested).items()
    ]
