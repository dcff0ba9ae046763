"""The Blocks page's use case: the recipe of the open project, checked again at every change."""

import threading
from collections.abc import Iterable

from pydantic import ValidationError

from studio.app.found_rows import FoundRows
from studio.app.session import Session, Ticket
from studio.base.errors import UserError
from studio.base.listeners import Listeners
from studio.base.targets import Skeleton, TargetKind
from studio.blocks.block import Block, Step
from studio.blocks.recipe import Recipe, block_types
from studio.blocks.transforms.channels import Channels
from studio.blocks.transforms.normalise import Normalise
from studio.blocks.transforms.presets import NOT_BY_CHANCE, Preset
from studio.blocks.transforms.resize import Resize
from studio.jobs.messages import (
    Event,
    ExplainRecipe,
    Failed,
    FindingMade,
    Finished,
    ImagesLeftOut,
    Progressed,
    RowsFound,
    StepExplained,
    Stopped,
)
from studio.project.changes import Changes
from studio.project.image_list import ImageList
from studio.project.store import Project

PAUSE_S = 0.3  # after a label, before the blocks are checked again


class Pipeline:
    """What the cards show: `recipe`, and what each of its steps made of the data (None: not known yet)."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.changed: Listeners[str] = Listeners()  # tells "recipe", "checking", "step", "checked"
        self.is_checking = False
        self.progress: Progressed | None = None
        self.failure: Failed | None = None
        self._ticket: Ticket | None = None
        self._check_number = 0
        self._pause: threading.Timer | None = None
        self._clear()
        session.project_changed.subscribe(self._take_project)
        session.changed.subscribe(lambda changes: self._check_soon() if changes.labels or changes.classes else None)

    def _clear(self) -> None:
        self.recipe: Recipe | None = None
        self.steps: list[StepExplained | None] = []
        self.root = ""
        self.rows = FoundRows()
        self.classes: tuple[str, ...] = ()
        self.skeleton: Skeleton | None = None
        self.left_out: tuple[tuple[str, str], ...] = ()
        self._arriving = FoundRows()
        self._kept_pictures: object = None

    @property
    def findings(self) -> list[tuple[StepExplained, FindingMade]]:
        """All findings of the last check, with their steps."""
        return [(step, finding) for step in self.steps if step for finding in step.findings]

    def columns(self) -> tuple[str, ...]:
        """The columns of the table that the pictures or their labels come from, as far as they are known."""
        return columns_of(self.steps)

    def some_pictures(self) -> tuple[str, ...]:
        """A few paths below the source's folder."""
        return pictures_of(self.steps)

    def is_ready(self) -> bool:
        """Whether a run can start: checked, the pictures kept, and nothing found that makes it impossible."""
        is_known = bool(self.steps) and all(step is not None for step in self.steps) and self._kept_pictures is not None
        return is_known and not any(finding.level == "error" for _, finding in self.findings)

    def set_recipe(self, recipe: Recipe, title: str = "Change the blocks") -> None:
        """Keep the recipe in the project, as one edit that can be undone, and check it."""
        if self.session.project is None or recipe == self.recipe:
            return
        changes = self.session.project.set_recipe(recipe, title)
        self._show(recipe)
        self.session.tell(changes)

    def set_block(self, index: int, block: Block) -> None:
        """Put a block in the place of another of the same step. Raises UserError when the recipe does not allow it."""
        assert self.recipe is not None
        self.set_recipe(replace_block(self.recipe, index, block), f"Change '{block.title}'")

    def add_transform(self, block: Block) -> None:
        """Add a transform before the normalisation, or at the end."""
        assert self.recipe is not None
        transforms = list(self.recipe.transforms)
        place = next((i for i, item in enumerate(transforms) if item.kind == "normalise"), len(transforms))
        transforms.insert(place, block)  # type: ignore[arg-type]
        self.set_recipe(_checked(self.recipe, transforms=tuple(transforms)), f"Add '{block.title}'")

    def remove_transform(self, index: int) -> None:
        """Take the transform at this place of Recipe.steps() out. Raises UserError for the resize."""
        assert self.recipe is not None
        gone = self.recipe.steps()[index]
        self.set_recipe(without_transform(self.recipe, gone), f"Remove '{gone.title}'")

    def set_preset(self, preset: Preset) -> None:
        """Let chance do what suits pictures of a kind; size, channels and normalisation stay."""
        assert self.recipe is not None
        kept = {block.kind: block for block in self.recipe.transforms if isinstance(block, NOT_BY_CHANCE)}
        resize, normalise, channels = kept["resize"], kept.get("normalise"), kept.get("channels")
        assert isinstance(resize, Resize)
        assert normalise is None or isinstance(normalise, Normalise)
        assert channels is None or isinstance(channels, Channels)
        transforms = preset.transforms(resize, normalise, channels)
        self.set_recipe(_checked(self.recipe, transforms=transforms), f"Transforms for '{preset.title}'")

    def set_kind(self, index: int, kind: type[Block]) -> None:
        """Let another block do this step; settings that both have stay as they are."""
        assert self.recipe is not None
        self.set_block(index, as_kind(self.recipe.steps()[index], kind))

    def stop_check(self) -> None:
        """Give the check up that is under way; what is known stays."""
        if self._ticket is not None:
            self._ticket.cancel()
            self._ticket, self.is_checking, self.progress = None, False, None
            self.changed.tell("checked")

    def unused_transforms(self) -> list[type[Block]]:
        used = {type(item) for item in self.recipe.transforms} if self.recipe else set()
        return [item for item in block_types()["transforms"] if item not in used]

    def reload(self) -> None:
        """Read the recipe from the project again, for example after an undo."""
        project = self.session.project
        self._show(project.recipe() if project else None)

    def check(self) -> None:
        """Let the work child walk through the recipe; an earlier walk is given up."""
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None
        if self._ticket is not None:
            self._ticket.cancel()
            self._ticket = None
        self._check_number += 1
        if self.recipe is None or self.session.project is None:
            self.is_checking, self.progress = False, None
            return
        self.is_checking, self.failure, self._arriving = True, None, FoundRows()
        request = ExplainRecipe(recipe=self.recipe, project=str(self.session.project.folder))
        self.changed.tell("checking")
        self._ticket = self.session.ask("work", request, self._hear)

    def _check_soon(self) -> None:
        """Check when no label has been given for a moment: somebody who labels quickly is not slowed by it."""
        if self.recipe is None:
            return
        if self._pause is not None:
            self._pause.cancel()
        if not self.is_checking:
            self.is_checking = True
            self.changed.tell("checking")
        self._pause = self.session.later(PAUSE_S, self.check)

    def _take_project(self, project: Project | None) -> None:
        self._clear()
        self.reload()

    def _show(self, recipe: Recipe | None) -> None:
        self.recipe = recipe
        # Steps that did not move keep what is known of them until the new check arrives.
        blocks = recipe.steps() if recipe else []
        known = self.steps + [None] * len(blocks)
        self.steps = [step if step and step.step == block.step and step.title == block.title else None
                      for step, block in zip(known, blocks, strict=False)]  # fmt: skip
        self.changed.tell("recipe")
        self.check()

    def _hear(self, event: Event) -> None:
        if isinstance(event, StepExplained) and event.block < len(self.steps):
            self.steps[event.block] = event
            self.changed.tell("step")
        elif isinstance(event, RowsFound):
            self._arriving.add(event)
            self.root, self.classes, self.skeleton = event.root, event.classes, event.skeleton
        elif isinstance(event, ImagesLeftOut):
            self.left_out = event.images
        elif isinstance(event, Progressed):
            self.progress = event
            self.changed.tell("checking")
        elif isinstance(event, Finished | Failed | Stopped):
            self._end(event)

    def _end(self, event: Finished | Failed | Stopped) -> None:
        self.progress, self._ticket = None, None
        if isinstance(event, Failed):
            self.failure = event
        elif isinstance(event, Finished):
            self.rows = self._arriving
            if self._keep_pictures():
                return  # the check has ended when the project has them
        self._say_checked()

    def _say_checked(self) -> None:
        self.is_checking = False
        self.changed.tell("checked")

    def _keep_pictures(self) -> bool:
        """Begin to write the pictures into the project, where they are others than before."""
        # Parts move with every label that is given: kept with the pictures they would be written again each time.
        rules = [rule if isinstance(rule, str) else None for rule in self.rows.by_rules]  # the Label page's classes
        pictures = (self.root, self.rows.images, rules)
        project, number = self.session.project, self._check_number
        if project is None or pictures == self._kept_pictures or self._source_is_gone():
            return False

        def hear(came: Changes | Exception) -> None:
            if self.session.project is project:
                self._hear_kept(came, pictures, number == self._check_number)

        root, images, rule_targets = pictures
        self.session.in_background(lambda: project.write_images(root, ImageList(images, rule_targets)), hear)
        return True

    def _hear_kept(self, came: Changes | Exception, pictures: object, is_newest: bool) -> None:
        """The pictures were written; meanwhile a newer check may have begun, which then goes on."""
        if is_newest and isinstance(came, Changes):
            self._kept_pictures = pictures
        if isinstance(came, Changes):
            self.session.tell(came)
        elif is_newest and isinstance(came, UserError):
            self.failure = Failed(message=came.message, hint=came.hint)
        if is_newest:
            self._say_checked()
        if isinstance(came, Exception) and not isinstance(came, UserError):
            raise came

    def _source_is_gone(self) -> bool:
        """A folder that cannot be found now, perhaps a disk that is not plugged in: what is known of it stays."""
        return any(step.step == "source" and finding.level == "error" for step, finding in self.findings)


def columns_of(steps: Iterable[StepExplained | None]) -> tuple[str, ...]:
    """The columns of the table that the labels come from, or else the pictures."""
    known = {step.step: step.columns for step in steps if step and step.columns}
    return known.get("labels") or known.get("source") or ()


def pictures_of(steps: Iterable[StepExplained | None]) -> tuple[str, ...]:
    """A few pictures of the source, below its folder."""
    source = next((step for step in steps if step and step.step == "source"), None)
    return tuple(sample.image for sample in source.samples) if source else ()


def replace_block(recipe: Recipe, index: int, block: Block) -> Recipe:
    """The recipe with another block at this place of `steps()`. Raises UserError when they do not fit together."""
    old = recipe.steps()[index]
    if old.step == "transforms":
        transforms = tuple(block if item is old else item for item in recipe.transforms)
        return _checked(recipe, transforms=transforms)
    name = next(name for name in Recipe.model_fields if getattr(recipe, name) is old)
    return _checked(recipe, **{name: block})


def without_transform(recipe: Recipe, block: Block) -> Recipe:
    """The recipe without this transform. Raises UserError where it cannot go."""
    return _checked(recipe, transforms=tuple(item for item in recipe.transforms if item is not block))


def gives(kind: type[Block]) -> tuple[TargetKind, ...]:
    """Which kinds of labels a labels block can give."""
    kinds: tuple[TargetKind, ...] = getattr(kind, "gives", ())
    return kinds


def fitting_kinds(recipe: Recipe, step: Step) -> list[type[Block]]:
    """The blocks that may do a step; labels only those that the task can learn from."""
    kinds = list(block_types()[step])
    return [kind for kind in kinds if recipe.task.target in gives(kind)] if step == "labels" else kinds


def as_kind(block: Block, kind: type[Block]) -> Block:
    """A block of another kind, with those settings of this one that it has as well and that fit it.

    A place that must be named and is not yet is the project's folder: its card then says what to choose.
    """
    needed = {name: "." for name, field in kind.model_fields.items() if field.is_required()}
    shared = set(type(block).model_fields) & set(kind.model_fields) - {"kind"}
    values = needed | {name: getattr(block, name) for name in shared}
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        wrong = {str(item["loc"][0]) for item in error.errors() if item["loc"]} or shared
        return kind.model_validate(needed | {name: value for name, value in values.items() if name not in wrong})


def _checked(recipe: Recipe, **values: object) -> Recipe:
    try:
        return Recipe.model_validate({name: getattr(recipe, name) for name in Recipe.model_fields} | values)
    except ValidationError as error:
        first = error.errors()[0]
        raise UserError(str(first.get("ctx", {}).get("error", first["msg"])), "Choose another setting.") from error
