"""Too few examples, and classes that are in one part only."""

from collections import Counter
from collections.abc import Iterator

from studio.base.targets import MaskFile
from studio.work.health.data import Data, Found
from studio.work.labelers.classes import FEW_PICTURES, few_finding
from studio.work.splits.parts import names_words


def find_few_examples(data: Data) -> Iterator[Found]:
    """Classes with fewer than ten pictures, with those; and of masks, whose pixels no block has read, which classes
    are in one part only."""
    rows = data.table.rows
    labeled = [place for place, row in enumerate(rows) if row.target is not None]
    counts = Counter(name for place in labeled for name in data.classes_of_rows[place])
    few = [name for name in data.table.classes if 0 < counts[name] < FEW_PICTURES]
    if few:
        pictures = tuple(
            (data.image(place), name) for name in few for place in labeled if name in data.classes_of_rows[place]
        )
        finding = few_finding(counts, few)
        yield Found("warning", finding.message, finding.hint, "labels", pictures=pictures)
    if not few and 0 < len(labeled) < FEW_PICTURES:
        message = f"Only {len(labeled)} pictures are labeled."
        yield Found("warning", message, "Label more: ten is little, fifty are better.", "labels")
    if any(isinstance(rows[place].target, MaskFile) for place in labeled):
        yield from _in_one_part_only(data, counts)


def _in_one_part_only(data: Data, counts: Counter[str]) -> Iterator[Found]:
    in_part: dict[str, set[str]] = {"train": set(), "valid": set()}
    for row, names in zip(data.table.rows, data.classes_of_rows, strict=True):
        in_part.get(row.part, set()).update(names)
    never_trained = [name for name in data.table.classes if counts[name] and name not in in_part["train"]]
    never_checked = [name for name in data.table.classes if name in in_part["train"] - in_part["valid"]]
    hint = "Draw the parts anew, or mark more pictures."
    if never_trained:
        message = f"No training mask holds {names_words(never_trained)}: the model cannot learn it."
        yield Found("warning", message, hint, "split")
    if never_checked:
        message = (
            f"No mask kept aside holds {names_words(never_checked)}: nothing will say how well the model knows it."
        )
        yield Found("warning", message, hint, "split")
