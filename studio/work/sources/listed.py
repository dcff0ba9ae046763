"""Rows from a list of names: found on the disk, checked, and told with their line where they cannot be used."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.base.wording import count_words
from studio.blocks.table import DataTable, Finding, LeftOut, Row
from studio.imaging.refusal import shown
from studio.work.build import Surroundings
from studio.work.sources.found import take_rows
from studio.work.sources.listed_names import NotFound, find_named, folder_inside, missing_ending
from studio.work.tables.table import RowProblem

_SHOWN = 3  # problems that a finding names

_MISSING, _OUTSIDE, _EMPTY, _TWICE, _LINE = "missing", "outside", "empty", "twice", "line"
_WHAT = {
    _MISSING: ("row names a picture that is not there", "rows name pictures that are not there"),
    _OUTSIDE: ("row names a picture outside the folder", "rows name pictures outside the folder"),
    _EMPTY: ("row has no name of a picture", "rows have no name of a picture"),
    _TWICE: ("row names a picture a second time", "rows name pictures a second time"),
    _LINE: ("line cannot be used", "lines cannot be used"),
}
_SETTING = {_MISSING: "folder", _OUTSIDE: "folder", _LINE: "path"}


@dataclass(frozen=True)
class NamedPictures:
    """What a list or a table says: a name a row, with the row's line and cells. `column` is "" for a list."""

    file: Path
    root: Path
    names: Sequence[str]
    lines: Sequence[int]
    cells: Sequence[tuple[str, ...]] = ()
    problems: Sequence[RowProblem] = ()
    column: str = ""


@dataclass(frozen=True, slots=True)
class _Bad:
    kind: str
    line: int
    image: str
    message: str


def take_named(named: NamedPictures, skip_bad: bool, table: DataTable, around: Surroundings) -> list[Finding]:
    """Fill the table with the pictures that are named; what is wrong is an error, or left out if that is wanted."""
    table.root, table.file = str(named.root), str(named.file)
    if not named.root.is_dir():
        message = f"The folder {shown(named.root)} does not exist."
        return [Finding("error", message, "Choose the folder in which the names begin.", "folder")]
    rows, bad = _rows(named)
    findings = _bad_findings(named, bad, skip_bad)
    left_out = [LeftOut(item.image or f"line {item.line}", item.message) for item in bad]
    if bad and not skip_bad:
        table.rows, table.left_out = [], left_out
        return findings
    unreadable = take_rows(table, rows, [], around)
    table.left_out = left_out + table.left_out
    if not table.rows:
        message = f"{shown(named.file)} names no picture that can be used."
        findings.insert(0, Finding("error", message, "Check the folder and the column of the names.", "folder"))
    return findings + unreadable


def _rows(named: NamedPictures) -> tuple[list[Row], list[_Bad]]:
    rows: list[Row] = []
    bad = [_Bad(_LINE, problem.line, "", problem.message) for problem in named.problems]
    first_line: dict[str, int] = {}
    cells = named.cells or [()] * len(named.names)
    found = find_named(named.root, named.names)
    root = shown(named.root)
    for image, name, line, row_cells in zip(found, named.names, named.lines, cells, strict=True):
        if isinstance(image, NotFound):
            bad.append(_Bad(image.why, line, name.strip(), f"{_place(named, line)}: {_reason(image, root)}"))
        elif image in first_line:
            message = f"{_place(named, line)}: '{image}' was named in line {first_line[image]} already."
            bad.append(_Bad(_TWICE, line, image, message))
        else:
            first_line[image] = line
            rows.append(Row(image, cells=row_cells, line=line))
    return rows, bad


def _place(named: NamedPictures, line: int) -> str:
    return f"{named.file.name}, line {line}" + (f", column '{named.column}'" if named.column else "")


def _reason(image: NotFound, root: str) -> str:
    if image.why == "empty":
        return "there is no name."
    name = image.name if image.name.isprintable() else shown(Path(image.name))
    return f"'{name}' lies outside of {root}." if image.why == "outside" else f"'{name}' is not in {root}."


def _bad_findings(named: NamedPictures, bad: list[_Bad], skip_bad: bool) -> list[Finding]:
    """One finding for each kind of problem, which names the first few."""
    findings: list[Finding] = []
    for kind, words in _WHAT.items():
        of_kind = [item for item in bad if item.kind == kind]
        if not of_kind:
            continue
        what = count_words(len(of_kind), *words)
        firsts = " ".join(item.message for item in of_kind[:_SHOWN])
        more = f" … and {len(of_kind) - _SHOWN} more." if len(of_kind) > _SHOWN else ""
        if skip_bad:
            hint = "The list on this card names each of them."
            findings.append(Finding("warning", f"Left out: {what}. {firsts}{more}", hint, _SETTING.get(kind, "")))
        else:
            hint = _hint(kind, of_kind, named)
            findings.append(Finding("error", f"{what}. {firsts}{more}", hint, _SETTING.get(kind, "skip_bad")))
    return findings


def _hint(kind: str, bad: list[_Bad], named: NamedPictures) -> str:
    otherwise = "or let such rows be left out ('Leave out rows with problems')."
    if kind == _MISSING:
        ending = missing_ending(named.root, [item.image for item in bad[:_SHOWN]])
        if ending:
            return f"With '{ending}' behind the name there is one: write {ending} under 'Ending to add'."
        inner = folder_inside(named.root, bad[0].image)
        if inner:
            return f"It is in the folder '{inner}' there: choose that folder, {otherwise}"
        return f"Check the folder, the column and the ending of the names, {otherwise}"
    if kind == _OUTSIDE:
        return f"Choose a folder that holds all of them, {otherwise}"
    if kind == _TWICE:
        return (
            "Keep one row for each picture, or let the later ones be left out. If each row is one thing in a picture, "
            "take the pictures from their folder and the boxes or points from this table."
        )
    return f"Correct the file, {otherwise}"
