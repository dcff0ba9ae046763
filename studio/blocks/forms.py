"""The form of a block: its fields in order, as plain facts that any front end can draw."""

import types
from dataclasses import dataclass
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from studio.blocks.block import Item, Settings

ItemKind = type[Item]


@dataclass(frozen=True)
class FormField:
    """One line of a form. `type` is "int", "float", "bool", "text", "choice", "texts" (several) or "items": several of
    the kind `item`, each with a form of its own."""

    name: str
    title: str
    help: str
    type: str
    default: Any
    unit: str
    minimum: float | None
    maximum: float | None
    minimum_excluded: bool
    maximum_excluded: bool
    step: float | None
    choices: tuple[str, ...]
    words: dict[str, str]
    widget: str
    more: bool
    optional: bool
    shown_when: tuple[str, str] | None
    item: ItemKind | None = None


def form_fields(block: type[Settings]) -> list[FormField]:
    """The fields a user may set, in the order of declaration; `kind` is chosen by choosing the block."""
    return [_form_field(name, field) for name, field in block.model_fields.items() if name != "kind"]


def field_errors(error: ValidationError) -> dict[str, str]:
    """What is wrong, by the name of the field: one sentence each."""
    found: dict[str, str] = {}
    for item in error.errors():
        found.setdefault(str(item["loc"][0]) if item["loc"] else "", _sentence(dict(item)))
    return found


def _form_field(name: str, field: FieldInfo) -> FormField:
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    annotation, optional = _without_none(field.annotation)
    kind, choices = _type_of(annotation)
    limits = {key: value for item in field.metadata for key, value in _limits(item).items()}
    default = None if field.default is PydanticUndefined else field.default
    words = extra.get("words")
    return FormField(
        name=name,
        title=field.title or name,
        help=field.description or "",
        type=kind,
        default=default,
        unit=str(extra.get("unit", "")),
        minimum=limits.get("ge", limits.get("gt")),
        maximum=limits.get("le", limits.get("lt")),
        minimum_excluded="gt" in limits,
        maximum_excluded="lt" in limits,
        step=limits.get("multiple_of"),
        choices=choices,
        words={str(key): str(value) for key, value in words.items()} if isinstance(words, dict) else {},
        widget=str(extra.get("widget", "")),
        more=bool(extra.get("more", False)),
        optional=optional,
        shown_when=_pair(extra.get("shown_when")),
        item=_item_of(annotation),
    )


def _pair(value: Any) -> tuple[str, str] | None:
    return (str(value[0]), str(value[1])) if value else None


def _without_none(annotation: Any) -> tuple[Any, bool]:
    if get_origin(annotation) in (Union, types.UnionType):
        kept = [item for item in get_args(annotation) if item is not type(None)]
        if len(kept) == 1:
            return kept[0], True
    return annotation, False


def _type_of(annotation: Any) -> tuple[str, tuple[str, ...]]:
    if get_origin(annotation) is Literal:
        return "choice", tuple(str(value) for value in get_args(annotation))
    if _item_of(annotation) is not None:
        return "items", ()
    if get_origin(annotation) is tuple:
        return "texts", ()
    names = {bool: "bool", int: "int", float: "float", str: "text"}
    return names[annotation], ()


def _item_of(annotation: Any) -> ItemKind | None:
    member = get_args(annotation)[0] if get_origin(annotation) is tuple else None
    return member if isinstance(member, type) and issubclass(member, Item) else None


def _limits(item: Any) -> dict[str, float]:
    names = ("ge", "gt", "le", "lt", "multiple_of")
    return {name: getattr(item, name) for name in names if getattr(item, name, None) is not None}


def _sentence(item: dict[str, Any]) -> str:
    """pydantic's finding in our words, where they are plainer."""
    context = item.get("ctx", {})
    limits = {
        "greater_than_equal": ("must be at least {ge}", "ge"),
        "greater_than": ("must be more than {gt}", "gt"),
        "less_than_equal": ("must be at most {le}", "le"),
        "less_than": ("must be less than {lt}", "lt"),
        "multiple_of": ("must be a multiple of {multiple_of}", "multiple_of"),
    }
    if item["type"] in limits:
        words, key = limits[item["type"]]
        return "The value " + words.format(**{key: f"{context[key]:g}"}) + "."
    if item["type"] in ("int_parsing", "int_type", "int_from_float"):
        return "Write a whole number."
    if item["type"] in ("float_parsing", "float_type"):
        return "Write a number."
    if item["type"] == "missing" or item["type"] == "string_too_short":
        return "This must be filled in."
    if item["type"] == "value_error":
        return str(context.get("error", item["msg"]))
    message = str(item["msg"])
    return message[:1].upper() + message[1:] + ("" if message.endswith(".") else ".")
