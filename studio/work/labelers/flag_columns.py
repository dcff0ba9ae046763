"""Several yes-or-no columns of a table as tags."""

from studio.base.targets import Tags
from studio.blocks.labels.flag_columns import FlagColumns
from studio.blocks.table import DataTable, Finding
from studio.work.build import Surroundings, build
from studio.work.labelers.bad_setting import BadSetting
from studio.work.labelers.giving import clear, give, with_class_findings
from studio.work.labelers.label_rows import LabelRows, read_label_rows
from studio.work.labelers.problems import Problems

YES = frozenset(("1", "1.0", "true", "t", "yes", "y", "x"))
NO = frozenset(("0", "0.0", "false", "f", "no", "n", ""))
_SPLITS = frozenset(("is_valid", "is_test", "is_train"))  # say where a picture belongs, not what is in it


@build.register
def _flag_columns(block: FlagColumns, table: DataTable, around: Surroundings) -> list[Finding]:
    clear(table)
    try:
        labels = read_label_rows(block, table, around)
        places = [labels.place_of(name, "columns") for name in block.columns] or _flag_places(labels)
    except BadSetting as wrong:
        return [wrong.finding]
    names = tuple(labels.columns[place] for place in places)
    problems = Problems()
    for row, line, cells in labels.taken(places, problems):
        lower = [cell.casefold() for cell in cells]
        wrong_at = next((i for i, cell in enumerate(lower) if cell not in YES and cell not in NO), None)
        if wrong_at is not None:
            problems.add(row, f"{labels.where(line, places[wrong_at])}: '{cells[wrong_at]}' is neither yes nor no")
        else:
            give(row, Tags(tuple(name for name, cell in zip(names, lower, strict=True) if cell in YES)), "table")
    table.classes = list(names)
    found = [] if block.columns else [Finding("info", f"The tags are {', '.join(names)}.", "", "columns")]
    told = labels.findings + found + problems.settle(table, block.skip_bad)
    return with_class_findings(told, table, "columns", "Choose other columns.")


def _flag_places(labels: LabelRows) -> list[int]:
    """The columns that hold only yes and no, and yes at least once."""
    places = []
    for place, name in enumerate(labels.columns):
        held = {cells[place].strip().casefold() for cells in labels.cells}
        is_flag = held <= YES | NO and bool(held & YES)
        if is_flag and place != labels.picture_place and name.casefold() not in _SPLITS:
            places.append(place)
    if not places:
        message = f"{labels.file} has no column that holds only yes and no."
        raise BadSetting(message, "Such columns have 1 and 0, true and false, yes and no, or x and nothing.", "columns")
    return places
