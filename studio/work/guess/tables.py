"""Evidence from tables that name the pictures."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from studio.base.errors import UserError
from studio.base.wording import count_words
from studio.blocks.labels.flag_columns import FlagColumns
from studio.blocks.labels.number_columns import NumberColumns
from studio.blocks.labels.point_columns import PointColumns
from studio.blocks.labels.separated_column import SeparatedColumn
from studio.blocks.labels.table_column import TableColumn
from studio.blocks.recipe import AnyLabels, AnySource, AnySplit, AnyTask
from studio.blocks.source.folder import Folder
from studio.blocks.source.table_file import TableFile
from studio.blocks.split.by_column import SplitByColumn
from studio.blocks.split.by_group import GroupSplit
from studio.blocks.tasks.classification import Classification
from studio.blocks.tasks.keypoints import Keypoints
from studio.blocks.tasks.regression import Regression
from studio.blocks.tasks.tagging import Tagging
from studio.work.guess.evidence import Evidence
from studio.work.guess.folder_words import TEST, VALID
from studio.work.guess.listing import Listing
from studio.work.guess.table_columns import LABEL_NAMES, Column, label_columns, point_names, read_columns
from studio.work.guess.table_pictures import NamedPictures, PictureIndex, find_names
from studio.work.tables.read import read_table
from studio.work.tables.table import Table

TABLES_READ = 8
LARGEST_BYTES = 300_000_000  # a larger table is read only when it is named


@dataclass(frozen=True)
class Meaning:
    """What some columns may be taken for. table: "" for the table that the pictures come from."""

    task: AnyTask
    labels: AnyLabels
    sure: float
    what: str
    how: str


def by_tables(listing: Listing, named: str = "") -> Iterator[Evidence]:
    """Labels in the columns of tables that name pictures; `named` is the table that somebody pointed at."""
    names = [named] if named else _worth_reading(listing)
    index = PictureIndex(listing.plain_pictures if names else [])
    for name in names:
        try:
            table = read_table(listing.root / name)
        except UserError:
            if named:
                raise
            continue
        pictures = find_names(table, posixpath.dirname(name), index)
        if pictures is not None and "scorer" not in table.columns:  # DeepLabCut's own form has a room of its own
            yield from _evidence(listing, name, table, pictures)


def _worth_reading(listing: Listing) -> list[str]:
    """A few tables, those near the top first."""
    sizes = {
        name: _bytes(listing.root / name) for name in sorted(listing.tables, key=lambda name: name.count("/"))[:100]
    }
    fit = [name for name, size in sizes.items() if 0 < size <= LARGEST_BYTES]
    return fit[:TABLES_READ]


def _bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _evidence(listing: Listing, name: str, table: Table, named: NamedPictures) -> Iterator[Evidence]:
    found = named.found
    rows = sum(map(bool, named.paths))
    is_once = rows <= 1.1 * len(found)  # else each row is one thing in a picture, of which there may be several
    columns = read_columns(table.columns, table.rows, named.column)
    if not is_once and any(column.is_box for column in columns):
        return  # boxes, a row each: no block takes them from a table
    file = posixpath.basename(name)
    is_source = named.match_by == "path"
    missing = len(table.rows) - rows
    source: AnySource = Folder(path=str(listing.root))
    where = f"{count_words(len(listing.pictures), 'picture')} found; {file} names {len(found)} of them."
    if is_source:
        source = TableFile(
            path=str(listing.root / name),
            column=table.columns[named.column],
            folder=named.folder,
            suffix=named.suffix,
        )
        where = f"The column '{table.columns[named.column]}' of {file} names {count_words(len(found), 'picture')}."
    if missing:
        where += f" {count_words(missing, 'row')} of {len(table.rows)} name no picture that is here and are left out."
    # How much of the pictures the table is about, and how many of its rows are about pictures that are here.
    share = min(1.0, 0.4 + 0.6 * len(found) / max(1, len(listing.plain_pictures))) * (
        0.5 + 0.5 * rows / len(table.rows)
    )
    for meaning in _meanings("" if is_source else name, columns, file):
        yield Evidence(
            task=meaning.task,
            source=source,
            labels=meaning.labels,
            pictures=found if is_source else listing.pictures,
            labeled=len(found),
            sure=meaning.sure * share * (1.0 if is_once else 0.3),
            what=meaning.what,
            where=where,
            how=meaning.how,
            own_splits=tuple(_splits(columns)) if is_source else (),
        )


def _meanings(table: str, columns: list[Column], file: str) -> Iterator[Meaning]:
    """What the columns may be taken for, each a way of its own; the likeliest first."""
    points = point_names(columns)
    if points:
        words = ", ".join(name or "x, y" for name in points[:6]) + (", …" if len(points) > 6 else "")
        how = f"{file} has columns of x and y for {count_words(len(points), 'point')}: {words}."
        yield Meaning(Keypoints(), PointColumns(table=table), 0.93, "The table gives places in the pictures.", how)
    useful = label_columns(columns)
    flags = [column.name for column in useful if column.is_flags]
    if len(flags) >= 2:
        how = f"{file} has {count_words(len(flags), 'column')} of yes and no: {', '.join(flags[:6])}."
        yield Meaning(
            Tagging(), FlagColumns(table=table, columns=tuple(flags)), 0.9, "Each picture may have several tags.", how
        )
    singles = [column for column in useful if not (len(flags) >= 2 and column.is_flags)]
    for column in singles[:20]:
        doubt = 0.0 if column.plain_name in LABEL_NAMES else 0.15
        if column.separator:
            yield _tags(table, column, file, doubt)
        elif column.is_class:
            names = ", ".join(str(value) for value, _ in column.distinct.most_common(6))
            more = ", …" if len(column.distinct) > 6 else ""
            how = f"The column '{column.name}' of {file} holds {len(column.distinct)} different values: {names}{more}."
            what = "Each picture has one class in the table."
            yield Meaning(Classification(), TableColumn(table=table, column=column.name), 0.96 - doubt, what, how)
    numbers = [column for column in singles if column.is_number and not _is_side(column, points)]
    for column in numbers[:3]:
        how = f"The column '{column.name}' of {file} holds numbers."
        labels = NumberColumns(table=table, columns=(column.name,))
        sure = 0.85 if len(numbers) == 1 else 0.7
        yield Meaning(Regression(), labels, sure, "Each picture has a number in the table.", how)


def _tags(table: str, column: Column, file: str, doubt: float) -> Meaning:
    sign = column.separator
    words = {" ": "spaces", "/": "slashes", ",": "commas", ";": "semicolons", "|": "bars"}[sign]
    how = f"The column '{column.name}' of {file} holds several tags a picture, divided by {words}."
    labels = SeparatedColumn(table=table, column=column.name, separator=sign)
    return Meaning(Tagging(), labels, 0.94 - doubt, "Each picture may have several tags.", how)


def _is_side(column: Column, points: list[str]) -> bool:
    return bool(points) and column.name.strip()[:-1].rstrip("_ .:-") in points


def _splits(columns: list[Column]) -> Iterator[AnySplit]:
    for column in columns:
        if column.says_part:
            values = list(column.distinct)
            valid = tuple(value for value in values if value.lower() in VALID)
            test = tuple(value for value in values if value.lower() in TEST)
            yield SplitByColumn(column=column.name, valid_values=valid or test, test_values=test if valid else ())
    for column in columns:
        if column.says_group:
            yield GroupSplit(group_by="column", column=column.name)
