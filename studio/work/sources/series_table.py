"""A table of series at work: one picture a row, drawn once."""

import math
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from studio.base.errors import UserError
from studio.base.files import cannot_write
from studio.base.wording import count_words
from studio.blocks.source.series_table import SeriesTable
from studio.blocks.table import DataTable, Finding, LeftOut, Row
from studio.imaging.identity import identity
from studio.imaging.refusal import shown
from studio.work.build import Surroundings, absolute, build
from studio.work.gramian import field_picture
from studio.work.made_once import Stopped, checked_stop, make_once, own_folder, place_for, source_text
from studio.work.sources.found import take_rows
from studio.work.tables.read import read_table
from studio.work.tables.table import Table, form_of

_SHOWN = 3
_PORTION = 256  # series drawn between two looks at Cancel
_SHORTEST = 2  # values that make a series


@dataclass(frozen=True)
class _Series:
    """The rows of a table that are series: line, label's cell (none: empty), values."""

    columns: tuple[str, ...]
    lines: list[int]
    cells: list[tuple[str, ...]]
    values: list[np.ndarray]
    bad: list[LeftOut]


@build.register
def _series_table(block: SeriesTable, table: DataTable, around: Surroundings) -> list[Finding]:
    if not block.path.strip():
        return [Finding("error", "No table is chosen.", "Choose a file with one series a row.", "path")]
    path = absolute(block.path, around)
    table.root, table.file = str(path.parent), str(path)
    try:
        series = _read(read_table(path, form_of(block)), path, block)
        findings = _bad_findings(series.bad, block.skip_bad)
        if series.bad and not block.skip_bad:
            table.left_out = series.bad
            return findings
        if not series.values:
            message = f"{shown(path)} has no row that is a series of numbers."
            return [Finding("error", message, "Check the column of the label and the delimiter.", "path"), *findings]
        folder = own_folder(place_for("series", path, around), path.stem, path, around)
        _draw_once(series, folder, path, block, around)
    except UserError as error:
        return [Finding("error", error.message, error.hint, "path")]
    except Stopped:
        return [Finding("error", "Drawing the series was stopped.", "Check the blocks again to go on.", "path")]
    table.root, table.columns = str(folder), series.columns
    rows = [
        Row(_picture_name(line), cells=cells, line=line) for line, cells in zip(series.lines, series.cells, strict=True)
    ]
    findings += take_rows(table, rows, [], around)
    table.left_out = series.bad + table.left_out
    return findings


def _read(data: Table, path: Path, block: SeriesTable) -> _Series:
    first, end = (1 if block.label == "first" else 0), len(data.columns) - (block.label == "last")
    label_place = {"none": None, "first": 0, "last": len(data.columns) - 1}[block.label]
    columns = () if label_place is None else (data.columns[label_place],)
    series = _Series(columns, [], [], [], [LeftOut(f"line {item.line}", item.message) for item in data.problems])
    for row, line in zip(data.rows, data.lines, strict=True):
        try:
            values = _numbers(row[first:end], data.columns[first:end])
        except _NoSeries as problem:
            series.bad.append(LeftOut(f"line {line}", f"{path.name}, line {line}{problem}"))
            continue
        series.lines.append(line)
        series.cells.append(() if label_place is None else (row[label_place],))
        series.values.append(values)
    return series


class _NoSeries(Exception):
    """Why a row is no series: the end of a sentence that begins with its line."""


def _numbers(cells: tuple[str, ...], columns: tuple[str, ...]) -> np.ndarray:
    """The values of a row; empty cells at its end, as shorter series have them, do not count."""
    length = len(cells)
    while length and cells[length - 1].strip().casefold() in ("", "nan"):
        length -= 1
    try:
        values = np.array(cells[:length], dtype=np.float64)
    except ValueError:
        values = np.array([_number(cell) for cell in cells[:length]], dtype=np.float64)
    wrong = np.flatnonzero(~np.isfinite(values))
    if len(wrong):
        place = int(wrong[0])
        raise _NoSeries(f", column '{columns[place]}': '{cells[place][:40]}' is no number.")
    if length < _SHORTEST:
        raise _NoSeries(f" has {count_words(length, 'value')}; a series has at least {_SHORTEST}.")
    return values


def _number(cell: str) -> float:
    try:
        return float(cell.strip().replace(",", ".", 1))  # a decimal comma, where columns are divided otherwise
    except ValueError:
        return math.nan


def _bad_findings(bad: list[LeftOut], skip_bad: bool) -> list[Finding]:
    if not bad:
        return []
    firsts = " ".join(item.reason for item in bad[:_SHOWN])
    more = f" … and {len(bad) - _SHOWN} more." if len(bad) > _SHOWN else ""
    what = count_words(len(bad), "row is no series", "rows are no series")
    if skip_bad:
        return [Finding("warning", f"Left out: {what}. {firsts}{more}", "The list on this card names them.", "path")]
    hint = "Correct the table, or let such rows be left out ('Leave out rows with problems')."
    return [Finding("error", f"{what}. {firsts}{more}", hint, "skip_bad")]


def _picture_name(line: int) -> str:
    return f"{line:06d}.png"


def _draw_once(series: _Series, folder: Path, path: Path, block: SeriesTable, around: Surroundings) -> None:
    facts = {
        "source": source_text(path, around),
        "identity": identity(path),
        "side_px": block.side_px,
        "form": [block.label, block.delimiter, block.encoding, block.header],
        "pictures": len(series.values),
    }

    def draw(place: Path) -> None:
        def draw_one(number: int) -> None:
            picture = Image.fromarray(field_picture(series.values[number], block.side_px))
            target = place / _picture_name(series.lines[number])
            try:
                picture.save(target, compress_level=3)
            except OSError as error:
                raise cannot_write(target, error) from error

        total = len(series.values)
        with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
            for start in range(0, total, _PORTION):
                checked_stop(around)
                list(pool.map(draw_one, range(start, min(start + _PORTION, total))))
                around.on_progress(min(start + _PORTION, total), total)

    make_once(folder, facts, draw, around)
