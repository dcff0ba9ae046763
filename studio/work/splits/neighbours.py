"""Whether file names look like frames of a sequence, and the split that is honest then. No picture is opened."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import gcd
from statistics import median

from studio.base.order import natural_key
from studio.base.wording import count_words
from studio.blocks.recipe import AnySplit
from studio.blocks.split.by_group import GroupSplit
from studio.blocks.split.last_part import LastPartSplit
from studio.blocks.table import DataTable, Row
from studio.work.labelers.bad_setting import BadSetting
from studio.work.splits.drawing import draw_groups
from studio.work.splits.groups import groups_of

FEWEST_PICTURES = 8  # fewer say nothing about how they are numbered
FEWEST_NUMBERS = 5  # a sequence has at least so many
DENSE = 0.5  # so many of the possible numbers are there: 0, 1, 3, 4, 6, 7 and so on
SAMPLED_STEP = 5  # all numbers are multiples of such a step: every 30th frame of a video
SAMPLED_NUMBERS = 8  # of so many numbers without an order that would be a rare accident
WHOLE_SEQUENCES = (0.1, 0.5)  # the share that whole sequences may validate with
GAP_SHARE = 0.05  # of a sequence is left out between the parts ...
LONGEST_GAP = 50  # ... but never more pictures than this

# The part of the path before the number of a frame: 'Seq05VD' of 'images/Seq05VD_f02070.png'. The last number counts.
SEQUENCE_NAME = r"([^/]*?)[_. -]?(?:f|fr|frame|img|image)?[_-]?\d+[^\d/]*\.[^./]+$"
_NUMBERED = re.compile(r"^(?P<before>.*?)(?P<number>\d+)(?P<after>[^\d/]*)\.[^./]+$")
_FRAME_WORD = re.compile(r"(?:^|[_. /-])(?:f|fr|frame)[_-]?$", re.IGNORECASE)


@dataclass(frozen=True)
class _Sequence:
    """Pictures whose paths differ in one number only."""

    before: str
    numbers: tuple[int, ...]
    places: tuple[int, ...]  # in the list of images

    @property
    def folder(self) -> str:
        return self.before.rpartition("/")[0]

    def is_frames(self, but_not_counted: bool) -> bool:
        """Whether the numbers are those of frames. but_not_counted: numbers without a hole are no sign of it."""
        numbers = sorted(set(self.numbers))
        if len(numbers) < FEWEST_NUMBERS:
            return False
        step = gcd(*(after - before for before, after in pairwise(numbers)))
        possible = (numbers[-1] - numbers[0]) // step + 1
        is_sampled = step >= SAMPLED_STEP and len(numbers) >= SAMPLED_NUMBERS
        is_dense = len(numbers) >= DENSE * possible and not but_not_counted
        return is_sampled or is_dense or bool(_FRAME_WORD.search(self.before))


def propose_split(images: Sequence[str], classes: Sequence[str | None] = ()) -> tuple[AnySplit, str] | None:
    """The split for pictures that look like frames of sequences and the reason in a sentence; None for other pictures.

    images: paths below the source's folder, forward slashes. classes: of each picture where it has one class; then no
    sequences are kept apart that would take all pictures of a class with them, and names that only count from 1 on,
    as collections of single photographs often do, are no sign of frames.
    """
    sequences = _sequences(images)
    frames = sum(len(item.places) for item in sequences if item.is_frames(but_not_counted=any(classes)))
    if len(images) < FEWEST_PICTURES or 2 * frames < len(images):
        return None
    rule = _rule(sequences, images)
    return _whole_sequences(rule, images, classes) or _last_parts(rule, sequences, images)


def _sequences(images: Sequence[str]) -> list[_Sequence]:
    places: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for place, image in enumerate(images):
        match = _NUMBERED.match(image)
        before, number, after = match.group("before", "number", "after") if match else (image, "0", "")
        places.setdefault((before, after), []).append((int(number), place))
    return [
        _Sequence(before, tuple(number for number, _ in found), tuple(place for _, place in found))
        for (before, _), found in places.items()
    ]


def _rule(sequences: list[_Sequence], images: Sequence[str]) -> GroupSplit:
    """What tells the sequences apart: their folders, or, where several lie in one folder, a part of the name.

    The simple expression is taken where it finds the same as the exact one.
    """
    by_folder = GroupSplit(group_by="folder")
    if max(Counter(item.folder for item in sequences).values()) == 1:
        return by_folder
    exact, simple = GroupSplit(group_by="pattern", pattern=SEQUENCE_NAME), GroupSplit(group_by="pattern")
    names = _groups(exact, images)
    if len(set(names)) < 2:
        return by_folder
    pairs = set(zip(names, _groups(simple, images), strict=False))
    return simple if 1 < len(pairs) == len({one for one, _ in pairs}) == len({other for _, other in pairs}) else exact


def _groups(rule: GroupSplit, images: Sequence[str]) -> list[str]:
    """The sequence of each picture; nothing where the rule finds none."""
    try:
        return groups_of(rule, DataTable(root="", rows=[Row(image) for image in images]))[0]
    except BadSetting:
        return []


def _whole_sequences(
    rule: GroupSplit, images: Sequence[str], classes: Sequence[str | None]
) -> tuple[AnySplit, str] | None:
    """A group split, where some of the sequences can validate and the others still train every class."""
    groups = _groups(rule, images)
    sizes = Counter(groups)
    valid = draw_groups(sizes, rule.seed, rule.valid_percent / 100 * len(images))
    share = sum(sizes[name] for name in valid) / len(images)
    if not WHOLE_SEQUENCES[0] <= share <= WHOLE_SEQUENCES[1]:
        return None
    if any(classes):
        checked = {name for name, group in zip(classes, groups, strict=True) if name and group in valid}
        trained = {name for name, group in zip(classes, groups, strict=True) if name and group not in valid}
        if checked != trained:
            return None
    example = min(sizes, key=natural_key)
    reason = (
        f"{_looks_like(images)}. Whole sequences are kept for checking: there are {len(sizes)}, such as '{example}'."
    )
    return rule, reason


def _last_parts(rule: GroupSplit, sequences: list[_Sequence], images: Sequence[str]) -> tuple[AnySplit, str]:
    """The end of each sequence, with a gap that fits how long they are."""
    long = [len(item.places) for item in sequences if len(item.places) >= FEWEST_NUMBERS]
    gap = min(LONGEST_GAP, max(1, round(GAP_SHARE * median(long))))
    split = LastPartSplit(group_by=rule.group_by, pattern=rule.pattern, gap=gap)
    between = count_words(gap, "picture")
    return split, f"{_looks_like(images)}. The end of each sequence is kept for checking, {between} before it not used."


def _looks_like(images: Sequence[str]) -> str:
    names = [image.rpartition("/")[2] for image in sorted(images, key=natural_key)[:2]]
    return f"The pictures are numbered like frames or slices ({', '.join(names)}, …), and neighbours look alike"
