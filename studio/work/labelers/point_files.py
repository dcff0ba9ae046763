"""A text file of points beside each picture."""

import re
from collections import Counter
from pathlib import Path

from studio.base.errors import UserError
from studio.base.number_text import read_number
from studio.base.targets import Place, Points, Skeleton
from studio.blocks.labels.point_files import PointFiles
from studio.blocks.table import DataTable, Finding, Row
from studio.formats.sides import side_partners
from studio.formats.text_file import read_text
from studio.work.build import Surroundings, build
from studio.work.labelers.bad_setting import BadSetting
from studio.work.labelers.giving import clear, give, with_class_findings
from studio.work.labelers.named_lines import read_names
from studio.work.labelers.problems import Problems
from studio.work.labelers.template_files import read_beside

LARGEST_BYTES = 1 << 20
_BETWEEN = re.compile(r"[\s,;]+")
# The frame of the .pts files of the 300-W face landmarks: version, number of points, braces around them.
_FRAME = re.compile(r"(version|n_points)\s*:.*|[{}]", re.IGNORECASE)
_HINT = "Check the rule for the file's name."


@build.register
def _point_files(block: PointFiles, table: DataTable, around: Surroundings) -> list[Finding]:
    clear(table)
    try:
        names = read_names(block.names_file, "names_file", table, around) if block.names_file else ()
    except BadSetting as wrong:
        return [wrong.finding]
    problems = Problems()
    found: list[tuple[Row, tuple[Place | None, ...]]] = []

    def read(path: Path) -> tuple[Place | None, ...]:
        return read_points(path, is_yx=block.order == "yx")

    told = read_beside(block.template, table, around, read, lambda row, places: found.append((row, places)), problems)
    count = len(names) or usual_count([places for _, places in found])
    for row, places in found:
        if len(places) == count:
            give(row, Points(places), "file")
        else:
            problems.add(row, f"the points of {row.image} are {len(places)} instead of {count}")
    names = names or tuple(str(number + 1) for number in range(count))
    table.skeleton = Skeleton(names, partners=side_partners(names))
    return with_class_findings(told + problems.settle(table, block.skip_bad), table, "template", _HINT)


def read_points(path: Path, is_yx: bool = False) -> tuple[Place | None, ...]:
    """The points in a text file, None for a pair of "nan". Raises UserError that names the line."""
    numbers: list[float | None] = []
    for number, line in enumerate(read_text(path, LARGEST_BYTES).split("\n"), 1):
        line = line.partition("#")[0].strip()
        if _FRAME.fullmatch(line):
            continue
        for text in _BETWEEN.split(line):
            if text:
                value = read_number(text)
                if value is None and text.casefold() != "nan":
                    raise UserError(f"{path.name}, line {number}: '{text}' is not a number.")
                numbers.append(value)
    if len(numbers) % 2:
        raise UserError(f"{path.name} has {len(numbers)} numbers, which are no pairs of x and y.")
    pairs = zip(numbers[::2], numbers[1::2], strict=True)
    return tuple(_place(*((second, first) if is_yx else (first, second)), path) for first, second in pairs)


def usual_count(found: list[tuple[Place | None, ...]]) -> int:
    """How many points most of the files have."""
    counts = Counter(len(places) for places in found)
    return counts.most_common(1)[0][0] if counts else 0


def _place(x_px: float | None, y_px: float | None, path: Path) -> Place | None:
    if x_px is None and y_px is None:
        return None
    if x_px is None or y_px is None:
        raise UserError(f"{path.name} has a point with only one number.")
    return Place(x_px, y_px)
