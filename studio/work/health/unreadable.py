"""Pictures that cannot be read."""

from collections.abc import Iterator

from studio.base.wording import count_words
from studio.work.health.data import Data, Found


def find_unreadable(data: Data) -> Iterator[Found]:
    """What the blocks left out, and what has become unreadable since."""
    left_out = [(item.image, item.reason) for item in data.table.left_out]
    broken = [(data.image(place), data.reasons[place]) for place in data.unreadable]
    if left_out:
        message = f"{count_words(len(left_out), 'file')} cannot be used."
        yield Found("warning", message, "Mend or delete them; nothing is learned from them.", pictures=tuple(left_out))
    if broken:
        message = f"{count_words(len(broken), 'picture')} of the table cannot be read: {broken[0][1]}"
        yield Found("error", message, "Mend or delete them, then read the source again.", pictures=tuple(broken))
