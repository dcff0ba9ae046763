"""Icons and drawings of the program: SVG files recoloured with the tokens, at any size, in the theme that is on."""

import functools
import re

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from studio.base import paths
from studio.gui import tokens


@functools.cache
def names() -> frozenset[str]:
    """The icons there are."""
    return frozenset(path.stem for path in (paths.resources() / "icons").glob("*.svg"))


@functools.cache
def _text(folder: str, name: str) -> str:
    return (paths.resources() / folder / f"{name}.svg").read_text(encoding="utf-8")


def icon_svg(name: str, colour: str) -> str:
    """The SVG text of an icon drawn in `colour` (#RRGGBB)."""
    return _text("icons", name).replace("currentColor", colour)


def drawing_svg(name: str, theme: tokens.Theme) -> str:
    """The SVG text of a drawing; its `var(--token)` colours are those of `theme`."""
    colours = tokens.colours(theme)
    return re.sub(r"var\(--(\w+)\)", lambda found: colours[found[1]], _text("drawings", name))


@functools.lru_cache(maxsize=512)
def _rendered(svg: str, width_px: int, height_px: int) -> QPixmap:
    """The SVG at the left of a transparent pixmap, as high as that and as wide as its own form wants."""
    pixmap = QPixmap(width_px, height_px)
    pixmap.fill(Qt.GlobalColor.transparent)
    renderer = QSvgRenderer(QByteArray(svg.encode()))
    form = renderer.viewBoxF()
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, form.width() * height_px / form.height(), height_px))
    painter.end()
    return pixmap


def paint_icon(painter: QPainter, rect: QRect, name: str, colour: str = "text") -> None:
    """Draw an icon into `rect` in a token's colour, sharp at the painter's own scale."""
    scale = painter.device().devicePixelRatioF()
    size = rect.size() * scale
    svg = icon_svg(name, tokens.colours(tokens.look.theme)[colour])
    painter.drawPixmap(rect, _rendered(svg, size.width(), size.height()))


def drawing(name: str) -> QPixmap:
    """A quiet drawing for an empty page, in the theme that is on."""
    scale = QGuiApplication.primaryScreen().devicePixelRatio()
    width, height = tokens.px("drawing_width"), tokens.px("drawing_height")
    svg = drawing_svg(name, tokens.look.theme)
    pixmap = QPixmap(_rendered(svg, round(width * scale), round(height * scale)))
    pixmap.setDevicePixelRatio(scale)
    return pixmap


class _TokenIcon(QIconEngine):
    """Draws one icon in the colours of the theme that is on when it is drawn, so a new theme needs no new icons."""

    def __init__(self, name: str, off: str, on: str) -> None:
        super().__init__()
        self._name, self._off, self._on = name, off, on

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        token = self._on if state == QIcon.State.On else self._off
        if mode == QIcon.Mode.Disabled:
            token = tokens.STAGE * token.startswith(tokens.STAGE) + "disabled"
        svg = icon_svg(self._name, tokens.colours(tokens.look.theme)[token])
        return _rendered(svg, size.width(), size.height())

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        scale = painter.device().devicePixelRatioF()
        painter.drawPixmap(rect, self.pixmap(rect.size() * scale, mode, state))

    def actualSize(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QSize:
        return size  # what is wider than high stays empty at the right: the gap to a button's word

    def clone(self) -> QIconEngine:
        return _TokenIcon(self._name, self._off, self._on)


def icon(name: str, colour: str = "text", checked: str = "accent") -> QIcon:
    """The icon called `name` in a token's colour, and in another one while its button is checked."""
    if name not in names():
        raise KeyError(f"no icon is called {name!r}")
    return QIcon(_TokenIcon(name, colour, checked))
