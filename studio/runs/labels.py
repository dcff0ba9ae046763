"""The labels and the split that a run saw: labels.csv.gz, one row a picture."""

import csv
import gzip
import io
from pathlib import Path

from studio.base.errors import UserError
from studio.base.files import write_atomically
from studio.blocks.table import Part, Row
from studio.blocks.target_text import read_target, target_text

_COLUMNS = ["image", "target", "labeled_by", "part", "changed"]
_CHANGED = "yes"


def write_labels(path: Path, rows: list[Row]) -> None:
    """Write the rows, names with quotes and line breaks included."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    writer.writerows(
        [row.image, target_text(row.target), row.labeled_by, row.part, _CHANGED if row.changed else ""] for row in rows
    )
    write_atomically(path, gzip.compress(text.getvalue().encode("utf-8", "surrogateescape"), mtime=0))


def read_labels(path: Path) -> list[Row]:
    """The rows as written. Raises UserError when the file is damaged."""
    try:
        text = gzip.decompress(path.read_bytes()).decode("utf-8", "surrogateescape")
        records = list(csv.DictReader(io.StringIO(text, newline="")))
        return [_row(record) for record in records]
    except (OSError, EOFError, ValueError, csv.Error, KeyError) as error:
        raise UserError(f"{path} is damaged: {error}", "Start a new run with the same recipe.") from error


def _row(record: dict[str, str]) -> Row:
    is_changed = record.get("changed") == _CHANGED  # files from before there was this column lack it
    return Row(
        record["image"],
        read_target(record["target"]),
        record["labeled_by"],
        _part(record["part"]),
        changed=is_changed,
    )


def _part(text: str) -> Part:
    parts: tuple[Part, ...] = ("train", "valid", "test", "unused")
    return next((part for part in parts if part == text), "")
