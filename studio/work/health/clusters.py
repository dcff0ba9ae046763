"""What belongs together, from pairs that do."""

from collections import defaultdict
from collections.abc import Iterable


def clusters_of(pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Everything that is joined by a chain of pairs, each cluster in ascending order, the first member deciding.

    Source: Galler and Fischer, An improved equivalence algorithm, 1964, with paths halved.
    """
    parent: dict[int, int] = {}

    def root(item: int) -> int:
        while parent.setdefault(item, item) != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    for first, second in pairs:
        one, other = root(first), root(second)
        parent[max(one, other)] = min(one, other)
    members: defaultdict[int, list[int]] = defaultdict(list)
    for item in sorted(parent):
        members[root(item)].append(item)
    return [members[key] for key in sorted(members)]
