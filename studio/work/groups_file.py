"""The project's own list of what belongs together: a table of two columns, picture and group."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from studio.base.errors import UserError
from studio.base.files import write_atomically

GROUPS_FILE = "groups.csv"
_COLUMNS = ["image", "group"]


def write_groups(project_folder: Path, groups: Mapping[str, str]) -> Path:
    """Write the group of each picture (path as in the table); gives the file. Raises UserError when it cannot."""
    text = io.StringIO(newline="")
    # All quoted: a carriage return inside a name is otherwise written bare, and read as the end of a line.
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(_COLUMNS)
    writer.writerows(groups.items())
    path = project_folder / GROUPS_FILE
    write_atomically(path, text.getvalue().encode("utf-8", "surrogateescape"))
    return path


def read_groups(project_folder: Path) -> dict[str, str]:
    """The group of each picture in the list. Raises UserError when there is none, or it is no such table."""
    path = project_folder / GROUPS_FILE
    try:
        with open(path, encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            rows = list(csv.reader(file))
    except FileNotFoundError as error:
        hint = "Check the data, and group what looks alike."
        raise UserError(f"The project has no {GROUPS_FILE} yet.", hint) from error
    except (OSError, csv.Error) as error:
        raise UserError(f"{path} cannot be read: {error}.", "Check the data and group again.") from error
    if not rows or rows[0] != _COLUMNS:
        raise UserError(f"{path} does not begin with the columns image and group.", "Correct its first line.")
    groups: dict[str, str] = {}
    for line, row in enumerate(rows[1:], start=2):
        if len(row) != len(_COLUMNS):
            raise UserError(f"{path}, line {line}: two columns are needed, here are {len(row)}.", "Correct that line.")
        groups[row[0]] = row[1]
    return groups
