"""A picture's tags stand under it, so nothing is drawn on it."""

from studio.base.targets import Tags
from studio.gui.looks import Canvas


def paint(target: Tags, canvas: Canvas) -> None:
    """Nothing: the names and the colours stand under the picture."""
