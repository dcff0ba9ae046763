"""Asking a finished run what it sees."""

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path

from studio.app.session import Session, Ticket
from studio.base.errors import UserError
from studio.base.files import write_atomically
from studio.base.targets import Numbers, Objects, Place, Points, Tags, Target, TargetKind, Thing
from studio.blocks.several_looks import SeveralLooks
from studio.blocks.target_text import target_text
from studio.jobs.launch import ask
from studio.jobs.messages import Event, Failed, Finished, Predict, Prediction, Stopped
from studio.runs.run import Run, RunFacts

_BOX_COLUMNS = ("label", "score", "x0", "y0", "x1", "y1")
TAG_SEPARATOR = ";"  # a name may hold a space or a comma


def predict(
    run: Run, paths: list[Path], on_event: Callable[[Event], None], several_looks: SeveralLooks | None = None
) -> Finished | Stopped | Failed:
    """Predict pictures, or all pictures in folders, and wait. Raises UserError when the run has no model yet."""
    return ask(_request(run, paths, several_looks), on_event)


def predict_in_background(
    session: Session,
    run: Run,
    paths: list[Path],
    on_event: Callable[[Event], None],
    several_looks: SeveralLooks | None = None,
) -> Ticket:
    """The same for the window: events come as the pictures are done. Raises UserError as `predict` does."""
    return session.ask("predict", _request(run, paths, several_looks), on_event)


def _request(run: Run, paths: list[Path], several_looks: SeveralLooks | None) -> Predict:
    if not run.weights_file.exists():
        raise UserError(f"The run {run.name} has no model yet.", "Wait until it has finished, or resume it.")
    files = tuple(str(path.absolute()) for path in paths)
    return Predict(run=str(run.folder), paths=files, several_looks=several_looks)


def write_csv(path: Path, run: Run, predictions: Sequence[Prediction]) -> None:
    """A table of predictions: the picture, the answer in the columns that its kind of label has, why there is none, and
    the probability of each class or tag. A picture has a line, or as many as boxes were found in it; places are pixels
    of the original. Raises UserError when it cannot be written."""
    facts, kind = run.facts(), run.recipe().task.target
    classes = sorted({name for item in predictions for name in item.probabilities})
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([_safe(cell) for cell in ("image", *_columns(kind, facts), "reason", *classes)])
    for item in predictions:
        shares = [f"{item.probabilities.get(name, 0):.6g}" for name in classes]
        for said in _lines(kind, facts, item.target):
            writer.writerow([_safe(item.path), *said, _safe(item.reason), *shares])
    write_atomically(path, text.getvalue().encode("utf-8", "surrogateescape"))


def _columns(kind: TargetKind, facts: RunFacts) -> tuple[str, ...]:
    """What an answer's columns are called."""
    if kind == "number":
        return facts.number_names or ("number",)
    if kind == "points" and facts.skeleton is not None:
        return tuple(f"{name}_{axis}" for name in facts.skeleton.names for axis in ("x", "y"))
    return {"class": ("label",), "tags": ("tags",), "objects": _BOX_COLUMNS}.get(kind, ("target",))


def _lines(kind: TargetKind, facts: RunFacts, target: Target | None) -> list[list[str]]:
    """The lines that a picture has."""
    if isinstance(target, Objects) and target.things:
        return [_box(thing) for thing in target.things]
    return [_cells(kind, facts, None if isinstance(target, Objects) else target)]


def _cells(kind: TargetKind, facts: RunFacts, target: Target | None) -> list[str]:
    """One a column; empty where there is no answer."""
    match target:
        case None:
            return [""] * len(_columns(kind, facts))
        case str():
            return [_safe(target)]
        case Tags(names):
            return [_safe(TAG_SEPARATOR.join(names))]
        case Numbers(values):
            return [f"{value:.9g}" for value in values]
        case Points(places):
            return [cell for place in places for cell in _xy(place)]
        case _:
            return [target_text(target)]


def _box(thing: Thing) -> list[str]:
    sides_px = thing.left_px, thing.top_px, thing.right_px, thing.bottom_px
    score = "" if thing.score is None else f"{thing.score:.6g}"
    return [_safe(thing.class_name), score, *(f"{side_px:.2f}" for side_px in sides_px)]


def _xy(place: Place | None) -> tuple[str, str]:
    return (f"{place.x_px:.2f}", f"{place.y_px:.2f}") if place else ("", "")


def _safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula.  Source: OWASP, "CSV Injection"."""
    return "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
