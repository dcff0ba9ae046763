"""The colour of a class as Qt wants it."""

from studio.imaging.palettes import class_colour


def class_hex(colour_index: int) -> str:
    """#RRGGBB of a colour of the palette."""
    return "#{:02X}{:02X}{:02X}".format(*class_colour(colour_index))
