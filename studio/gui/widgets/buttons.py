"""Buttons in the roles that the style sheet knows; a button made from an action follows that action."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from studio.gui import icons
from studio.gui.style import px
from studio.gui.widgets.text import plain_tip

_ICON_COLOURS = {"primary": "accent_text", "link": "accent"}


def button(text: str, role: str = "plain", icon: str = "", *, dense: bool = False) -> QPushButton:
    """A push button; `role` is primary (one a page), plain, quiet or link."""
    made = QPushButton()
    _dress(made, role, icon)
    made.setText(text)
    made.setProperty("dense", dense)
    made.setAccessibleName(text.replace("&", ""))
    return made


def _dress(made: QPushButton, role: str, icon: str) -> None:
    made.setProperty("role", role)
    made.setAutoDefault(False)
    if icon:
        colour = _ICON_COLOURS.get(role, "text")
        made.setIcon(icons.icon(icon, colour, checked=colour if role == "primary" else "accent"))
        made.setIconSize(QSize(px("icon_s") + px("gap_xs"), px("icon_s")))


def icon_button(icon: str, name: str, *, small: bool = False, colour: str = "quiet") -> QToolButton:
    """A button that is only an icon; `name` is its tooltip and what a screen reader says."""
    made = QToolButton()
    made.setIcon(icons.icon(icon, colour))
    side = px("icon_s") if small else px("icon_m")
    made.setIconSize(QSize(side, side))
    made.setProperty("role", "small" if small else "icon")
    made.setToolTip(name)
    made.setAccessibleName(name)
    return made


class ActionButton(QPushButton):
    """A push button that triggers `action` and takes over its text, tooltip, and whether it is allowed."""

    def __init__(self, action: QAction, role: str = "plain", icon: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        _dress(self, role, icon)
        self._action = action
        self._put_away = False
        self._follow()
        action.changed.connect(self._follow)
        self.clicked.connect(lambda: self._action.trigger())

    def _follow(self) -> None:
        action = self._action
        text, _, bare_key = action.text().partition("\t")  # behind a tab: a key that works on one page only
        self.setText(text)
        self.setAccessibleName(text.replace("&", ""))
        keys = action.shortcut().toString() or bare_key
        # Qt makes a tooltip of the text where none was given; said twice it helps nobody.
        tip = action.toolTip() if action.toolTip().partition("\t")[0] not in (action.iconText(), text) else ""
        self.setToolTip(plain_tip(" · ".join(part for part in (tip, keys) if part)))
        self.setEnabled(action.isEnabled())
        # Only on a change: showing a button that has no parent yet would open a window of its own.
        if action.isVisible() == self._put_away:
            self._put_away = not action.isVisible()
            self.setHidden(self._put_away)
