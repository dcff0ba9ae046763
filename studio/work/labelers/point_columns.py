"""Pairs of columns of a table as points."""

from studio.base.number_text import Comma, read_number
from studio.base.targets import Place, Points, Skeleton
from studio.blocks.labels.point_columns import PointColumns
from studio.blocks.table import DataTable, Finding
from studio.formats.sides import side_partners
from studio.work.build import Surroundings, build
from studio.work.labelers.bad_setting import BadSetting
from studio.work.labelers.flag_columns import NO, YES
from studio.work.labelers.giving import clear, give, with_class_findings
from studio.work.labelers.label_rows import LabelRows, read_label_rows
from studio.work.labelers.number_columns import comma_in, no_number
from studio.work.labelers.point_pairs import PointPlaces, point_places
from studio.work.labelers.problems import Problems

_COCO = {"0": 0, "1": 1, "2": 2, "0.0": 0, "1.0": 1, "2.0": 2}  # absent, hidden, visible


class _Unreadable(Exception):
    """A cell that is no number; the text ends the sentence."""


@build.register
def _point_columns(block: PointColumns, table: DataTable, around: Surroundings) -> list[Finding]:
    clear(table)
    try:
        labels = read_label_rows(block, table, around)
        points = point_places(block, labels)
    except BadSetting as wrong:
        return [wrong.finding]
    names = tuple(point.name for point in points)
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        return [Finding("error", f"Two points are called '{twice}'.", "Give each its own name.", "points")]
    reader = _Reader(block, labels, points)
    problems = Problems()
    for row, line, cells in labels.taken(reader.places, problems):
        try:
            places = reader.read(line, cells)
        except _Unreadable as error:
            problems.add(row, str(error))
            continue
        if any(cells):
            give(row, Points(places), "table")
    table.skeleton = Skeleton(names, partners=side_partners(names))
    found = [] if block.points else [_found(points, labels)]
    told = labels.findings + found + problems.settle(table, block.skip_bad)
    return with_class_findings(told, table, "points", "Choose other columns.")


class _Reader:
    """Reads the points of a line from its cells, which are those of `places`."""

    def __init__(self, block: PointColumns, labels: LabelRows, points: list[PointPlaces]) -> None:
        self._labels = labels
        self._is_coco = block.visibility == "coco"
        self.places: list[int] = []
        self._slices: list[slice] = []
        for point in points:
            start = len(self.places)
            self.places += [place for place in (point.x, point.y, point.seen) if place is not None]
            self._slices.append(slice(start, len(self.places)))
        self._commas: list[Comma] = [comma_in(labels, place, "auto") for place in self.places]

    def read(self, line: int, cells: tuple[str, ...]) -> tuple[Place | None, ...]:
        return tuple(self._place(line, cells, part) for part in self._slices)

    def _place(self, line: int, cells: tuple[str, ...], part: slice) -> Place | None:
        x_text, y_text, *seen = cells[part]
        visibility = self._visibility(line, part.stop - 1, seen[0]) if seen else 2
        if visibility == 0 or (_is_absent(x_text) and _is_absent(y_text)):
            return None
        x_px, y_px = (self._number(line, at, cells[at]) for at in (part.start, part.start + 1))
        return Place(x_px, y_px, is_hidden=visibility == 1)

    def _number(self, line: int, at: int, cell: str) -> float:
        number = read_number(cell, self._commas[at])
        if number is None:
            raise _Unreadable(f"{self._labels.where(line, self.places[at])}: {no_number(cell)}")
        return number

    def _visibility(self, line: int, at: int, cell: str) -> int:
        """0 absent, 1 hidden, 2 visible; an empty cell says nothing, so what has a place can be seen."""
        text = cell.casefold()
        if not text:
            return 2
        if self._is_coco and text in _COCO:
            return _COCO[text]
        if not self._is_coco and text in YES | NO:
            return 2 if text in YES else 1
        where = self._labels.where(line, self.places[at])
        raise _Unreadable(f"{where}: '{cell}' says not whether the point can be seen")


def _is_absent(cell: str) -> bool:
    return cell.casefold() in ("", "nan")


def _found(points: list[PointPlaces], labels: LabelRows) -> Finding:
    named = [f"{point.name} ({labels.columns[point.x]}, {labels.columns[point.y]})" for point in points]
    more = f" and {len(named) - 8} more" if len(named) > 8 else ""
    return Finding("info", f"The points are {', '.join(named[:8])}{more}.", "", "points")
