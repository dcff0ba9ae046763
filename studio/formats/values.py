"""Values from files, checked one by one."""

import math
from collections.abc import Sequence

from studio.base.targets import Thing

FARTHEST_PX = 1e7  # beyond this no picture reaches, and sums of coordinates lose their digits


class UnusableError(Exception):
    """A value that cannot be taken: `field` says which, `message` why, in a sentence."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


def shown(value: object) -> str:
    """A value for a message: short, on one line."""
    if isinstance(value, dict | list | tuple):
        return "a record" if isinstance(value, dict) else "a list"
    text = value if isinstance(value, str) else repr(value)
    text = "".join(sign if sign.isprintable() else " " for sign in text[:200])
    return f"'{text[:40]}…'" if len(text) > 40 else f"'{text}'"


def number(value: object, field: str) -> float:
    """A finite number from a number or a text."""
    if isinstance(value, str):
        try:
            found = float(value) if "_" not in value else math.nan
        except ValueError:
            found = math.nan
    elif isinstance(value, int | float) and not isinstance(value, bool):
        try:
            found = float(value)
        except OverflowError:
            found = math.nan
    else:
        found = math.nan
    if not math.isfinite(found):
        what = "Nothing is written" if value is None or value == "" else f"{shown(value)} is written"
        raise UnusableError(field, f"{what} where a number belongs.")
    if abs(found) > FARTHEST_PX:
        raise UnusableError(field, f"The number {shown(value)} is far outside any picture.")
    return found


def numbers(values: object, field: str, count: int | None = None) -> list[float]:
    """A list of finite numbers, of a length where one is given."""
    if not isinstance(values, list | tuple):
        raise UnusableError(field, f"{shown(values)} is written where a list of numbers belongs.")
    if count is not None and len(values) != count:
        raise UnusableError(field, f"There are {len(values)} numbers where {count} belong.")
    return [number(value, field) for value in values]


def whole(value: object, field: str) -> int:
    """A whole number."""
    found = number(value, field)
    if found != int(found):
        raise UnusableError(field, f"{shown(value)} is written where a whole number belongs.")
    return int(found)


def text(value: object, field: str) -> str:
    """A text with something in it, on one line, without blanks around it."""
    if not isinstance(value, str) or not value.strip():
        what = "Nothing" if value is None or isinstance(value, str) else shown(value)
        raise UnusableError(field, f"{what} is written where a name belongs.")
    found = value.strip()
    if not found.isprintable():
        raise UnusableError(field, f"The name {shown(found)} holds signs that cannot be shown.")
    return found


def yes_or_no(value: object, field: str) -> bool:
    """A mark such as 0 or 1; nothing written means no."""
    if value is None or value == "":
        return False
    if isinstance(value, bool):
        return value
    if whole(value, field) not in (0, 1):
        raise UnusableError(field, f"{shown(value)} is written where 0 or 1 belongs.")
    return whole(value, field) == 1


def size(width: object, height: object) -> tuple[int, int] | None:
    """Width and height in pixels as a file says them; None where it says nothing."""
    if width in (None, "") and height in (None, ""):
        return None
    found = whole(width, "width"), whole(height, "height")
    if found == (0, 0):  # what some tools write when they do not know
        return None
    for side, name in zip(found, ("width", "height"), strict=True):
        if side <= 0:
            raise UnusableError(name, f"The picture's {name} is {side}.")
    return found


def thing(
    class_name: str,
    box: Sequence[float],
    field: str,
    outline: tuple[tuple[float, ...], ...] = (),
    *,
    is_crowd: bool = False,
    is_difficult: bool = False,
) -> Thing:
    """A thing with a box (left, top, right, bottom) that is not turned inside out; it may be without area."""
    left, top, right, bottom = box
    for name, length in (("width", right - left), ("height", bottom - top)):
        if length < 0:
            raise UnusableError(field, f"The box has a negative {name} ({length:g}).")
    return Thing(class_name, left, top, right, bottom, outline, is_crowd, is_difficult)


def picture_path(value: object, field: str) -> str:
    """The path of a picture as written, with forward slashes."""
    if not isinstance(value, str) or not value.strip():
        what = "Nothing" if value is None or isinstance(value, str) else shown(value)
        raise UnusableError(field, f"{what} is written where the name of a picture belongs.")
    if "\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
        raise UnusableError(field, f"{shown(value)} cannot be the name of a file.")
    return value.strip().replace("\\", "/")
