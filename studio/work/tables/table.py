"""A table as it was read: columns and rows of text, each row with its line in the file."""

from dataclasses import dataclass, field

from studio.blocks.table_form import Delimiter, Header, SheetTable, TextTable


@dataclass(frozen=True)
class TableForm:
    """How a table's file is written; what is "auto" is found. encoding: a codec's name. sheet: of an Excel file, empty:
    the first one."""

    delimiter: Delimiter = "auto"
    encoding: str = "auto"
    header: Header = "auto"
    sheet: str = ""


def form_of(block: TextTable) -> TableForm:
    """The form that a block's settings say."""
    return TableForm(
        block.delimiter, block.encoding, block.header, block.sheet if isinstance(block, SheetTable) else ""
    )


@dataclass(frozen=True)
class RowProblem:
    """A line that is no row of the table, and why, in a sentence that names the line."""

    line: int
    message: str


@dataclass(frozen=True)
class Table:
    """What a file holds. It is shared by everybody who reads the same file: nobody changes it.

    columns: names, each once; "column 1" and so on where the file has none.
    rows: the cells as text, as many in each row as there are columns.  lines: where each row begins, from 1.
    problems: the lines that were left out of `rows`.
    form: what was found for that which was "auto".
    """

    file: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]
    lines: list[int]
    problems: list[RowProblem] = field(default_factory=list)
    form: TableForm = field(default_factory=TableForm)
