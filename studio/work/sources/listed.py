"""Rows from a list of names: found on the disk, checked, and told with their line where they cannot be used."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from studio.base.wording import count_words, whole_words
from studio.blocks.table import DataTable, Finding, LeftOut, Row
from studio.imaging.refusal import shown
from studio.work.build import Surroundings
from studio.work.sources.found import take_rows
from studio.work.sources.listed_names import NotFound, find_named, folder_inside, missing_ending
from studio.work.tables.table import RowProblem

_SHOWN = 3  # problems that a finding names
_MOST_LISTED = 10_000  # problems that the card lists

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


class _Problems:
    """What is wrong with the rows, by kind: how often, and the first ones in words; a million of them is no more."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.firsts: dict[str, list[tuple[str, str]]] = {}  # by kind: name and sentence
        self._listed: list[LeftOut] = []

    def note(self, kind: str, line: int, name: str, sentence: Callable[[], str]) -> None:
        self.counts[kind] += 1
        if len(self._listed) < _MOST_LISTED:
            words = sentence()
            self._listed.append(LeftOut(name or f"line {line}", words))
            if self.counts[kind] <= _SHOWN:
                self.firsts.setdefault(kind, []).append((name, words))

    def left_out(self) -> list[LeftOut]:
        more = self.counts.total() - len(self._listed)
        unlisted = [LeftOut("…", f"{count_words(more, 'more row')} cannot be used.")] if more else []
        return self._listed + unlisted


def take_named(named: NamedPictures, skip_bad: bool, table: DataTable, around: Surroundings) -> list[Finding]:
    """Fill the table with the pictures that are named; what is wrong is an error, or left out if that is wanted."""
    table.root, table.file = str(named.root), str(named.file)
    if not named.root.is_dir():
        message = f"The folder {shown(named.root)} does not exist."
        return [Finding("error", message, "Choose the folder in which the names begin.", "folder")]
    rows, problems = _rows(named)
    findings = _problem_findings(named, problems, skip_bad)
    if findings and not skip_bad:
        table.rows, table.left_out = [], problems.left_out()
        return findings
    unreadable = take_rows(table, rows, [], around)
    table.left_out = problems.left_out() + table.left_out
    if not table.rows:
        message = f"{shown(named.file)} names no picture that can be used."
        findings.insert(0, Finding("error", message, "Check the folder and the column of the names.", "folder"))
    return findings + unreadable


def _rows(named: NamedPictures) -> tuple[list[Row], _Problems]:
    rows: list[Row] = []
    problems = _Problems()
    for problem in named.problems:
        problems.note(_LINE, problem.line, "", partial(str, problem.message))
    first_line: dict[str, int] = {}
    cells = named.cells or [()] * len(named.names)
    for image, name, line, row_cells in zip(
        find_named(named.root, named.names), named.names, named.lines, cells, strict=True
    ):
        if isinstance(image, NotFound):
            problems.note(image.why, line, name.strip(), partial(_not_found_words, named, line, image))
        elif image in first_line:
            problems.note(_TWICE, line, image, partial(_twice_words, named, line, image, first_line[image]))
        else:
            first_line[image] = line
            rows.append(Row(image, cells=row_cells, line=line))
    return rows, problems


def _place(named: NamedPictures, line: int) -> str:
    return f"{named.file.name}, line {line}" + (f", column '{named.column}'" if named.column else "")


def _twice_words(named: NamedPictures, line: int, image: str, first_line: int) -> str:
    return f"{_place(named, line)}: '{image}' was named in line {first_line} already."


def _not_found_words(named: NamedPictures, line: int, image: NotFound) -> str:
    if image.why == "empty":
        return f"{_place(named, line)}: there is no name."
    where = "lies outside of" if image.why == "outside" else "is not in"
    return f"{_place(named, line)}: '{shown(Path(image.name))}' {where} {shown(named.root)}."


def _problem_findings(named: NamedPictures, problems: _Problems, skip_bad: bool) -> list[Finding]:
    """One finding for each kind of problem, which names the first few."""
    findings: list[Finding] = []
    for kind, words in _WHAT.items():
        count = problems.counts[kind]
        if not count:
            continue
        firsts = problems.firsts.get(kind, [])
        more = f" … and {whole_words(count - len(firsts))} more." if count > len(firsts) else ""
        message = f"{count_words(count, *words)}. {' '.join(sentence for _, sentence in firsts)}{more}"
        if skip_bad:
            hint = "The list on this card names them."
            findings.append(Finding("warning", f"Left out: {message}", hint, _SETTING.get(kind, "")))
        else:
            hint = _hint(kind, [name for name, _ in firsts], named)
            findings.append(Finding("error", message, hint, _SETTING.get(kind, "skip_bad")))
    return findings


def _hint(kind: str, names: list[str], named: NamedPictures) -> str:
    otherwise = "or let such rows be left out ('Leave out rows with problems')."
    if kind == _MISSING and names:
        ending = missing_ending(named.root, names)
        if ending:
            return f"With '{ending}' behind the name there is one: write {ending} under 'Ending to add'."
        inner = folder_inside(named.root, names[0])
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
