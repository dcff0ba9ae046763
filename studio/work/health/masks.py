"""Masks that do not fit: unreadable, of another size than their picture, or with values that have no name."""

from collections import Counter
from collections.abc import Iterator

from studio.base.wording import count_words
from studio.work.health.data import Data, Found
from studio.work.health.turned import turned_rows
from studio.work.survey.masks import values_of
from studio.work.survey.records import SEEN

_SHOWN_VALUES = 5


def find_wrong_masks(data: Data) -> Iterator[Found]:
    """One finding for each of the three."""
    if data.mask_reasons:
        broken = tuple((data.image(place), reason) for place, reason in sorted(data.mask_reasons.items()))
        message = f"{count_words(len(broken), 'mask')} cannot be read: {broken[0][1]}"
        yield Found("error", message, "Mend them, or leave their pictures out.", "labels", pictures=broken)
    yield from _other_sizes(data)
    yield from _unnamed_values(data)


def _other_sizes(data: Data) -> Iterator[Found]:
    turned = turned_rows(data)
    wrong: list[tuple[str, str]] = []
    for place, mask in data.masks_of_rows():
        look = data.looks[place]
        sizes = [(int(item["width_px"]), int(item["height_px"])) for item in (mask, look)]
        if look["state"] == SEEN and sizes[0] != sizes[1] and place not in turned:
            words = " and the picture ".join(f"{width_px} x {height_px}" for width_px, height_px in sizes)
            wrong.append((data.image(place), f"the mask has {words}"))
    if wrong:
        message = f"{count_words(len(wrong), 'mask')} of another size than the picture: {wrong[0][0]}, {wrong[0][1]}."
        hint = "Check the rule for the names of the masks, or save them in the size of their pictures."
        yield Found("error", message, hint, "labels", pictures=tuple(wrong))


def _unnamed_values(data: Data) -> Iterator[Found]:
    wrong: list[tuple[str, str]] = []
    counts: Counter[int] = Counter()
    for place, mask in data.masks_of_rows():
        named = data.mask_names(place)
        unnamed = [int(value) for value in values_of(mask) if int(value) not in named]
        if mask["largest"] > 255:
            unnamed.append(int(mask["largest"]))
        if unnamed:
            counts.update(unnamed)
            wrong.append((data.image(place), f"without a name: {', '.join(map(str, unnamed[:_SHOWN_VALUES]))}"))
    if wrong:
        shown = ", ".join(f"{value} (in {count})" for value, count in counts.most_common(_SHOWN_VALUES))
        message = f"{count_words(len(wrong), 'mask')} with values that have no name: {shown}."
        hint = "Name every value, or say which number stands for which class."
        yield Found("error", message, hint, "labels", pictures=tuple(wrong))
