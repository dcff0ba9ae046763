"""Neighbouring frames of a video, or slices of a stack, on both sides of the split."""

from collections.abc import Iterator

from studio.base.wording import count_words
from studio.work.health.data import Data, Found, Pair
from studio.work.health.sequences import SHORT, Sequence, find_sequences, one_sequence
from studio.work.survey.likeness import differing_bits

_EDGES = 2  # where a stretch inside a sequence begins and ends; the honest way to split a single video


def find_neighbours(data: Data) -> Iterator[Found]:
    """One finding for all sequences that the split cuts into more pieces than it must."""
    cut = [item for item in find_sequences(data) if is_cut_up(data, item)]
    pairs = [pair for item in cut for pair in _divided(data, item)]
    if not pairs:
        return
    held = {place for item in cut for place in item.places if data.table.rows[place].part in ("valid", "test")}
    beside = {place for pair in pairs for place in (pair.first, pair.second)} & held
    names = ", ".join(f"'{item.name or data.table.root.rpartition('/')[2]}'" for item in cut[:3])
    names += f" and {len(cut) - 3} more" if len(cut) > 3 else ""
    message = (
        f"Pictures in {names} look like their neighbours, as frames of a video or pictures of one person do, and "
        f"{len(beside)} of {count_words(len(held), 'picture')} kept aside have a training picture as neighbour: "
        "the score will be better than the model is."
    )
    hint = "Keep neighbours together: split by group, or check on the last part of each sequence."
    if one_sequence(data):
        hint = "Check on the last part of the sequence, or let the split keep stretches of it together."
    yield Found("warning", message, hint, "split", pairs=tuple(pairs), can_group=True)


def is_cut_up(data: Data, sequence: Sequence) -> bool:
    """Whether parts change more often along a sequence than one stretch for checking needs."""
    allowed = _EDGES if len(sequence.places) >= SHORT else 0
    return len(_divided(data, sequence)) > allowed


def _divided(data: Data, sequence: Sequence) -> list[Pair]:
    hashes = data.looks["hash"]
    return [
        Pair(first, second, int(differing_bits(hashes[first], hashes[second])))
        for first, second in sequence.successors()
        if data.is_divided(first, second)
    ]
