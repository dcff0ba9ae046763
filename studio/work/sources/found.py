"""What every source does with the pictures that it found: the broken ones are told, the others become rows."""

from pathlib import Path

from studio.base.wording import count_words
from studio.blocks.table import DataTable, Finding, LeftOut, Row
from studio.work.build import Surroundings
from studio.work.scan import find_broken


def take_found(
    table: DataTable, root: Path, images: list[str], left_out: list[LeftOut], around: Surroundings
) -> list[Finding]:
    """Fill the table with the pictures that can be read, and warn of the others; empty folders are the caller's."""
    table.root = str(root)
    return take_rows(table, [Row(image) for image in images], left_out, around)


def take_rows(table: DataTable, rows: list[Row], left_out: list[LeftOut], around: Surroundings) -> list[Finding]:
    """The same for rows that are made already; the table's root is set."""
    broken: list[LeftOut] = []
    if around.checks_pictures:
        broken = find_broken(Path(table.root), [row.image for row in rows], around.on_progress, around.should_stop)
    is_broken = {item.image for item in broken}
    table.rows = [row for row in rows if row.image not in is_broken] if broken else rows
    table.left_out = unusable = [*left_out, *broken]
    if not unusable:
        return []
    first = unusable[0]
    named = first.reason if first.image in first.reason else f"{first.image}: {first.reason}"
    message = f"{count_words(len(unusable), 'file')} cannot be used. {named}"
    return [Finding("warning", message, "The list on this card names each file and its reason.")]


def nothing_found(place: str, setting: str) -> Finding:
    """The error for a place without pictures."""
    hint = "Choose another one; pictures are files such as .jpg, .png or .tif."
    return Finding("error", f"No pictures were found in {place}.", hint, setting)
