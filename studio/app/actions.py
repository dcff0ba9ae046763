"""Everything a user can do, in one table: menus, keys, the palette and the help page are drawn from it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from studio.app.activation import is_explained
from studio.app.scripts import as_json, as_python, load_recipe, save_recipe
from studio.app.workspace import Workspace

PAGES = {
    "project": "Project",
    "blocks": "Blocks",
    "label": "Label",
    "train": "Train",
    "results": "Results",
}
CLASS_KEYS = range(1, 10)


class Ui(Protocol):
    """What actions ask of the window: questions to the user, and where to look."""

    page: str

    def go_to(self, page: str) -> None: ...
    def ask_project_folder(self) -> Path | None: ...
    def ask_file(self, title: str) -> Path | None: ...
    def ask_file_to_write(self, title: str, name: str) -> Path | None: ...
    def ask_text(self, title: str, label: str) -> str | None: ...
    def copy_text(self, text: str, what: str) -> None: ...
    def say(self, message: str) -> None: ...
    def new_project(self) -> None: ...
    def open_sample(self) -> None: ...
    def predict_pictures(self) -> None: ...
    def show_activation(self) -> None: ...
    def find_rate(self) -> None: ...
    def show_palette(self) -> None: ...
    def show_keys(self) -> None: ...
    def show_health(self) -> None: ...
    def show_settings(self) -> None: ...
    def quit(self) -> None: ...


@dataclass(frozen=True)
class Action:
    """`key` is Qt's portable text; a bare key works on `page` only, and never while somebody types."""

    id: str
    title: str
    menu: str
    do: Callable[[Workspace, Ui], None]
    key: str = ""
    also: tuple[str, ...] = ()
    page: str = ""
    when: Callable[[Workspace], bool] = lambda work: True
    repeats: bool = False  # whether a key that is held down does it again and again


def has_project(work: Workspace) -> bool:
    return work.has_project


def has_recipe(work: Workspace) -> bool:
    return work.pipeline.recipe is not None


def has_images(work: Workspace) -> bool:
    return bool(work.labeling.images) and work.labeling.is_by_class


def has_current(work: Workspace) -> bool:
    return work.labeling.current is not None


def has_inspected(work: Workspace) -> bool:
    return work.inspection.current is not None


def can_show_activation(work: Workspace) -> bool:
    results = work.inspection.results
    return results is not None and is_explained(results.task) and bool(work.inspection.pictures)


def can_compare_looks(work: Workspace) -> bool:
    return work.inspection.results is not None and not work.looks_trial.is_measuring


def start_refusal(work: Workspace) -> str:
    """Why a training cannot start now, in a sentence; "" when it can."""
    pipeline = work.pipeline
    if pipeline.recipe is None:
        return "Open a project first."
    if work.runs.is_training:
        return "A model is being trained: stop it first, or wait until it has finished."
    if not pipeline.recipe.task.is_trained:
        return f"'{pipeline.recipe.task.title}' cannot be trained by this version yet."
    errors = [finding.message for _, finding in pipeline.findings if finding.level == "error"]
    if errors:
        return f"Mend this first: {errors[0]}"
    if pipeline.failure is not None:
        return f"The blocks could not be checked: {pipeline.failure.message}"
    if not pipeline.is_ready():
        return "The blocks are being checked." if pipeline.is_checking else "Check the blocks first."
    return ""


def can_start(work: Workspace) -> bool:
    return not start_refusal(work)


def can_stop(work: Workspace) -> bool:
    return work.runs.state == "running"


def can_resume(work: Workspace) -> bool:
    return work.runs.state in ("new", "stopped", "failed", "died") and not work.runs.is_training


def _open(work: Workspace, ui: Ui) -> None:
    folder = ui.ask_project_folder()
    if folder is not None:
        work.session.open_project(folder)
        ui.go_to("blocks")


def _undo(work: Workspace, ui: Ui) -> None:
    title = work.labeling.undo()
    ui.say(f"Undone: {title}." if title else "There is nothing to undo.")
    if title:
        work.pipeline.reload()


def _redo(work: Workspace, ui: Ui) -> None:
    title = work.labeling.redo()
    ui.say(f"Done again: {title}." if title else "There is nothing to do again.")
    if title:
        work.pipeline.reload()


def _copy_json(work: Workspace, ui: Ui) -> None:
    assert work.pipeline.recipe is not None
    ui.copy_text(as_json(work.pipeline.recipe), "The recipe, as JSON,")


def _copy_python(work: Workspace, ui: Ui) -> None:
    assert work.pipeline.recipe is not None
    assert work.session.project is not None
    ui.copy_text(as_python(work.pipeline.recipe, str(work.session.project.folder)), "The recipe, as Python,")


def _open_recipe(work: Workspace, ui: Ui) -> None:
    file = ui.ask_file("Take the blocks of a recipe (JSON)")
    if file is not None:
        work.pipeline.set_recipe(load_recipe(file), f"Take the blocks of {file.name}")
        ui.say(f"These are the blocks of {file.name}. Undo brings the old ones back.")


def _save_recipe(work: Workspace, ui: Ui) -> None:
    assert work.pipeline.recipe is not None
    file = ui.ask_file_to_write("Save the recipe", "recipe.json")
    if file is not None:
        save_recipe(work.pipeline.recipe, file)
        ui.say(f"The recipe is in {file}.")


def _look_for_mistakes(work: Workspace, ui: Ui) -> None:
    if not (work.health.is_checking or work.health.is_grouping):
        work.health.check()
    ui.show_health()


def _next_unlabeled(work: Workspace, ui: Ui) -> None:
    if not work.labeling.next_unlabeled():
        ui.say("Every picture has a label.")


def _give_class(number: int) -> Callable[[Workspace, Ui], None]:
    def give(work: Workspace, ui: Ui) -> None:
        name = work.labeling.class_of_key(str(number))
        if name is None:
            ui.say(f"No class has the key {number}: add one first.")
        else:
            work.labeling.give_to_chosen(name)

    return give


def _clear(work: Workspace, ui: Ui) -> None:
    if not work.labeling.clear(work.labeling.chosen):
        ui.say("Nobody has given a label here. What the Labels block says can be changed, but not taken away.")


def _review(work: Workspace, ui: Ui) -> None:
    if not work.labeling.review_chosen():
        ui.say("There is no label here that is not reviewed yet.")


def _add_class(work: Workspace, ui: Ui) -> None:
    name = ui.ask_text("Add a class", "What is it called?")
    if name:
        work.labeling.add_class(name)


def _start(work: Workspace, ui: Ui) -> None:
    assert work.pipeline.recipe is not None
    work.runs.start(work.pipeline.recipe)
    ui.go_to("train")


def _learn_corrections(work: Workspace, ui: Ui) -> None:
    work.corrections.learn()
    ui.go_to("train")


def _to_label(work: Workspace, ui: Ui) -> None:
    work.inspection.go_to_label()
    ui.go_to("label")


def _compare_looks(work: Workspace, ui: Ui) -> None:
    assert work.inspection.run is not None
    work.looks_trial.begin(work.inspection.run)
    ui.go_to("results")


def _go(page: str) -> Callable[[Workspace, Ui], None]:
    return lambda work, ui: ui.go_to(page)


ACTIONS: tuple[Action, ...] = (
    Action("project.open_sample", "Open the sample project", "Project", lambda work, ui: ui.open_sample()),
    Action("project.new", "New project…", "Project", lambda work, ui: ui.new_project(), "Ctrl+N"),
    Action("project.open", "Open a project…", "Project", _open, "Ctrl+O"),
    Action("project.settings", "Settings…", "Project", lambda work, ui: ui.show_settings(), "Ctrl+,"),
    Action("project.quit", "Quit", "Project", lambda work, ui: ui.quit(), "Ctrl+Q"),
    Action("edit.undo", "Undo", "Edit", _undo, "Ctrl+Z", when=has_project),
    Action("edit.redo", "Redo", "Edit", _redo, "Ctrl+Shift+Z", also=("Ctrl+Y",), when=has_project),
    *(
        Action(f"view.{page}", f"Go to {title}", "View", _go(page), f"Ctrl+{number}")
        for number, (page, title) in enumerate(PAGES.items(), 1)
    ),
    Action("view.palette", "Find an action…", "View", lambda work, ui: ui.show_palette(), "Ctrl+K"),
    Action(
        "blocks.check",
        "Check the blocks again",
        "Blocks",
        lambda work, ui: work.pipeline.check(),
        "F5",
        when=has_recipe,
    ),
    Action("blocks.health", "Look for hidden mistakes", "Blocks", _look_for_mistakes, "F7", when=has_recipe),
    Action("blocks.open_recipe", "Take the blocks of a recipe…", "Blocks", _open_recipe, when=has_project),
    Action("blocks.save_recipe", "Save the recipe…", "Blocks", _save_recipe, when=has_recipe),
    Action("blocks.copy_json", "Copy the recipe as JSON", "Blocks", _copy_json, when=has_recipe),
    Action("blocks.copy_python", "Copy the recipe as Python", "Blocks", _copy_python, when=has_recipe),
    Action(
        "label.previous",
        "Previous picture",
        "Label",
        lambda work, ui: work.labeling.step(-1),
        "A",
        page="label",
        when=has_images,
        repeats=True,
    ),
    Action(
        "label.next",
        "Next picture",
        "Label",
        lambda work, ui: work.labeling.step(1),
        "D",
        page="label",
        when=has_images,
        repeats=True,
    ),
    Action(
        "label.next_unlabeled",
        "Next picture without a label",
        "Label",
        _next_unlabeled,
        "N",
        page="label",
        when=has_images,
    ),
    *(
        Action(
            f"label.class_{number}",
            f"Label as class {number}",
            "Label",
            _give_class(number),
            str(number),
            page="label",
            when=has_current,
        )
        for number in CLASS_KEYS
    ),
    Action("label.clear", "Take the label away", "Label", _clear, "Backspace", page="label", when=has_current),
    Action(
        "label.review", "Mark as reviewed", "Label", _review, "Return", also=("Enter",), page="label", when=has_current
    ),
    Action(
        "label.overlay",
        "Hide or show what lies over the picture",
        "Label",
        lambda work, ui: work.labeling.toggle_overlay(),
        "H",
        page="label",
        when=has_images,
    ),
    Action("label.add_class", "Add a class…", "Label", _add_class, "Ctrl+Shift+N", when=has_project),
    Action("train.start", "Start training", "Train", _start, "Ctrl+R", when=can_start),
    Action("train.find_rate", "Find learning rate…", "Train", lambda work, ui: ui.find_rate(), when=can_start),
    Action("train.stop", "Stop training", "Train", lambda work, ui: work.runs.stop(), "Ctrl+.", when=can_stop),
    Action(
        "train.resume", "Resume training", "Train", lambda work, ui: work.runs.resume(), "Ctrl+Shift+R", when=can_resume
    ),
    Action(
        "train.learn_corrections",
        "Learn from the corrections",
        "Train",
        _learn_corrections,
        when=lambda work: not work.corrections.refusal(),
    ),
    Action("results.label", "Look at its label", "Results", _to_label, "Ctrl+L", when=has_inspected),
    Action(
        "results.predict",
        "Predict other pictures…",
        "Results",
        lambda work, ui: ui.predict_pictures(),
        "Ctrl+P",
        when=lambda work: work.inspection.run is not None or bool(work.runs.finished()),
    ),
    Action(
        "results.activation",
        "Where did it look?",
        "Results",
        lambda work, ui: ui.show_activation(),
        "Ctrl+Shift+L",
        when=can_show_activation,
    ),
    Action(
        "results.several_looks",
        "Does looking several times help?",
        "Results",
        _compare_looks,
        when=can_compare_looks,
    ),
    Action("help.keys", "Keys and actions", "Help", lambda work, ui: ui.show_keys(), "F1"),
)


def action(action_id: str) -> Action:
    return next(item for item in ACTIONS if item.id == action_id)
