"""A picture's one class stands under it, so nothing is drawn on it."""

from studio.gui.looks import Canvas


def paint(target: str, canvas: Canvas) -> None:
    """Nothing: the name and the colour stand under the picture."""
