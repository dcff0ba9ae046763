"""Whole places for checking."""

import numpy as np

from studio.base.number_text import read_number
from studio.base.wording import count_words
from studio.blocks.split.by_place import PlaceSplit
from studio.blocks.table import DataTable, Finding
from studio.work.build import Surroundings, build
from studio.work.labelers.bad_setting import BadSetting
from studio.work.labelers.problems import Problems
from studio.work.splits.cells import column_cells, table_name
from studio.work.splits.parts import part_findings, set_parts, share_findings
from studio.work.splits.places import cluster_places
from studio.work.splits.whole_groups import draw_parts

_RANGES = {"latitude": (-90.0, 90.0), "longitude": (-180.0, 360.0)}  # degrees


@build.register
def _place_split(block: PlaceSplit, table: DataTable, around: Surroundings) -> list[Finding]:
    try:
        findings = _settle_problems(block, table)
        if any(finding.level == "error" for finding in findings):
            return findings
        groups = _places(block, table)
    except BadSetting as bad:
        return [bad.finding]
    places = len({group for group, row in zip(groups, table.rows, strict=True) if row.target is not None})
    if places == 1:
        message = f"All labeled pictures are one place: a chain of neighbours, each within {block.distance_m:g} m."
        return [*findings, Finding("error", message, "Choose a shorter distance, or another split.", "distance_m")]
    set_parts(table, draw_parts(block, table, groups))
    findings.append(Finding("info", f"{count_words(places, 'place')} with labeled pictures.", "", "distance_m"))
    findings += share_findings(table, block.valid_percent / 100, "valid_percent")
    wants_test = "test_percent" if block.test_percent else ""
    return findings + part_findings(table, "distance_m", "Choose a shorter distance, or another share.", wants_test)


def _settle_problems(block: PlaceSplit, table: DataTable) -> list[Finding]:
    """Labeled rows whose place cannot be read: told, or left out."""
    problems = Problems()
    for name, (low, high) in _RANGES.items():
        column = getattr(block, name)
        for row, cell in zip(table.rows, column_cells(table, column, name), strict=True):
            value = read_number(cell)
            if row.target is not None and (value is None or not low <= value <= high):
                where = f"{table_name(table)}, line {row.line}, column '{column}'"
                problems.add(row, f"{where}: '{cell}' is no {name} in degrees" if cell else f"{where} is empty")
    return problems.settle(table, block.skip_bad)


def _places(block: PlaceSplit, table: DataTable) -> list[str]:
    """The place of each row, by the name of its first picture, whatever order the rows are in."""
    north, east = ([read_number(cell) for cell in column_cells(table, getattr(block, name), name)] for name in _RANGES)
    known = [i for i, place in enumerate(zip(north, east, strict=True)) if None not in place]
    groups = [row.image for row in table.rows]  # what has no place is one of its own
    if not known:
        return groups
    clusters = cluster_places(
        np.array([north[i] for i in known], float), np.array([east[i] for i in known], float), block.distance_m
    )
    first: dict[int, str] = {}
    for i, cluster in zip(known, clusters.tolist(), strict=True):
        first[cluster] = min(first.get(cluster, groups[i]), table.rows[i].image)
    for i, cluster in zip(known, clusters.tolist(), strict=True):
        groups[i] = first[cluster]
    return groups
