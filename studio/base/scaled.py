"""A label's places in a picture of another size."""

from dataclasses import replace

from studio.base.targets import Objects, Place, Points, Target


def scaled(target: Target | None, across: float, down: float) -> Target | None:
    """The same label where the picture has become `across` times as wide and `down` times as high.

    A mask's file stays as it is: whoever reads it brings it to the size that is wanted.
    """
    match target:
        case Points(places):
            moved = (Place(p.x_px * across, p.y_px * down, p.is_hidden) if p else None for p in places)
            return Points(tuple(moved))
        case Objects(things):
            return Objects(
                tuple(
                    replace(
                        thing,
                        left_px=thing.left_px * across,
                        top_px=thing.top_px * down,
                        right_px=thing.right_px * across,
                        bottom_px=thing.bottom_px * down,
                        outline=tuple(_scaled_ring(ring, across, down) for ring in thing.outline),
                    )
                    for thing in things
                )
            )
    return target


def _scaled_ring(ring: tuple[float, ...], across: float, down: float) -> tuple[float, ...]:
    return tuple(value * (down if place % 2 else across) for place, value in enumerate(ring))
