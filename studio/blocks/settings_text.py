"""Settings in text, for commands: source.path=photos, transforms.resize.side_px=64, training.stages.2.epochs=3."""

import json
from typing import Any

from pydantic import ValidationError

from studio.base.errors import UserError
from studio.blocks.forms import field_errors
from studio.blocks.recipe import NOT_A_STEP, Recipe


def with_settings(recipe: Recipe, texts: list[str]) -> Recipe:
    """The recipe with these settings changed. Raises UserError that names the setting and what it may be."""
    values = json.loads(recipe.model_dump_json())
    for text in texts:
        place, equals, value = text.partition("=")
        *steps, field = place.split(".")
        target = _find(values, steps)
        if not equals or target is None or field not in target:
            known = ", ".join(f"{name}." for name in Recipe.model_fields if name not in NOT_A_STEP)
            raise UserError(f"There is no setting '{place}'.", f"Write STEP.FIELD=VALUE; the steps are: {known}")
        target[field] = _value(value, target[field])
    try:
        return Recipe.model_validate(values)
    except ValidationError as error:
        reason = next(iter(field_errors(error).values()))
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise UserError(f"'{place}' does not fit: {reason}", "Give another value.") from error


def _find(values: dict[str, Any], steps: list[str]) -> dict[str, Any] | None:
    found: Any = values
    for step in steps:
        if isinstance(found, list):
            found = _of_list(found, step)
        else:
            found = found.get(step) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else None


def _of_list(items: list[dict[str, Any]], name: str) -> dict[str, Any] | None:
    """By its kind, or by its place, counted from 1."""
    if name.isdecimal():
        return items[int(name) - 1] if 0 < int(name) <= len(items) else None
    return next((item for item in items if item.get("kind") == name), None)


def _value(text: str, old: Any) -> Any:
    """Text stays text where the setting is text; else it is read as JSON where it is JSON."""
    if isinstance(old, str):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
