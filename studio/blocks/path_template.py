"""The name of a file that belongs to a picture, from the picture's own path: `{parent}/../labels/{stem}_P.png`.

What may stand in braces, for `images/07/frame_3_rgb.jpg`:

    {parent}  images/07, the folder         {stem}    frame_3_rgb, the name without its ending
    {name}    frame_3_rgb.jpg               {suffix}  .jpg, the ending with its point

    {stem without _rgb}              frame_3
    {stem with _rgb as _pose}        frame_3_pose
    {parent with images as masks}    masks/07, where only whole folder names count

`without` and `with` take the last place where the text stands; where it stands nowhere, the picture has no such file.
"""

import posixpath
import re
from collections.abc import Callable

FIELDS = ("parent", "stem", "name", "suffix")
EXAMPLE = "{parent}/../labels/{stem}.png"
_BRACES = re.compile(r"\{([^{}]*)\}")
_INSIDE = re.compile(r"(?P<field>\w+)(?: without (?P<gone>.+)| with (?P<old>.+) as (?P<new>.*))?", re.DOTALL)

Part = Callable[[str], str | None]


def compile_template(template: str) -> Callable[[str], str | None]:
    """A function from a picture's path to its file's path, both with forward slashes and below the same folder.

    The file's path may begin with "..", or be absolute where the template is. None where `without` or `with` finds
    nothing. Raises ValueError with a sentence for the form.
    """
    template = template.strip().replace("\\", "/")
    pieces = _BRACES.split(template)
    if any(brace in text for text in pieces[::2] for brace in "{}"):
        raise ValueError("A brace is not closed: write fields as {stem}.")
    parts: list[Part] = [_field(text) if i % 2 else _fixed(text) for i, text in enumerate(pieces)]

    def fill(image: str) -> str | None:
        filled = [part(image) for part in parts]
        return None if None in filled else posixpath.normpath("".join(text for text in filled if text))

    return fill


def checked_template(template: str) -> str:
    """The template itself; a validator for blocks. Raises ValueError as `compile_template`."""
    compile_template(template)
    return template


def _fixed(text: str) -> Part:
    return lambda image: text


def _field(inside: str) -> Part:
    match = _INSIDE.fullmatch(inside)
    if match is None or match["field"] not in FIELDS:
        known = ", ".join(f"{{{field}}}" for field in FIELDS)
        raise ValueError(f"There is no field {{{inside}}}; there are {known}, as in {EXAMPLE}.")
    field = match["field"]
    old = match["gone"] or match["old"]
    if old is None:
        return lambda image: _value(field, image)
    new = match["new"] or ""
    replaced = _folders_replaced if field == "parent" else _text_replaced
    return lambda image: replaced(_value(field, image), old, new)


def _value(field: str, image: str) -> str:
    folder, _, name = image.rpartition("/")
    if field == "parent":
        return folder or "."
    if field == "name":
        return name
    stem, suffix = posixpath.splitext(name)
    return stem if field == "stem" else suffix


def _text_replaced(text: str, old: str, new: str) -> str | None:
    before, found, after = text.rpartition(old)
    return before + new + after if found else None


def _folders_replaced(folder: str, old: str, new: str) -> str | None:
    replaced = _text_replaced(f"/{folder}/", f"/{old.strip('/')}/", f"/{new.strip('/')}/")
    return None if replaced is None else replaced.strip("/") or "."
