"""Asking a finished run what it sees."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

from studio.app.session import Session, Ticket
from studio.base.errors import UserError
from studio.base.files import write_atomically
from studio.jobs.launch import ask
from studio.jobs.messages import Event, Failed, Finished, Predict, Prediction, Stopped
from studio.runs.run import Run


def predict(run: Run, paths: list[Path], on_event: Callable[[Event], None]) -> Finished | Stopped | Failed:
    """Predict pictures, or all pictures in folders, and wait. Raises UserError when the run has no model yet."""
    return ask(_request(run, paths), on_event)


def predict_in_background(session: Session, run: Run, paths: list[Path], on_event: Callable[[Event], None]) -> Ticket:
    """The same for the window: events come as the pictures are done. Raises UserError as `predict` does."""
    return session.ask("predict", _request(run, paths), on_event)


def _request(run: Run, paths: list[Path]) -> Predict:
    if not run.weights_file.exists():
        raise UserError(f"The run {run.name} has no model yet.", "Wait until it has finished, or resume it.")
    return Predict(run=str(run.folder), paths=tuple(str(path.absolute()) for path in paths))


def write_csv(path: Path, predictions: list[Prediction]) -> None:
    """A table of predictions: image, label, and the probability of each class."""
    classes = sorted({name for item in predictions for name in item.probabilities})
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["image", "label", "reason", *classes])
    for item in predictions:
        row = [item.path, item.label or "", item.reason]
        writer.writerow([_safe(cell) for cell in row] + [f"{item.probabilities.get(c, 0):.6g}" for c in classes])
    write_atomically(path, text.getvalue().encode("utf-8", "surrogateescape"))


def _safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula.  Source: OWASP, "CSV Injection"."""
    return "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
