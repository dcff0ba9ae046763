"""How labels look, the same on every page: the colours of the classes, and what a target is called."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QPainter

from studio.app.label_states import ShownClass
from studio.base.targets import Skeleton, Target, class_names_in, kind_of, target_words
from studio.imaging.palettes import class_colour

MOST_FEET = 8  # colours under a thumbnail; more could not be told apart


class Shown(NamedTuple):
    """What stands under a picture: names, and a colour (#RRGGBB) for each."""

    labels: tuple[str, ...]
    colours: tuple[str, ...]


class ClassLook:
    """The colours of the classes, by their order; `colour_indices` where a class has a colour of its own choice."""

    def __init__(
        self,
        classes: Sequence[str],
        colour_indices: Mapping[str, int] | None = None,
        skeleton: Skeleton | None = None,
    ) -> None:
        self.classes = tuple(classes)
        self.skeleton = skeleton
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

    def shown(self, target: Target | None) -> Shown:
        """How a target is named; nothing for a picture that is not labeled."""
        if target is None:
            return Shown((), ())
        names = tuple(dict.fromkeys(class_names_in(target)))[:MOST_FEET]
        words = names if isinstance(target, str) or (kind_of(target) == "tags" and names) else (target_words(target),)
        return Shown(words, tuple(self.colour(name) for name in names) or (self.colour(""),))


@dataclass(frozen=True)
class Canvas:
    """What a task draws with: a painter in the drawing's pixels, which are `scale` times the picture's."""

    painter: QPainter
    look: ClassLook
    scale: float
    mask_hw: NDArray[np.uint8] | None

    def colour(self, name: str) -> QColor:
        return QColor(self.look.colour(name))
