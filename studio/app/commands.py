"""What the commands do: the same use cases as the window's, told on standard output."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, NamedTuple

from studio.app import projects, public_data, training
from studio.app.activation import write_activations
from studio.app.health import split_by_list
from studio.app.looks_trial import compare_and_wait, looks_from
from studio.app.predicting import predict as predict_paths
from studio.app.predicting import write_csv
from studio.app.rate_finder import curve_lines, find_rate, suggestion_lines
from studio.app.report import credit_words, write_report
from studio.app.report_words import results_json, results_lines
from studio.app.results import read_results, threshold_request
from studio.app.run_words import corrections_words
from studio.app.scripts import load_recipe
from studio.app.session import Session
from studio.app.settings import load_settings
from studio.app.telling import Teller, raise_failure
from studio.base.errors import UserError
from studio.base.wording import count_words, duration_words, percent_words
from studio.blocks.corrections import corrections_recipe
from studio.blocks.public_data import public_data_set, public_data_sets
from studio.blocks.recipe import Recipe
from studio.blocks.settings_text import with_settings
from studio.jobs.launch import ask
from studio.jobs.messages import (
    CheckData,
    DataSetFetched,
    Diagnose,
    Diagnosed,
    Event,
    ExplainPicture,
    ExplainRecipe,
    Failed,
    Finished,
    GroupPictures,
    RatesSuggested,
    RateTried,
    Stopped,
)
from studio.project.store import Project
from studio.runs.run import Run


class Faces(NamedTuple):
    """What commands that need a window are handed, since none of them may import one; each gives an exit status."""

    open_window: Callable[[str | None], int]  # with a project, "sample:FOLDER", or nothing open
    draw_shots: Callable[[str], int]  # into this folder


ProjectArgument = Annotated[Path, "the project's folder (NAME.studio)"]
RecipeFlag = Annotated[Path | None, "a recipe in JSON instead of the project's own"]
JsonFlag = Annotated[bool, "one event a line, as JSON"]
TtaFlag = Annotated[bool, "look several times at each picture (test-time augmentation)"]
LookFlag = Annotated[list[str] | None, "how to look, for example zoom_factor=1.2; turns --tta on; may be repeated"]
SetFlag = Annotated[list[str] | None, "change one setting, for example training.epochs=3; may be repeated"]


def demo(
    *,
    faces: Faces,
    headless: Annotated[bool, "do the whole job without a window"] = False,
    project: Annotated[Path | None, "where the sample project is kept"] = None,
    pictures: Annotated[int | None, "how many pictures to draw (for a quick look)"] = None,
    json: JsonFlag = False,
) -> int:
    """Make the sample project and open it; headless: label, train, predict and report it."""
    folder = _with_suffix(project.absolute()) if project else projects.sample_folder()
    if not headless:
        if not _has_display():
            raise UserError("There is no display to open a window on.", "Use `studio demo --headless`.")
        return faces.open_window(f"sample:{folder}")
    teller = Teller(json)
    session = Session()
    try:
        if not projects.has_sample(folder):
            teller.say(f"Drawing the sample pictures into {folder} …")
            teller.ask(lambda hear: projects.draw_sample(session, folder, hear, pictures))
        opened = projects.open_sample(session, folder)
        count = projects.label_the_rest(opened)
        teller.say(f"{count_words(count, 'picture')} labeled as drawn.")
        recipe = opened.recipe()
        assert recipe is not None
        session.close()  # the run reads the project; nothing is written from here on
        run, end = _train(folder, recipe, teller)
        files = write_report(run)
        examples = _examples(run)
        teller.say("Predicting some of the validation pictures:")
        raise_failure(predict_paths(run, examples, teller.hear))
        done = end.model_copy(update={"files": tuple(str(path) for path in files)})
        teller.hear(done)
        accuracy = end.metrics["accuracy"]
        teller.say(
            f"Validation accuracy {accuracy:.3f} ({percent_words(accuracy)}); report pictures in {run.report_folder}"
        )
    finally:
        session.close()
    return 0


def new(
    project: Annotated[Path, "the new project's folder; .studio is added where it is missing"],
    *,
    images: Annotated[Path | None, "the folder with the pictures, a table that names them, a video, an archive"] = None,
    data: Annotated[str | None, "a public data set instead, by name; `studio datasets` lists them"] = None,
    guess: Annotated[bool, "say why these blocks are proposed"] = False,
) -> int:
    """Make a project for pictures, with the blocks that their look suggests."""
    if (images is None) == (data is None):
        raise UserError("Say where the pictures are.", "Use --images FOLDER, or --data NAME for a public data set.")
    session = Session()
    try:
        proposal = _fetched(session, data) if images is None else projects.guess_and_wait(session, images.absolute())
        opened = projects.create_from_guess(session, project.absolute(), proposal)
        print(f"Made {opened.folder}")
        if guess:
            print(f"  {percent_words(proposal.sure)} sure of these blocks:")
            print("\n".join(f"  {reason}" for reason in proposal.reasons))
        for block in proposal.recipe.steps():
            print(f"  {block.title}: {block.summary()}")
    finally:
        session.close()
    return 0


def datasets() -> int:
    """List the public data sets that can be fetched, with size, licence and citation."""
    for item in public_data_sets():
        print(f"{item.name}: {item.title}\n  {item.about}")
        print(
            f"  {count_words(item.pictures, 'picture')}, {max(1, round(item.size_bytes / 1e6))} MB from {item.address}"
        )
        print(f"  Licence: {item.licence}\n  Cite as: {item.citation}\n")
    return 0


def explain(
    project: ProjectArgument,
    *,
    recipe: RecipeFlag = None,
    image: Annotated[str | None, "follow this one picture, named by its path below the source's folder"] = None,
    json: JsonFlag = False,
) -> int:
    """Print, block by block, what the data becomes, with counts and warnings; or what one picture becomes."""
    teller = Teller(json)
    chosen, folder = _recipe(project, recipe), str(project.absolute())
    one = ExplainPicture(recipe=chosen, project=folder, image=image) if image is not None else None
    end = ask(one or ExplainRecipe(recipe=chosen, project=folder), teller.hear)
    raise_failure(end)
    return 1 if teller.errors else 0


def check(
    project: ProjectArgument,
    *,
    recipe: RecipeFlag = None,
    group: Annotated[bool, "write down what looks alike, and let the project's split keep it together"] = False,
    json: JsonFlag = False,
) -> int:
    """Look for what silently ruins results: pictures that leak over the split, labels that do not fit, and more."""
    teller = Teller(json)
    folder, chosen = project.absolute(), _recipe(project, recipe)
    if group:
        with Project.open(folder, author=load_settings().author, holder="the command check") as opened:
            raise_failure(ask(GroupPictures(recipe=chosen, project=str(folder)), _but_not_the_end(teller.hear)))
            chosen = split_by_list(chosen)
            opened.set_recipe(chosen, "Keep look-alikes together")
        teller.say("The split now keeps together what looks alike.")
    raise_failure(ask(CheckData(recipe=chosen, project=str(folder)), teller.hear))
    if not teller.health:
        teller.say("Nothing was found that is wrong.")
    return 1 if any(item.level == "error" for item in teller.health) else 0


def train(
    project: ProjectArgument,
    *,
    recipe: RecipeFlag = None,
    resume: Annotated[str | None, "go on with this run, by name or number"] = None,
    corrections_of: Annotated[
        str | None, "learn from the labels that were corrected since this run, by name or number"
    ] = None,
    set: SetFlag = None,
    json: JsonFlag = False,
) -> int:
    """Train a run; Ctrl+C stops it so that it can be resumed."""
    teller = Teller(json)
    folder = project.absolute()
    if sum(one is not None for one in (recipe, resume, corrections_of)) > 1:
        raise UserError(
            "A run follows one recipe.", "Use one of --recipe, --resume and --corrections-of; --set changes settings."
        )
    if resume is not None:
        run = training.find_run(folder, resume)
        training.resume_run(run, folder)
        _follow(run, teller)
        return 0
    if corrections_of is not None:
        run = training.find_run(folder, corrections_of)
        chosen = corrections_recipe(run.recipe(), run.name)
    else:
        chosen = _recipe(project, recipe)
    _train(folder, with_settings(chosen, set or []), teller)
    return 0


def lr_find(
    project: ProjectArgument,
    *,
    recipe: RecipeFlag = None,
    set: SetFlag = None,
    json: JsonFlag = False,
) -> int:
    """Try learning rates on what would be trained; print the losses and the rates that they suggest."""
    teller = Teller(json)
    tried: list[RateTried] = []
    suggested: list[RatesSuggested] = []

    def hear(event: Event) -> None:
        teller.hear(event)
        if isinstance(event, RateTried):
            tried.append(event)
        elif isinstance(event, RatesSuggested):
            suggested.append(event)

    folder = project.absolute()
    end = find_rate(with_settings(_recipe(project, recipe), set or []), folder, hear)
    for line in [*curve_lines(tried), *(line for found in suggested for line in suggestion_lines(found))]:
        teller.say(line)
    raise_failure(end)
    return 0


def predict(
    run: Annotated[Path, "a run's folder"],
    paths: Annotated[list[Path], "pictures, or folders of pictures"],
    *,
    tta: TtaFlag = False,
    look: LookFlag = None,
    activation: Annotated[Path | None, "also draw where the model looked, into this folder"] = None,
    csv: Annotated[Path | None, "also write the predictions to this table"] = None,
    json: JsonFlag = False,
) -> int:
    """Say what a finished run sees in pictures."""
    teller = Teller(json)
    hear = teller.hear if activation is None else _but_not_the_end(teller.hear)
    end = predict_paths(_run(run), paths, hear, looks_from(look or []) if tta or look else None)
    raise_failure(end)
    if activation is not None:
        read = [Path(item.path) for item in teller.predictions if item.target is not None]
        files = write_activations(_run(run), read, activation, teller.hear)
        teller.say(f"Where it looked: {count_words(len(files), 'picture')} in {activation}")
        teller.hear(end)
    if csv is not None:
        write_csv(csv, _run(run), teller.predictions)
    return 1 if teller.predictions and all(item.target is None for item in teller.predictions) else 0


def results(
    run: Annotated[Path, "a run's folder"],
    *,
    threshold: Annotated[str | None, "let the model decide by this from now on: a number, or best"] = None,
    tta: Annotated[bool, "measure whether looking several times helps, and say so"] = False,
    look: LookFlag = None,
    json: JsonFlag = False,
) -> int:
    """Print metrics, what is confused with what, scores, calibration, labels to look at, and the highest losses."""
    found = read_results(_run(run))
    if threshold is not None:
        raise_failure(ask(threshold_request(found, threshold), lambda event: None))
        found = read_results(_run(run))
    if tta or look:
        teller = Teller(json)
        raise_failure(compare_and_wait(found.run, looks_from(look or []), _but_not_the_end(teller.hear)))
    print(results_json(found) if json else "\n".join(results_lines(found)))
    return 0


def doctor(*, json: JsonFlag = False) -> int:
    """Check versions, devices and what is known to go wrong."""
    teller = Teller(json)
    findings: list[str] = []

    def hear(event: Event) -> None:
        teller.hear(event)
        if isinstance(event, Diagnosed):
            findings.extend(item.message for item in event.findings if item.level == "error")

    raise_failure(ask(Diagnose(), hear))
    return 1 if findings else 0


def shots(folder: Annotated[Path, "where the pictures go"], *, faces: Faces) -> int:
    """Draw every page of the sample project to PNG files, without a display."""
    return faces.draw_shots(str(folder))


COMMANDS: dict[str, Callable[..., int]] = {
    function.__name__.replace("_", "-"): function
    for function in (demo, new, datasets, explain, check, train, lr_find, predict, results, doctor, shots)
}


def _fetched(session: Session, name: str | None) -> projects.Guess:
    """The blocks of a public data set, which is fetched where it is not there yet; its terms are said first."""
    data_set = public_data_set(str(name))
    print(credit_words(data_set.credit))
    came: list[DataSetFetched] = []

    def fetch(listen: Callable[[Event], None]) -> None:
        def hear(event: Event) -> None:
            if isinstance(event, DataSetFetched):
                came.append(event)
            listen(event)

        public_data.fetch(session, data_set, hear)

    Teller(False).ask(fetch)
    return public_data.guess_of(data_set, came[0])


def _train(project: Path, recipe: Recipe, teller: Teller) -> tuple[Run, Finished]:
    busy = training.running_run(project)
    if busy is not None:
        raise UserError(f"The run {busy.name} is being trained.", "Stop it first, or wait until it has finished.")
    run = training.start_run(project, recipe)
    return run, _follow(run, teller)


def _follow(run: Run, teller: Teller) -> Finished:
    """Follow a run to its end. Ctrl+C asks it to stop, and waits for that."""
    teller.say(f"Training {run.name} …")
    watcher = training.RunWatcher(run)
    watcher.expect_start()
    try:
        watcher.wait(teller.hear)
    except KeyboardInterrupt:
        training.stop_run(run)
        watcher.wait(teller.hear)
        teller.say(f"Stopped. Go on with: studio train {run.folder.parent.parent} --resume {run.name}")
        raise
    end = watcher.history.end or training.death_notice(run)
    raise_failure(end)
    if isinstance(end, Stopped):
        raise UserError(f"The run {run.name} was stopped.", f"Go on with --resume {run.name}.")
    assert isinstance(end, Finished)
    learned = watcher.history.corrections
    if learned is not None:
        teller.say(corrections_words(learned, run.recipe().task))
    teller.say(f"Finished {run.name} in {duration_words(end.train_s or 0)}.")
    return end


def _recipe(project: Path, file: Path | None) -> Recipe:
    if file is not None:
        return load_recipe(file)
    opened = Project.open(project.absolute(), author="", write=False)
    try:
        recipe = opened.recipe()
    finally:
        opened.close()
    if recipe is None:
        raise UserError(f"{project} has no recipe yet.", "Open it in the window, or name one with --recipe.")
    return recipe


def _but_not_the_end(hear: Callable[[Event], None]) -> Callable[[Event], None]:
    """Hears all but the last event of a request after which another one follows."""
    return lambda event: None if isinstance(event, Finished | Stopped | Failed) else hear(event)


def _run(folder: Path) -> Run:
    run = Run(folder.absolute())
    run.recipe()
    return run


def _examples(run: Run, count: int = 8) -> list[Path]:
    root = Path(run.facts().image_root)
    predictions = read_results(run).predictions
    return [root / item.image for item in predictions[:: max(1, len(predictions) // count)]][:count]


def _with_suffix(folder: Path) -> Path:
    return folder if folder.suffix == ".studio" else folder.with_name(folder.name + ".studio")


def _has_display() -> bool:
    if sys.platform != "linux":
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
