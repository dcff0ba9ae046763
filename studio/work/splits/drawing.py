"""Drawing parts so that little moves when the data grows: what is drawn hangs on names and a seed, not on the order."""

from collections.abc import Collection, Iterable, Mapping
from hashlib import blake2b


def lot(seed: int, name: str) -> int:
    """A whole number that looks random, from 0 to 2**64 - 1: always the same for a seed and a name."""
    digest = blake2b(name.encode("utf-8", "surrogateescape"), digest_size=8, key=seed.to_bytes(8, "big")).digest()
    return int.from_bytes(digest, "big")


def in_drawn_order(seed: int, names: Iterable[str]) -> list[str]:
    """The names by their lots; a new name comes between the others and leaves their order as it is."""
    return sorted(names, key=lambda name: (lot(seed, name), name))


def draw_groups(sizes: Mapping[str, int], seed: int, wanted: float, taken: Collection[str] = ()) -> set[str]:
    """Whole groups that hold about `wanted` rows, and at least one group where two are free; one stays free always.

    Groups are taken in drawn order, each that brings the sum closer to what is wanted. So the sum misses it by less
    than the largest group. sizes: rows by group. taken: groups that are not free any more.
    """
    order = [name for name in in_drawn_order(seed, sizes) if name not in taken and sizes[name] > 0]
    if len(order) < 2 or wanted <= 0:
        return set()
    drawn: set[str] = set()
    missing = wanted
    for name in order:
        if missing > 0 and sizes[name] <= 2 * missing and len(drawn) < len(order) - 1:
            drawn.add(name)
            missing -= sizes[name]
    return drawn or {min(order, key=sizes.__getitem__)}
