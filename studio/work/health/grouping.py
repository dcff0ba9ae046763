"""Which pictures belong together, so that a split can keep them on one side."""

from itertools import pairwise
from pathlib import Path

from studio.blocks.recipe import Recipe
from studio.work.build import Surroundings
from studio.work.groups_file import write_groups
from studio.work.health.clusters import clusters_of
from studio.work.health.data import Data
from studio.work.health.duplicates import exact_copies
from studio.work.health.examination import OnProgressOf, take_stock
from studio.work.health.search import look_alikes
from studio.work.health.sequences import Sequence, find_sequences, is_most

# A sequence that holds most of the pictures is cut into so many stretches: a fifth for checking is then one of them.
_STRETCHES = 5


def group_pictures(recipe: Recipe, project: Path, around: Surroundings, on_progress: OnProgressOf) -> Path | None:
    """Write the project's list of groups; gives its path, or None when somebody wanted the work to stop."""
    data, _ = take_stock(recipe, around, on_progress)
    groups = make_groups(data)
    if around.should_stop():
        return None
    return write_groups(project, {data.image(place): name for place, name in groups.items()})


def make_groups(data: Data) -> dict[int, str]:
    """The group of each picture that belongs to others, by its place in the table.

    Look-alikes are together, and so are the pictures of a sequence. One that is most of the data cannot go to one
    side: its stretches are groups, and look-alikes inside it are left to them.
    """
    stretches = [stretch for item in find_sequences(data) for stretch in _stretches(item, data)]
    sequence_of = {place: number for number, (_, _, places) in enumerate(stretches) for place in places}
    whole_of = {place: whole for whole, _, places in stretches for place in places}
    pairs = [(places[0], place) for _, _, places in stretches for place in places[1:]]
    alike = [(pair.first, pair.second) for pair in (*exact_copies(data), *look_alikes(data))]
    for first, second in alike:
        if first not in whole_of or whole_of[first] != whole_of.get(second):
            pairs.append((first, second))
    names: dict[int, str] = {}
    for number, cluster in enumerate(clusters_of(pairs), start=1):
        in_sequence = next((sequence_of[place] for place in cluster if place in sequence_of), None)
        name = stretches[in_sequence][1] if in_sequence is not None else f"alike {number}"
        names |= dict.fromkeys(cluster, name)
    return names


def _stretches(sequence: Sequence, data: Data) -> list[tuple[str, str, tuple[int, ...]]]:
    """The sequence's own name, then each stretch's name and places."""
    name = sequence.name or "sequence"
    count = len(sequence.places)
    if not is_most(sequence, data) or count < _STRETCHES:
        return [(name, name, sequence.places)]
    edges = [round(number * count / _STRETCHES) for number in range(_STRETCHES + 1)]
    return [
        (name, f"{name} {number}", sequence.places[start:end])
        for number, (start, end) in enumerate(pairwise(edges), start=1)
    ]
