"""What an edit of the project changed, so that a window reads again just that."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

EditState = Literal["done", "undone", "abandoned", "settled"]


@dataclass(frozen=True)
class Changes:
    """What is different now; all False when nothing is. `image` is set when it concerns one picture alone."""

    recipe: bool = False
    images: bool = False
    labels: bool = False
    classes: bool = False
    image: str | None = None

    def __bool__(self) -> bool:
        return self.recipe or self.images or self.labels or self.classes


@dataclass(frozen=True)
class Undone:
    """What was taken back or done again: the title of the edit, the picture to show, and what changed."""

    title: str
    image: str | None
    changes: Changes


@dataclass(frozen=True)
class PastEdit:
    """One line of the history. `at` is in UTC; an abandoned edit was undone and then another edit was made;
    a settled one belongs to the project's making, and undo does not reach it."""

    id: int
    at: datetime
    author: str
    title: str
    image: str | None
    state: EditState
