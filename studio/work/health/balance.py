"""Classes that are much rarer than others."""

from collections import Counter
from collections.abc import Iterator

from studio.base.wording import count_words
from studio.work.health.data import Data, Found

_STRONG = 10  # times as many pictures


def find_imbalance(data: Data) -> Iterator[Found]:
    """One note when the most frequent class has many times the pictures of the rarest."""
    counts = Counter(name for names in data.classes_of_rows for name in names)
    if len(counts) < 2:
        return
    (most, many), *_, (least, few) = counts.most_common()
    if many < _STRONG * few:
        return
    message = (
        f"'{most}' has {count_words(many, 'picture')}, '{least}' only {few}: a model that never says '{least}' "
        "is hardly wrong."
    )
    hint = "Judge by the scores of each class, not by accuracy; draw batches balanced by class, or add pictures."
    yield Found("info", message, hint, "labels")
