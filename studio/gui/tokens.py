"""The tokens of the look, read once from `style/tokens.json`: colours, sizes, fonts and times, by name.

Painters ask here; everything else is reached by the style sheet. No widget writes a colour, size or font.
"""

import functools
import json
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase

from studio.base import paths

Theme = Literal["light", "dark"]
STAGE = "stage_"  # what stands on the neutral grey around a picture uses the dark theme's tokens, always


class Look(QObject):
    """Which theme is on; `changed` is emitted after a new one has been applied."""

    changed = Signal()
    theme: Theme = "light"


look = Look()


@functools.cache
def declared() -> dict[str, Any]:
    """The token file as it stands."""
    text = (paths.resources() / "style" / "tokens.json").read_text(encoding="utf-8")
    tokens: dict[str, Any] = json.loads(text)
    return tokens


@functools.cache
def colours(theme: Theme) -> dict[str, str]:
    """Every colour of a theme as #RRGGBB, by name; `stage` and `stage_*` are the same in both."""
    themes = declared()["themes"]
    on_stage = {STAGE + name: value for name, value in themes["dark"].items()}
    return {**themes[theme], "stage": declared()["stage"], **on_stage}


def colour(name: str) -> QColor:
    """The colour called `name` in the theme that is on."""
    return QColor(colours(look.theme)[name])


def px(name: str) -> int:
    """A size in logical pixels."""
    return int(declared()["px"][name])


def ms(name: str) -> int:
    """A time in milliseconds."""
    return int(declared()["ms"][name])


@functools.cache
def font(name: str = "body") -> QFont:
    """The interface font in the size and weight called `name`; its digits are all equally wide. Not to be changed."""
    made = QFont()
    installed = set(QFontDatabase.families())
    wanted = [family for family in declared()["type"]["families"] if family in installed]
    system = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()
    made.setFamilies([*wanted, system])
    made.setPixelSize(declared()["type"][name]["px"])
    made.setWeight(QFont.Weight(declared()["type"][name]["weight"]))
    made.setFeature(QFont.Tag("tnum"), 1)
    return made
