"""How a picture's one class is shown: its name and its colour, the same on every page."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Self

from studio.app.label_states import ShownClass
from studio.imaging.palettes import class_colour


class Shown(NamedTuple):
    """What stands under a picture: names, and a colour (#RRGGBB) for each."""

    labels: tuple[str, ...]
    colours: tuple[str, ...]


class ClassLook:
    """The colours of the classes, by their order; `colour_indices` where a class has a colour of its own choice."""

    def __init__(self, classes: Sequence[str], colour_indices: Mapping[str, int] | None = None) -> None:
        self.classes = tuple(classes)
        self._indices = {name: place for place, name in enumerate(self.classes)} | dict(colour_indices or {})

    @classmethod
    def of(cls, classes: Iterable[ShownClass]) -> Self:
        """The look of a label set's classes, as `Labeling.shown_classes` gives them."""
        shown = list(classes)
        return cls([each.name for each in shown], {each.name: each.colour_index for each in shown})

    def colour(self, name: str) -> str:
        """The colour of a class as #RRGGBB; a class that nobody knows has that of the next new one."""
        red, green, blue = class_colour(self._indices.get(name, len(self.classes)))
        return f"#{red:02X}{green:02X}{blue:02X}"

    def shown(self, target: str | None) -> Shown:
        """How a target is shown; nothing for a picture that is not labeled."""
        return Shown((target,), (self.colour(target),)) if target else Shown((), ())
