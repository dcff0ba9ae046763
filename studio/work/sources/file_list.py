"""A list of pictures at work: one row for each line."""

from pathlib import Path

from studio.base.errors import UserError
from studio.blocks.source.file_list import FileList
from studio.blocks.table import DataTable, Finding
from studio.work.build import Surroundings, absolute, build
from studio.work.sources.listed import NamedPictures, take_named
from studio.work.sources.table_file import with_ending
from studio.work.tables.lines import read_lines


@build.register
def _file_list(block: FileList, table: DataTable, around: Surroundings) -> list[Finding]:
    if not block.path.strip():
        hint = "Choose a text file with the name of one picture a line."
        return [Finding("error", "No list is chosen.", hint, "path")]
    path = absolute(block.path, around)
    table.root, table.file = str(path.parent), str(path)
    try:
        lines = read_lines(path, block.encoding)
    except UserError as error:
        return [Finding("error", error.message, error.hint, "path")]
    named = NamedPictures(
        file=path,
        root=(path.parent / Path(block.folder).expanduser()).absolute(),
        names=with_ending([text for _, text in lines], block.suffix),
        lines=[number for number, _ in lines],
    )
    return take_named(named, block.skip_bad, table, around)
