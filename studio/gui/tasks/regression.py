"""A picture's numbers stand under it, so nothing is drawn on it."""

from studio.base.targets import Numbers
from studio.gui.looks import Canvas


def paint(target: Numbers, canvas: Canvas) -> None:
    """Nothing: the numbers stand under the picture."""
