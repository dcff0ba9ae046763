"""The rows of a label table beside the pictures that they belong to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from studio.base.errors import UserError
from studio.base.wording import count_words
from studio.blocks.labels.label_table import LabelTable
from studio.blocks.table import DataTable, Finding, Row
from studio.work.build import Surroundings, inside
from studio.work.labelers.bad_setting import BadSetting
from studio.work.labelers.problems import SHOWN, Problems, first_of
from studio.work.labelers.table_pictures import WAYS, MatchBy, PictureNames
from studio.work.tables.columns import column_hint
from studio.work.tables.read import read_table
from studio.work.tables.table import Table, form_of

_TRIED = 2000  # about so many rows decide which column names the pictures


@dataclass
class LabelRows:
    """Pictures with the cells of their line. file: as messages name it. picture_place: the column that names the
    pictures, -1 in the pictures' own table."""

    file: str
    columns: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)
    cells: list[tuple[str, ...]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    picture_place: int = -1
    findings: list[Finding] = field(default_factory=list)

    def place_of(self, column: str, setting: str) -> int:
        """Where a column stands. Raises BadSetting that proposes those most like it."""
        if column in self.columns:
            return self.columns.index(column)
        raise BadSetting(f"{self.file} has no column '{column}'.", column_hint(column, self.columns), setting)

    def where(self, line: int, place: int) -> str:
        """A cell for messages: file, line and column."""
        return f"{self.file}, line {line}, column '{self.columns[place]}'"

    def taken(self, places: Sequence[int], problems: Problems) -> Iterator[tuple[Row, int, tuple[str, ...]]]:
        """Each picture once: its row, the line, and the cells of these columns without spaces around them.

        A picture with lines that differ in these columns becomes a problem.
        """
        seen: dict[int, tuple[int, tuple[str, ...]]] = {}
        for row, cells, line in zip(self.rows, self.cells, self.lines, strict=True):
            wanted = tuple(cells[place].strip() for place in places)
            first = seen.setdefault(id(row), (line, wanted))
            if first[1] != wanted:
                lines = f"{self.file}, lines {first[0]} and {line}"
                problems.add(row, f"{lines}, differ in what they say about {row.image}")
        done: set[int] = set()
        for row in self.rows:
            if id(row) not in done and row not in problems:
                done.add(id(row))
                yield row, *seen[id(row)]


def read_label_rows(block: LabelTable, table: DataTable, around: Surroundings) -> LabelRows:
    """The table that a block names, or the pictures' own. Raises BadSetting where there is none that can be read."""
    return _other_table(block, table, around) if block.table else _own_table(table)


def _own_table(table: DataTable) -> LabelRows:
    if not table.columns:
        raise BadSetting(
            "These pictures do not come from a table.", "Choose the file with the labels under Table.", "table"
        )
    own = LabelRows(Path(table.file).name or "the table", table.columns)
    for row in table.rows:
        if len(row.cells) == len(table.columns):
            own.rows.append(row)
            own.cells.append(row.cells)
            own.lines.append(row.line)
    return own


def _other_table(block: LabelTable, table: DataTable, around: Surroundings) -> LabelRows:
    path = inside(table, block.table, around)
    try:
        read = read_table(path, form_of(block))
    except UserError as error:
        raise BadSetting.of(error, "table") from error
    found = LabelRows(path.name, read.columns)
    found.findings += _broken_lines(read, block.skip_bad)
    names, found.picture_place = _pictures_of(block, table, read, path, found)
    _match(read, names, found, block.skip_bad)
    return found


def _broken_lines(read: Table, skip: bool) -> list[Finding]:
    """Lines that are no rows. The pictures that they may have been about are not known."""
    if not read.problems:
        return []
    words = first_of([problem.message.rstrip(".") for problem in read.problems])
    message = f"{count_words(len(read.problems), 'line')} cannot be read: {words}."
    if skip:
        return [Finding("warning", message, "These lines are not used.", "table")]
    hint = "Correct the file, or switch on 'Leave out rows with problems'."
    return [Finding("error", message, hint, "table")]


def _pictures_of(
    block: LabelTable, table: DataTable, read: Table, path: Path, found: LabelRows
) -> tuple[PictureNames, int]:
    """How the table names the pictures, and in which column: what fits most."""
    places = list(range(len(read.columns)))
    if block.picture_column:
        places = [found.place_of(block.picture_column, "picture_column")]
    ways: tuple[MatchBy, ...] = WAYS if block.match_by == "auto" else (block.match_by,)
    folder = path.parent.as_posix()
    tried = read.rows[:: max(1, len(read.rows) // _TRIED)]
    best: tuple[int, PictureNames, int] | None = None
    for way in ways:
        names = PictureNames(table.rows, table.root, folder, way)
        for place in places:
            # Pictures are counted, not lines: a column of classes names few of them, often.
            hits = sum(names.find(key) is not None for key in {names.key(cells[place]) for cells in tried})
            if best is None or hits > best[0]:
                best = (hits, names, place)
    assert best is not None
    return best[1], best[2]


def _match(read: Table, names: PictureNames, found: LabelRows, skip: bool) -> None:
    place, column = found.picture_place, found.columns[found.picture_place]
    strangers, first_strangers = 0, []
    doubtful: dict[str, str] = {}
    for cells, line in zip(read.rows, read.lines, strict=True):
        key = names.key(cells[place])
        row = names.find(key)
        if row is None:
            strangers += 1
            if strangers <= SHOWN:
                first_strangers.append(f"line {line}, '{cells[place]}'")
        elif key in names.several:
            doubtful[key] = f"line {line}, '{key}': {' or '.join(names.several[key])}"
        else:
            found.rows.append(row)
            found.cells.append(cells)
            found.lines.append(line)
    if doubtful:
        message = f"{found.file} names pictures by a name that several have: {first_of(list(doubtful.values()))}."
        hint = "Use a table with their paths below the source's folder, or leave out rows with problems."
        found.findings.append(Finding("warning" if skip else "error", message, hint, "match_by"))
    elif not found.rows:
        message = f"No line of {found.file} names a picture of the source; column '{column}' has {first_strangers[0]}."
        raise BadSetting(message, "Choose the column of the pictures, and how it names them.", "picture_column")
    if strangers:
        named = first_of(first_strangers, strangers)
        message = f"{count_words(strangers, 'row')} of {found.file} name no picture here: {named}."
        found.findings.append(Finding("warning", message, "They are not used.", "table"))
