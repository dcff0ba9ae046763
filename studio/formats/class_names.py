"""Files of class names: one a line, or the list in a YOLO data set's settings."""

from dataclasses import dataclass
from pathlib import Path

from studio.base.errors import UserError
from studio.base.targets import Skeleton
from studio.formats import plain_yaml, values
from studio.formats.plain_yaml import Value
from studio.formats.sides import side_partners
from studio.formats.text_file import read_text
from studio.formats.values import UnusableError
from studio.imaging.refusal import shown as shown_path

LARGEST_BYTES = 1 << 22
YAML_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True)
class ClassList:
    """The classes of a data set by number. skeleton, numbers_a_point: where it is one of points (2: x, y; 3: and v)."""

    path: Path
    names: dict[int, str]
    skeleton: Skeleton | None = None
    numbers_a_point: int = 0


def read_class_names(path: Path) -> tuple[str, ...]:
    """The names in a text file, one a line; empty lines at the end do not count.

    Raises UserError naming the line that is empty, is written twice, or cannot be a name.
    """
    lines = read_text(path, LARGEST_BYTES).rstrip().split("\n")
    names: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        try:
            name = values.text(line, "")
            if name in names:
                raise UnusableError("", f"The name '{name}' stands in line {names[name]} too.")
        except UnusableError as error:
            hint = "Each line must hold the name of one class."
            raise UserError(f"{shown_path(path)}, line {number}: {error.message}", hint) from error
        names[name] = number
    return tuple(names)


def find_class_list(folder: Path) -> ClassList | None:
    """The list of a YOLO data set in this folder; None where there is none. Raises UserError for a bad one."""
    try:
        present = sorted((path for path in folder.iterdir() if path.is_file()), key=lambda path: path.name)
    except OSError:
        return None
    for path in present:
        if path.suffix.lower() in YAML_SUFFIXES and (found := read_yolo_settings(path)):
            return found
    for path in present:
        if path.name.lower() == "classes.txt" or path.suffix.lower() == ".names":
            return ClassList(path, dict(enumerate(read_class_names(path))))
    return None


def read_yolo_settings(path: Path) -> ClassList | None:
    """The classes and points in a YAML file; None where it names no classes. Raises UserError for a bad one."""
    try:
        found = plain_yaml.read_sections(
            read_text(path, LARGEST_BYTES), ("names", "kpt_shape", "flip_idx", "kpt_names")
        )
        if not found.get("names"):
            return None
        names = _numbered(found["names"], "names")
        if "kpt_shape" not in found:
            return ClassList(path, names)
        count, numbers = (
            values.whole(number, "kpt_shape") for number in values.numbers(found["kpt_shape"], "kpt_shape", 2)
        )
        if not (1 <= count <= 1000 and numbers in (2, 3)):
            raise UnusableError("kpt_shape", f"{count} points of {numbers} numbers are not possible.")
        return ClassList(path, names, _skeleton(count, found), numbers)
    except UnusableError as error:
        message = f"{shown_path(path)}, {error.field}: {error.message}"
        raise UserError(
            message, "Correct the file, or put a classes.txt with one name a line there instead."
        ) from error


def _numbered(value: Value, field: str) -> dict[int, str]:
    if isinstance(value, list):
        return {number: values.text(name, field) for number, name in enumerate(value)}
    if isinstance(value, dict):
        return {values.whole(number, field): values.text(name, field) for number, name in value.items()}
    raise UnusableError(field, "A list of names belongs here.")


def _skeleton(count: int, found: dict[str, Value]) -> Skeleton:
    names = tuple(str(number) for number in range(1, count + 1))
    given = found.get("kpt_names")
    if isinstance(given, dict):  # a list for each class; ours is the first
        given = next(iter(given.values()), None)
    if isinstance(given, list) and len(given) == count:
        names = tuple(values.text(name, "kpt_names") for name in given)
    flipped = found.get("flip_idx")
    if not isinstance(flipped, list):
        return Skeleton(names, (), side_partners(names))
    partners = [values.whole(place, "flip_idx") for place in values.numbers(flipped, "flip_idx", count)]
    if sorted(partners) != list(range(count)):
        raise UnusableError("flip_idx", f"Each of the numbers 0 to {count - 1} belongs here once.")
    return Skeleton(names, (), tuple((own, other) for own, other in enumerate(partners) if own < other))
