"""A target as text: a class as its name, everything else as JSON of its record."""

import functools
from typing import Any

from pydantic import TypeAdapter

from studio.base.targets import MaskFile, Numbers, Objects, Points, Tags, Target

_JSON_BEGINS = ('{"', '"')  # a class whose name begins like this is written as a JSON string


def target_text(target: Target | None) -> str:
    """The text that `read_target` reads; empty for no target."""
    if target is None:
        return ""
    if isinstance(target, str) and not target.startswith(_JSON_BEGINS):
        return target
    return str(_adapter().dump_json(target).decode())


def read_target(text: str) -> Target | None:
    """The target in a text. Raises ValueError when it is neither a class nor the JSON of a target."""
    if not text:
        return None
    if not text.startswith(_JSON_BEGINS):
        return text
    target: Target = _adapter().validate_json(text)
    return target


@functools.cache
def _adapter() -> TypeAdapter[Any]:
    return TypeAdapter(str | Tags | Numbers | MaskFile | Points | Objects)
