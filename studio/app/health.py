"""The health of the data: what the checks find, and the one press that keeps look-alikes on one side of the split."""

from studio.app.pipeline import Pipeline
from studio.app.session import Session, Ticket
from studio.base.errors import UserError
from studio.base.listeners import Listeners
from studio.blocks.recipe import Recipe
from studio.blocks.split.by_group import GroupSplit
from studio.jobs.messages import (
    CheckData,
    Event,
    Failed,
    Finished,
    GroupPictures,
    HealthFound,
    Progressed,
    Request,
    Stopped,
)
from studio.project.store import Project


class Health:
    """Listeners hear "checking" (also at every progress), "found" at each finding, "checked", and "outdated".

    found: what the last check found, as it comes. is_known: that check went to its end. is_outdated: blocks or labels
    have changed since. is_grouping: look-alikes are being written down.
    """

    def __init__(self, session: Session, pipeline: Pipeline) -> None:
        self.changed: Listeners[str] = Listeners()
        self._session, self._pipeline = session, pipeline
        self._ticket: Ticket | None = None
        self._forget()
        session.project_changed.subscribe(self._take_project)
        session.changed.subscribe(lambda changes: self._age() if changes.labels or changes.classes else None)
        pipeline.changed.subscribe(lambda what: self._compare() if what == "recipe" else None)

    def _forget(self) -> None:
        self.found: list[HealthFound] = []
        self.progress: Progressed | None = None
        self.failure: Failed | None = None
        self.is_checking = self.is_grouping = self.is_known = self.is_outdated = False
        self._checked: Recipe | None = None

    @property
    def can_group(self) -> bool:
        """Whether keeping look-alikes together would mend something that was found."""
        return self.is_known and any(item.can_group for item in self.found)

    def check(self) -> None:
        """Look at all pictures and their labels; an earlier check is given up."""
        self._cancel()
        recipe, project = self._pipeline.recipe, self._session.project
        if recipe is None or project is None:
            return
        self._forget()
        self.is_checking, self._checked = True, recipe
        self._ask(CheckData(recipe=recipe, project=str(project.folder)))

    def stop(self) -> None:
        """Give up what is under way; what was found stays."""
        if self._ticket is not None:
            self._cancel()
            self.changed.tell("checked")

    def make_groups(self) -> None:
        """Write down which pictures look alike, and let the split keep them together; the blocks are checked again.

        Raises UserError when there is no project with a recipe.
        """
        recipe, project = self._pipeline.recipe, self._session.project
        if recipe is None or project is None:
            raise UserError("There are no blocks yet.", "Choose a folder of pictures first.")
        self._cancel()
        self.is_grouping, self.failure = True, None
        self._ask(GroupPictures(recipe=recipe, project=str(project.folder)))

    def _ask(self, request: Request) -> None:
        self.progress = None
        self.changed.tell("checking")
        # A child of its own: the first look at a hundred thousand pictures takes minutes, and the blocks must not wait.
        self._ticket = self._session.ask("health", request, self._hear)

    def _hear(self, event: Event) -> None:
        if isinstance(event, HealthFound):
            self.found.append(event)
            self.changed.tell("found")
        elif isinstance(event, Progressed):
            self.progress = event
            self.changed.tell("checking")
        elif isinstance(event, Finished | Failed | Stopped):
            self._end(event)

    def _end(self, event: Finished | Failed | Stopped) -> None:
        was_grouping = self.is_grouping
        self.is_checking = self.is_grouping = False
        self.progress, self._ticket = None, None
        if isinstance(event, Failed):
            self.failure = event
        elif isinstance(event, Finished) and was_grouping:
            self._split_by_group()
        elif isinstance(event, Finished):
            self.is_known = True
        self.changed.tell("checked")

    def _split_by_group(self) -> None:
        recipe = self._pipeline.recipe
        if recipe is None:
            return
        grouped = split_by_list(recipe)
        if grouped == recipe:
            self._pipeline.check()  # the list has changed although the recipe has not
        try:
            self._pipeline.set_recipe(grouped, "Keep look-alikes together")
        except UserError as error:
            self.failure = Failed(message=error.message, hint=error.hint)

    def _cancel(self) -> None:
        if self._ticket is not None:
            self._ticket.cancel()
        self._ticket, self.progress = None, None
        self.is_checking = self.is_grouping = False

    def _compare(self) -> None:
        if self._checked != self._pipeline.recipe:
            self._age()

    def _age(self) -> None:
        if self._checked is not None and not self.is_outdated:
            self.is_outdated = True
            self.changed.tell("outdated")

    def _take_project(self, project: Project | None) -> None:
        self._cancel()
        self._forget()
        self.changed.tell("checked")


def split_by_list(recipe: Recipe) -> Recipe:
    """The recipe with a split that keeps look-alikes together, with the shares and the seed of the one before."""
    old = recipe.split.model_dump(exclude={"kind"})
    kept = {name: old[name] for name in ("valid_percent", "test_percent", "seed") if name in old}
    return recipe.model_copy(update={"split": GroupSplit(group_by="list", **kept)})
