"""What every block is: a frozen declaration from which form, command line, JSON, checks and help are derived."""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

Step = Literal["kind", "source", "labels", "split", "transforms", "batch", "model", "training"]


class Settings(BaseModel):
    """Some settings with a form. Subclasses set `title`, and say in their docstring what they do."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    title: ClassVar[str]

    @classmethod
    def help(cls) -> str:
        """What they do, for the form: the docstring's first paragraph."""
        return " ".join((cls.__doc__ or "").split("\n\n")[0].split())

    def summary(self) -> str:
        """The settings in a few words, for the card; subclasses say it better than their title."""
        return self.title


class Block(Settings):
    """One step of a recipe. Subclasses set `step` and `icon` too."""

    step: ClassVar[Step]
    icon: ClassVar[str]


@dataclass(frozen=True)
class ReadyList:
    """A list of items that can be taken as it is: what it is called, and what it is good for."""

    title: str
    about: str
    items: tuple["Item", ...]


class Item(Settings):
    """One of several in a list, which is a setting of a block: a field of the type `tuple[SomeItem, ...]`."""

    def shown_name(self, number: int) -> str:
        """What it is called; `number`: its place in the list, from 1."""
        return f"{self.title} {number}"

    @classmethod
    def ready_lists(cls) -> tuple[ReadyList, ...]:
        """What a user can begin with instead of an empty list."""
        return ()


def setting(
    default: Any = ...,
    *,
    title: str,
    help: str,
    unit: str = "",
    more: bool = False,
    widget: str = "",
    words: dict[str, str] | None = None,
    shown_when: tuple[str, str] | None = None,
    **limits: Any,
) -> Any:
    """A field of a block.

    title, help: plain words for the form.  unit: stands inside the field; numbers without one are counts or factors.
    more: folded under "More".  widget: "folder", "label_set" or "encoder" where the type alone does not tell.
    words: what each value of a Literal is called.  shown_when: (field, value), the choice that makes this one matter;
    "" is also an empty list.
    limits: ge, le, gt, lt, multiple_of, min_length as pydantic.
    """
    extra: Any = {"unit": unit, "more": more, "widget": widget, "words": words or {}, "shown_when": shown_when}
    return Field(default, title=title, description=help, json_schema_extra=extra, **limits)
