"""The pictures of a run's report, as SVG: curves, confusion matrix, and what it was most wrong about."""

import base64
import io
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

from studio.app.metric_words import metrics_line
from studio.app.results import ClassResults, Results, read_results
from studio.base.errors import UserError
from studio.base.files import write_atomically
from studio.base.targets import target_words
from studio.base.wording import number_words, percent_words
from studio.blocks.recipe import Credit
from studio.imaging.palettes import class_colour
from studio.imaging.thumbnail import thumbnail
from studio.runs.history import RunHistory, read_history
from studio.runs.run import Run

WIDTH_PX, MARGIN_PX = 720, 56
INK, QUIET, LINE, PAPER, ACCENT = "#1B1F24", "#5B6672", "#DFE3E8", "#FFFFFF", "#1F5FD6"
WORST_SHOWN, THUMBNAIL_PX = 12, 160


def write_report(run: Run) -> list[Path]:
    """Draw the report of a finished run into its folder; gives the files. Raises UserError without results."""
    results, history = read_results(run), read_history(run)
    run.report_folder.mkdir(exist_ok=True)
    drawings: dict[str, Callable[[], str]] = {
        "curves.svg": lambda: draw_curves(history),
        "most_wrong.svg": lambda: draw_most_wrong(results),
    }
    if isinstance(results, ClassResults):
        drawings["confusion.svg"] = lambda: draw_confusion(results)
    files = []
    for name, draw in drawings.items():
        path = run.report_folder / name
        write_atomically(path, draw().encode("utf-8", "replace"))
        files.append(path)
    credit = run.recipe().credit
    if credit is not None:  # whose data it is goes wherever the results go
        path = run.report_folder / "credits.txt"
        write_atomically(path, credit_words(credit).encode())
        files.append(path)
    return files


def credit_words(credit: Credit) -> str:
    """Whose data it is, as text."""
    return (
        f"{credit.title}\n\nAddress: {credit.address}\nLicence: {credit.licence}\n\nPlease cite:\n{credit.citation}\n"
    )


def draw_curves(history: RunHistory) -> str:
    """Training loss by step (thin), smoothed, and validation loss at each epoch's end."""
    raw = [(step.step, step.loss) for step in history.steps if step.loss is not None]
    smooth = [(step.step, step.smoothed_loss) for step in history.steps if step.smoothed_loss is not None]
    valid = [(epoch.step, epoch.valid_loss) for epoch in history.epochs if epoch.valid_loss is not None]
    height = 360
    values = [value for _, value in smooth + valid] or [1.0]
    top = 1.05 * max(values)
    last = max([step for step, _ in smooth + valid] or [1])

    def place(step: float, value: float) -> str:
        x = MARGIN_PX + (WIDTH_PX - 2 * MARGIN_PX) * step / last
        y = height - MARGIN_PX - (height - 2 * MARGIN_PX) * min(value, top) / top
        return f"{x:.1f},{y:.1f}"

    def line(points: list[tuple[int, float]], colour: str, width: float, opacity: float = 1) -> str:
        path = " ".join(place(*point) for point in points)
        pen = f'stroke="{colour}" stroke-width="{width}" stroke-opacity="{opacity}"'
        return f'<polyline points="{path}" fill="none" {pen}/>'

    parts = [_text(MARGIN_PX, 28, "Loss by step", size=15, weight=600)]
    for index in range(5):
        value = top * index / 4
        x, y = place(0, value).split(",")
        parts.append(f'<line x1="{x}" x2="{WIDTH_PX - MARGIN_PX}" y1="{y}" y2="{y}" stroke="{LINE}"/>')
        parts.append(_text(MARGIN_PX - 8, float(y) + 4, number_words(float(value)), colour=QUIET, anchor="end"))
    parts += [line(raw, "#0072B2", 1, 0.25), line(smooth, "#0072B2", 1.5), line(valid, "#D55E00", 1.5)]
    parts += [
        f'<circle cx="{p.split(",")[0]}" cy="{p.split(",")[1]}" r="3" fill="#D55E00"/>'
        for p in (place(*v) for v in valid)
    ]
    parts.append(_text(WIDTH_PX - MARGIN_PX, 28, "training (blue), validation (orange)", colour=QUIET, anchor="end"))
    parts.append(_text(WIDTH_PX / 2, height - 16, f"step (of {last})", colour=QUIET, anchor="middle"))
    return _svg(WIDTH_PX, height, parts)


def draw_confusion(results: ClassResults) -> str:
    """Rows are what the pictures show, columns what the model says; a cell is shaded by its share of the row."""
    counts, names = results.confusion(), results.classes
    cell = max(28, min(96, (WIDTH_PX - 200) // max(len(names), 1)))
    left, above = 150, 90
    parts = [_text(left, 28, f"Accuracy {percent_words(results.accuracy)}", size=15, weight=600)]
    parts.append(_text(left, 50, "rows: what it is; columns: what the model says", colour=QUIET))
    for column, name in enumerate(names):
        parts.append(_text(left + (column + 0.5) * cell, above - 8, _short(name), anchor="middle"))
    for row, name in enumerate(names):
        total = sum(counts[row])
        y = above + row * cell
        parts.append(_text(left - 10, y + cell / 2 + 4, _short(name), anchor="end"))
        for column in range(len(names)):
            share = counts[row][column] / total if total else 0.0
            colour = ACCENT if row == column else "#C02F2F"
            x = left + column * cell
            parts.append(
                f'<rect x="{x + 1}" y="{y + 1}" width="{cell - 2}" height="{cell - 2}" rx="4" '
                f'fill="{colour}" fill-opacity="{0.05 + 0.85 * share:.3f}"/>'
            )
            ink = PAPER if share > 0.5 else INK
            parts.append(_text(x + cell / 2, y + cell / 2 + 4, str(counts[row][column]), colour=ink, anchor="middle"))
    return _svg(max(WIDTH_PX, left + cell * len(names) + 20), above + cell * len(names) + 24, parts)


def draw_most_wrong(results: Results) -> str:
    """The pictures with the highest loss: what they are, what the model says, and how sure it was."""
    worst = results.top_losses(WORST_SHOWN)
    columns, step = 4, THUMBNAIL_PX + 16
    root = Path(results.run.facts().image_root)
    parts = [_text(16, 28, "Pictures with the highest loss", size=15, weight=600)]
    parts.append(_text(WIDTH_PX - 16, 28, metrics_line(results.task, results.metrics), colour=QUIET, anchor="end"))
    for index, item in enumerate(worst):
        x, y = 16 + index % columns * step, 48 + index // columns * (step + 24)
        try:
            data = _jpeg(root / item.image)
            parts.append(
                f'<image x="{x}" y="{y}" width="{THUMBNAIL_PX}" height="{THUMBNAIL_PX}" '
                f'href="data:image/jpeg;base64,{data}"/>'
            )
        except UserError as error:
            parts.append(_text(x, y + 20, error.message[:24], colour=QUIET))
        if isinstance(results, ClassResults):
            colour = "#{:02x}{:02x}{:02x}".format(*class_colour(results.classes.index(target_words(item.target))))
            parts.append(f'<rect x="{x}" y="{y + THUMBNAIL_PX}" width="{THUMBNAIL_PX}" height="3" fill="{colour}"/>')
        sure = item.probabilities.get(item.predicted) if isinstance(item.predicted, str) else None
        share = f" ({percent_words(sure)})" if sure is not None else ""
        words = f"{_short(target_words(item.target))}, said {_short(target_words(item.predicted))}{share}"
        parts.append(_text(x, y + THUMBNAIL_PX + 18, words, colour=INK))
    rows = (len(worst) + columns - 1) // columns
    return _svg(16 + columns * step, 64 + rows * (step + 24), parts)


def _jpeg(path: Path) -> str:
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(thumbnail(path, THUMBNAIL_PX)).save(buffer, "JPEG", quality=85)
    return base64.b64encode(buffer.getvalue()).decode("ascii")


def _short(name: str) -> str:
    return name if len(name) <= 14 else name[:13] + "…"


def _text(
    x: float, y: float, words: str, *, colour: str = INK, size: int = 12, weight: int = 400, anchor: str = "start"
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" font-size="{size}" font-weight="{weight}" '
        f'text-anchor="{anchor}">{escape(words)}</text>'
    )


def _svg(width: float, height: float, parts: list[str]) -> str:
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'font-family="Inter, sans-serif">\n<rect width="100%" height="100%" fill="{PAPER}"/>\n{body}\n</svg>\n'
    )
