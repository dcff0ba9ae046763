"""Pictures that are there more than once: the same file under another name, or almost the same picture."""

from collections import defaultdict
from collections.abc import Iterator

from studio.base.errors import UserError
from studio.base.wording import count_words
from studio.imaging.identity import content_hash
from studio.work.health.data import Data, Found, Pair
from studio.work.health.search import look_alikes
from studio.work.health.sequences import one_sequence

_GROUP = "Let the split keep look-alikes together."


def find_duplicates(data: Data) -> Iterator[Found]:
    """Copies and look-alikes, told apart by whether they stand on both sides of the split."""
    copies = list(exact_copies(data))
    same = {(pair.first, pair.second) for pair in copies}
    alike = [pair for pair in look_alikes(data) if (pair.first, pair.second) not in same]
    yield from _divided_copies(data, copies)
    yield from _divided_look_alikes(data, alike)
    yield from _contradictions(data, copies)
    kept = [pair for pair in copies + alike if not data.is_divided(pair.first, pair.second)]
    if kept:
        count = len({place for pair in kept for place in (pair.first, pair.second)})
        message = f"{count_words(count, 'picture')} look almost the same as another one on the same side of the split."
        yield Found("info", message, "They count more than others; leave some out.", "source", pairs=tuple(kept))


def exact_copies(data: Data) -> Iterator[Pair]:
    """Each file that has the same bytes as an earlier one, with that one."""
    candidates: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for place in data.seen:
        look = data.looks[place]
        candidates[int(look["size_bytes"]), int(look["hash"])].append(int(place))
    for places in candidates.values():
        if len(places) < 2:
            continue
        first_with: dict[str, int] = {}
        for place in places:
            if data.should_stop():
                return
            content = _content(data, place)
            first = first_with.setdefault(content, place)
            if content and first != place:
                yield Pair(first, place, 0)


def _content(data: Data, place: int) -> str:
    try:
        return content_hash(data.path(place))
    except UserError:  # gone since it was looked at
        return ""


def _divided_copies(data: Data, copies: list[Pair]) -> Iterator[Found]:
    divided = [_training_first(data, pair) for pair in copies if data.is_divided(pair.first, pair.second)]
    if divided:
        count = len({pair.second for pair in divided})
        message = (
            f"{count_words(count, 'picture')} kept aside to check the model {'is' if count == 1 else 'are'} also among "
            "the training pictures, under another name: the model is asked what it was told."
        )
        yield Found("error", message, _GROUP, "split", pairs=tuple(divided), can_group=True)


def _divided_look_alikes(data: Data, alike: list[Pair]) -> Iterator[Found]:
    divided = [_training_first(data, pair) for pair in alike if data.is_divided(pair.first, pair.second)]
    if not divided:
        return
    count = len({pair.second for pair in divided})
    message = (
        f"{count_words(count, 'picture')} kept aside to check the model {'looks' if count == 1 else 'look'} almost "
        "like a training picture: the score will be better than the model is."
    )
    # A sequence that is most of the data is split by stretches; look-alikes inside it cannot all be kept together.
    in_one = one_sequence(data)
    can_group = any(not (pair.first in in_one and pair.second in in_one) for pair in divided)
    hint = _GROUP if can_group else "They are of one sequence: leave a gap between the parts, or check on another one."
    yield Found("warning", message, hint, "split", pairs=tuple(divided), can_group=can_group)


def _contradictions(data: Data, copies: list[Pair]) -> Iterator[Found]:
    rows = data.table.rows
    against = [
        pair
        for pair in copies
        if isinstance(rows[pair.first].target, str)
        and isinstance(rows[pair.second].target, str)
        and rows[pair.first].target != rows[pair.second].target
    ]
    if against:
        first, second = rows[against[0].first], rows[against[0].second]
        message = (
            f"The same picture has two different labels, {count_words(len(against), 'time')}: "
            f"'{first.image}' is '{first.target}', '{second.image}' is '{second.target}'."
        )
        yield Found("warning", message, "Correct one of the two labels.", "labels", pairs=tuple(against))


def _training_first(data: Data, pair: Pair) -> Pair:
    order = {"train": 0, "valid": 1, "test": 2}
    first, second = sorted((pair.first, pair.second), key=lambda place: order[data.table.rows[place].part])
    return Pair(first, second, pair.distance)
