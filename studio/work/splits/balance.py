"""A share of the rows that has its share of every class: for one class a picture exact, for several balanced."""

from collections import Counter
from collections.abc import Sequence
from heapq import heapify, heappop, heappush

Strata = Sequence[tuple[str, ...]]  # of each row: its classes, each once


def draw_share(order: Sequence[int], strata: Strata, share: float, keep_both: bool = True) -> set[int]:
    """The rows of `order` that make up a share (0 to 1) of them; of each class those that come first.

    order: rows in drawn order. strata: of all rows, by number. keep_both: every class with at least two rows is then
    among what is drawn and among the rest, and one with a single row among the rest (for several classes a picture
    as far as that can be). Drawing the first of each class moves few rows when a class gets another picture.
    """
    if all(len(strata[row]) == 1 for row in order):
        drawn = _of_each_class(order, strata, share, keep_both)
    else:
        drawn = _of_all_classes(order, strata, share, keep_both)
    if keep_both and len(order) >= 2:
        drawn = drawn or {order[0]}
        drawn = drawn - {order[-1]} if len(drawn) == len(order) else drawn
    return drawn


def _of_each_class(order: Sequence[int], strata: Strata, share: float, keep_both: bool) -> set[int]:
    """Each class gives its share rounded down; the largest remainders give one more, until the whole share is there."""
    rows_of: dict[str, list[int]] = {}
    for row in order:
        rows_of.setdefault(strata[row][0], []).append(row)
    wanted = {name: round(share * len(rows), 9) for name, rows in rows_of.items()}
    take: dict[str, int] = {}
    for name, rows in rows_of.items():
        low, high = (min(1, len(rows) - 1), len(rows) - 1) if keep_both else (0, len(rows))
        take[name] = min(max(int(wanted[name]), low), high)
    missing = int(share * len(order) + 0.5) - sum(take.values())
    for name in sorted(wanted, key=lambda name: (take[name] - wanted[name], name)):
        room = len(rows_of[name]) - take[name] - keep_both
        if missing > 0 and room > 0 and take[name] < wanted[name]:
            take[name] += 1
            missing -= 1
    return {row for name, rows in rows_of.items() for row in rows[: take[name]]}


def _of_all_classes(order: Sequence[int], strata: Strata, share: float, keep_both: bool) -> set[int]:
    """The rarest class first: it gives what it still owes, and its other rows belong to the rest.

    Source: the order of the work is Sechidis, Tsoumakas and Vlahavas 2011, "On the Stratification of Multi-Label
    Data", algorithm 1. There a class deals its rows one after another; here its first rows go to one side together.
    """
    rows_of: dict[str, list[int]] = {}
    for row in order:
        for name in strata[row]:
            rows_of.setdefault(name, []).append(row)
    left = {name: len(rows) for name, rows in rows_of.items()}
    drawn: set[int] = set()
    rest: set[int] = set()
    in_drawn: Counter[str] = Counter()
    queue = [(count, name) for name, count in left.items()]
    heapify(queue)
    while queue:
        count, name = heappop(queue)
        if count != left[name] or not count:
            continue  # an entry from before other classes took rows of this one
        free = [row for row in rows_of[name] if row not in drawn and row not in rest]
        total = len(rows_of[name])
        take = int(share * total - in_drawn[name] + 0.5)
        if keep_both:
            is_in_rest = total - len(free) > in_drawn[name]
            take = max(take, int(total > 1 and not in_drawn[name]))
            take = min(take, len(free) if is_in_rest else len(free) - 1)
        take = min(max(take, 0), len(free))
        drawn.update(free[:take])
        rest.update(free[take:])
        for place, row in enumerate(free):
            for other in strata[row]:
                in_drawn[other] += place < take
                left[other] -= 1
                heappush(queue, (left[other], other))
    free = [row for row in order if not strata[row]]
    take = int(share * len(order) - len(drawn) + 0.5)
    drawn.update(free[: max(take, 0)])
    rest.update(free[max(take, 0) :])
    if keep_both:
        _mend(drawn, rest, rows_of, strata)
    return drawn


def _mend(drawn: set[int], rest: set[int], rows_of: dict[str, list[int]], strata: Strata) -> None:
    """Bring classes that are on one side only to the other too, where no other class is lost by that."""
    counts = {side: Counter(name for row in rows for name in strata[row]) for side, rows in ((0, drawn), (1, rest))}
    sides = (drawn, rest)
    for name in sorted(rows_of, key=lambda name: (len(rows_of[name]), name)):
        if len(rows_of[name]) < 2:
            continue
        for to in (0, 1):
            if counts[to][name]:
                continue
            for row in rows_of[name]:
                # A class stays behind if it has another row there, or if it has no other row at all.
                if all(counts[1 - to][other] > 1 or len(rows_of[other]) == 1 for other in strata[row]):
                    sides[1 - to].remove(row)
                    sides[to].add(row)
                    counts[1 - to].subtract(strata[row])
                    counts[to].update(strata[row])
                    break
