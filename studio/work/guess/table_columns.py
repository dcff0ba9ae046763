"""What the columns of a table say of a picture: its class, tags, numbers, points, its part, or who is in it."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from studio.base.number_text import read_number
from studio.work.guess.folder_words import TEST, TRAIN, VALID

ROWS_READ = 5000
LONG_TEXT = 60  # letters in a cell on average: sentences, no names
FLAGS = frozenset(("0", "1", "0.0", "1.0", "true", "false", "yes", "no", "y", "n"))
SEPARATORS = ("|", ";", ",", "/", " ")
LABEL_NAMES = frozenset(
    ("label", "labels", "class", "classes", "category", "categories", "target", "species", "tag", "tags", "breed",
     "diagnosis", "type", "kind", "y", "attribute", "attributes", "keyword", "keywords")
)  # fmt: skip
NUMBER_NAMES = frozenset(
    ("age", "weight", "height", "width", "length", "price", "score", "rating", "angle", "count", "value", "number",
     "temperature", "depth", "distance", "size", "area", "speed", "number", "amount", "percent")
)  # fmt: skip
PART_NAMES = frozenset(
    ("isvalid", "valid", "isval", "split", "set", "subset", "part", "partition", "usage", "phase", "istest", "istrain")
)
GROUP_NAMES = frozenset(
    ("person", "patient", "patientid", "subject", "subjectid", "group", "groupid", "site", "plate", "video", "videoid",
     "animal", "animalid", "individual", "station", "location", "camera", "sequence", "slide", "slideid", "study",
     "studyid", "personid", "recording", "session")
)  # fmt: skip
_BOX = re.compile(r"(x|y)_?(min|max|1|2)|(left|top|right|bottom)|box|bbox", re.IGNORECASE)
_SIDE = re.compile(r"^(?P<name>.*?)[_ .:-]?(?P<side>[xy])$", re.IGNORECASE)


@dataclass(frozen=True)
class Column:
    """A column with a sample of its cells, without the empty ones."""

    name: str
    cells: Sequence[str]
    rows: int

    @cached_property
    def plain_name(self) -> str:
        return re.sub(r"[^a-z]", "", self.name.lower())

    @cached_property
    def distinct(self) -> Counter[str]:
        return Counter(self.cells)

    @cached_property
    def numbers(self) -> bool:
        """Whether every cell is a number."""
        return bool(self.cells) and all(read_number(cell) is not None for cell in self.cells)

    @property
    def is_flags(self) -> bool:
        return bool(self.cells) and {cell.lower() for cell in self.distinct} <= FLAGS

    @property
    def is_text(self) -> bool:
        """Whether the cells are sentences."""
        return bool(self.cells) and sum(map(len, self.cells)) / len(self.cells) >= LONG_TEXT and not self.numbers

    @property
    def is_box(self) -> bool:
        return _BOX.fullmatch(self.name.strip()) is not None

    @property
    def says_part(self) -> bool:
        """Whether this column divides the pictures: is_valid with 0 and 1, split with train and val."""
        values = {cell.lower() for cell in self.distinct}
        if len(values) < 2 or len(values) > 4:
            return False
        if values <= TRAIN | VALID | TEST and values & TRAIN:
            return True
        return self.plain_name in ("isvalid", "valid", "isval") and values <= FLAGS

    @property
    def says_group(self) -> bool:
        return self.plain_name in GROUP_NAMES and 2 <= len(self.distinct) <= len(self.cells) / 2

    @property
    def is_class(self) -> bool:
        """Whether the cells are few different names, or small whole numbers that stand for classes."""
        if not self.cells or self.is_text or len(self.distinct) < 2:
            return False
        if self.plain_name in LABEL_NAMES and not self._has_fractions:
            return len(self.distinct) <= max(2, len(self.cells) * 0.9)
        if self.numbers and (self._has_fractions or self.plain_name in NUMBER_NAMES or len(self.distinct) > 20):
            return False
        return len(self.distinct) <= max(2, len(self.cells) / 2)

    @property
    def is_number(self) -> bool:
        return self.numbers and len(self.distinct) > 2 and not self.is_class

    @cached_property
    def separator(self) -> str:
        """What stands between several tags in a cell; "" where there is one in each."""
        return "" if self.numbers or self.is_text else next(filter(self._divides, SEPARATORS), "")

    def _divides(self, sign: str) -> bool:
        """Whether the parts of the cells are tags: fewer than the cells, and each in several company."""
        several = sum(sign in cell for cell in self.cells)
        if several < 0.05 * len(self.cells):
            return False
        tags = {tag.strip() for cell in self.distinct for tag in cell.split(sign)} - {""}
        is_named = self.plain_name in ("tags", "labels", "classes", "attributes", "keywords", "categories")
        if sign == " " and not is_named:
            return 2 <= len(tags) <= 0.6 * len(self.distinct)
        return 2 <= len(tags) <= (len(self.distinct) if is_named or sign in "|;" else 0.8 * len(self.distinct)) + 2

    @cached_property
    def _has_fractions(self) -> bool:
        return self.numbers and any(not float(read_number(cell) or 0).is_integer() for cell in self.distinct)


def read_columns(names: Sequence[str], rows: Sequence[tuple[str, ...]], besides: int) -> list[Column]:
    """The columns of a table but one, from a sample of its rows."""
    sample = rows[:: max(1, len(rows) // ROWS_READ)]
    return [
        Column(name, [cell for row in sample if (cell := row[place].strip())], len(sample))
        for place, name in enumerate(names)
        if place != besides
    ]


def point_names(columns: Sequence[Column]) -> list[str]:
    """The points that have a column of x and one of y: nose of nose_x and nose_y."""
    sides: dict[str, set[str]] = {}
    for column in columns:
        match = _SIDE.match(column.name.strip())
        if match and column.numbers and not column.is_box:
            sides.setdefault(match["name"], set()).add(match["side"].lower())
    return [name for name, found in sides.items() if found == {"x", "y"}]


def label_columns(columns: Sequence[Column]) -> list[Column]:
    """The columns that may hold the label, those that are called so first, then in their order."""
    useful = [column for column in columns if not (column.says_part or column.says_group or column.is_box)]
    return sorted(useful, key=lambda column: column.plain_name not in LABEL_NAMES)
