"""A text file with one name a line."""

from studio.base.errors import UserError
from studio.blocks.table import DataTable
from studio.formats.text_file import read_text
from studio.work.build import Surroundings, inside
from studio.work.labelers.bad_setting import BadSetting

_LARGEST_BYTES = 1 << 20


def read_names(file: str, setting: str, table: DataTable, around: Surroundings) -> tuple[str, ...]:
    """The names by line, beginning with the first; an empty line between others is called after its number.

    Looked for beside the pictures, in the folder around them, then in the project. Raises BadSetting.
    """
    path = inside(table, file, around)
    if not path.exists() and not file.startswith("/"):
        outside = inside(table, f"../{file}", around)
        path = outside if outside.exists() else path
    try:
        lines = [line.strip() for line in read_text(path, _LARGEST_BYTES).split("\n")]
    except UserError as error:
        raise BadSetting.of(error, setting) from error
    while lines and not lines[-1]:
        lines.pop()
    if not lines:
        raise BadSetting(f"{path.name} holds no names.", "Write one name a line.", setting)
    check_once(lines, path.name, setting)
    return tuple(line or f"value {number}" for number, line in enumerate(lines))


def check_once(names: list[str], where: str, setting: str) -> None:
    """Raises BadSetting for a name that stands twice."""
    places: dict[str, int] = {}
    for number, name in enumerate(names, 1):
        if name and name in places:
            message = f"{where} has the name '{name}' twice, as number {places[name]} and {number}."
            raise BadSetting(message, "Give each value its own name.", setting)
        places[name] = number
