"""How the program looks: makes the palette and the style sheet of a theme from the tokens, and applies them.

Widgets carry roles (`role`, `tone`, `wrong` …) as dynamic properties; `style/sheet.qss` says what a role looks like.
"""

import functools
import string
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QDir, Qt, QTemporaryDir
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from studio.base import paths
from studio.gui import icons, tokens
from studio.gui.tokens import colour, font, look, ms, px

__all__ = ["ThemeChoice", "apply", "colour", "font", "look", "ms", "palette", "px", "set_property", "sheet"]

ThemeChoice = Literal["light", "dark", "system"]

# Parts of Qt's own controls that only a picture file can draw: file name, icon, token.
_CONTROL_PICTURES = [
    ("down", "chevron_down", "quiet"), ("down_off", "chevron_down", "disabled"),
    ("up", "chevron_up", "quiet"), ("up_off", "chevron_up", "disabled"),
    ("right", "chevron_right", "quiet"),
    ("check", "check", "accent_text"), ("check_off", "check", "disabled"),
    ("partly", "minus", "accent_text"), ("dot", "mark_ready", "accent_text"),
    ("menu_check", "check", "accent"),
]  # fmt: skip


@functools.cache
def _picture_folder(theme: tokens.Theme) -> QTemporaryDir:
    folder = QTemporaryDir(QDir.tempPath() + "/studio-style-XXXXXX")
    for file_name, icon_name, token in _CONTROL_PICTURES:
        svg = icons.icon_svg(icon_name, tokens.colours(theme)[token])
        Path(folder.path(), f"{file_name}.svg").write_text(svg, encoding="utf-8")
    return folder


def sheet(theme: tokens.Theme) -> str:
    """The style sheet of a theme: `style/sheet.qss` with every $name replaced by its token."""
    declared = tokens.declared()
    two_lines = 2 * declared["px"]["line_width"]
    values: dict[str, object] = {**tokens.colours(theme), **declared["px"], "pictures": _picture_folder(theme).path()}
    for name in ("control", "control_dense", "tick"):
        values[f"{name}_inner"] = declared["px"][name] - two_lines
    for name, kind in declared["type"].items():
        if isinstance(kind, dict):
            values[f"type_{name}"] = f"font-size: {kind['px']}px; font-weight: {kind['weight']};"
    text = (paths.resources() / "style" / "sheet.qss").read_text(encoding="utf-8")
    return string.Template(text).substitute(values)


_ROLE = QPalette.ColorRole
_PALETTE = {
    _ROLE.Window: "canvas", _ROLE.WindowText: "text", _ROLE.Base: "surface", _ROLE.AlternateBase: "hover",
    _ROLE.Text: "text", _ROLE.Button: "surface", _ROLE.ButtonText: "text", _ROLE.BrightText: "wrong",
    _ROLE.Highlight: "accent", _ROLE.HighlightedText: "accent_text", _ROLE.Accent: "accent",
    _ROLE.Link: "accent", _ROLE.LinkVisited: "accent", _ROLE.PlaceholderText: "quiet",
    _ROLE.ToolTipBase: "surface", _ROLE.ToolTipText: "text",
    _ROLE.Light: "hover", _ROLE.Midlight: "hover", _ROLE.Mid: "line", _ROLE.Dark: "line_strong",
    _ROLE.Shadow: "line_strong",
}  # fmt: skip
_PALETTE_OFF = {_ROLE.WindowText: "disabled", _ROLE.Text: "disabled", _ROLE.ButtonText: "disabled"}


def palette(theme: tokens.Theme) -> QPalette:
    """Qt's palette of a theme, for what the style sheet does not reach."""
    made = QPalette()
    for role, token in _PALETTE.items():
        made.setColor(role, QColor(tokens.colours(theme)[token]))
    for role, token in _PALETTE_OFF.items():
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens.colours(theme)[token]))
    return made


def _system_theme() -> tokens.Theme:
    return "dark" if QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark else "light"


def apply(app: QApplication, theme: ThemeChoice) -> None:
    """Dress the whole program in a theme; "system" follows the desktop from now on."""
    hints = app.styleHints()
    app.setProperty("theme_choice", theme)
    if not app.property("follows_desktop"):
        app.setProperty("follows_desktop", True)
        hints.colorSchemeChanged.connect(lambda: _follow(app))
    if theme == "system":
        hints.unsetColorScheme()
    else:
        hints.setColorScheme(Qt.ColorScheme.Dark if theme == "dark" else Qt.ColorScheme.Light)
    _dress(app, _system_theme() if theme == "system" else theme)


def _follow(app: QApplication) -> None:
    if app.property("theme_choice") == "system":
        _dress(app, _system_theme())


def _dress(app: QApplication, theme: tokens.Theme) -> None:
    if look.theme == theme and app.styleSheet():
        return  # dressing every widget again takes a third of a second in a full window
    look.theme = theme
    if app.style().name() != "fusion":
        app.setStyle("Fusion")
    app.setFont(font())
    app.setPalette(palette(theme))
    app.setStyleSheet(sheet(theme))
    look.changed.emit()


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Give a widget a dynamic property and let the style sheet look at it again."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()
