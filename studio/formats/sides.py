"""Which points change sides in a mirror, told from their names."""

import re

_OTHER = {"left": "right", "right": "left", "l": "r", "r": "l"}
# "left" and "right" anywhere in a name, "l" and "r" where they stand alone: l_eye, eye-r.
_SIDE = re.compile(r"left|right|(?<![a-z])[lr](?![a-z])")


def side_partners(names: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """Pairs of places in `names` that differ in left and right only."""
    places = {name.casefold(): place for place, name in enumerate(names)}
    found: set[tuple[int, int]] = set()
    for name, place in places.items():
        other = places.get(_SIDE.sub(lambda side: _OTHER[side.group()], name), place)
        if other != place:
            found.add((min(place, other), max(place, other)))
    return tuple(sorted(found))
