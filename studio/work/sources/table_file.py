"""A table of pictures at work: each row that names a picture becomes a row here, with its cells."""

from pathlib import Path

from studio.base.errors import UserError
from studio.blocks.source.table_file import TableFile
from studio.blocks.table import DataTable, Finding
from studio.imaging.refusal import shown
from studio.work.build import Surroundings, absolute, build
from studio.work.sources.listed import NamedPictures, take_named
from studio.work.tables.columns import column_place
from studio.work.tables.header import looks_like_picture
from studio.work.tables.read import read_table
from studio.work.tables.table import Table, form_of

_LOOKED_AT = 200  # rows that decide which column names the pictures


@build.register
def _table_file(block: TableFile, table: DataTable, around: Surroundings) -> list[Finding]:
    if not block.path.strip():
        return [Finding("error", "No table is chosen.", "Choose a .csv, .tsv, .txt or .xlsx file.", "path")]
    path = absolute(block.path, around)
    table.root, table.file = str(path.parent), str(path)
    try:
        data = read_table(path, form_of(block))
    except UserError as error:
        return [Finding("error", error.message, error.hint, "path")]
    table.columns = data.columns
    try:
        place = column_place(data, block.column) if block.column else name_column(data)
    except UserError as error:
        return [Finding("error", error.message, error.hint, "column")]
    named = NamedPictures(
        file=path,
        root=(path.parent / Path(block.folder).expanduser()).absolute(),
        names=with_ending([row[place] for row in data.rows], block.suffix),
        lines=data.lines,
        cells=data.rows,
        problems=data.problems,
        column=data.columns[place],
    )
    return take_named(named, block.skip_bad, table, around) + _doubtful_encoding(block, data)


def name_column(table: Table) -> int:
    """The first column whose cells look like names of picture files; else the first of all."""
    sample = table.rows[:_LOOKED_AT]
    for place in range(len(table.columns)):
        if sum(looks_like_picture(row[place]) for row in sample) > len(sample) / 2:
            return place
    return 0


def with_ending(names: list[str], ending: str) -> list[str]:
    """The names with the ending behind those that have a name and lack it."""
    ending = ending.strip()
    if not ending:
        return names
    return [name if not name.strip() or name.endswith(ending) else name.strip() + ending for name in names]


def _doubtful_encoding(block: TableFile, data: Table) -> list[Finding]:
    if block.encoding != "auto" or data.form.encoding not in ("cp1252", "latin-1"):
        return []
    message = f"{shown(Path(Path(data.file).name))} is not UTF-8; it was read as Windows text."
    return [Finding("info", message, "If accents look wrong, choose the encoding it was saved with.", "encoding")]
