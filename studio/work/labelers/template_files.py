"""The files that belong to pictures by a rule for their names."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from studio.base.errors import UserError
from studio.base.wording import count_words
from studio.blocks.path_template import compile_template
from studio.blocks.table import DataTable, Finding, Row
from studio.work.build import Surroundings
from studio.work.labelers.problems import SHOWN, Problems, first_of

T = TypeVar("T")
_AT_ONCE = 256


def read_beside(
    template: str,
    table: DataTable,
    around: Surroundings,
    read: Callable[[Path], T],
    take: Callable[[Row, T], None],
    problems: Problems,
) -> list[Finding]:
    """Read the file of every picture, several at once, and take what it holds, in the order of the rows.

    Pictures without a file stay unlabeled and are told; what cannot be read (UserError) is a problem of its row.
    """
    paths = paths_beside(template, table)

    def attempt(entry: tuple[Row, str]) -> T | _Reason | None:
        path = Path(table.root) / entry[1]
        try:
            return read(path) if path.is_file() else None
        except UserError as error:
            return _Reason(error.message.removesuffix("."))

    missing = [f"{row.image} has no file by this rule" for row, path in paths if not path]
    entries = [(row, path) for row, path in paths if path]
    with ThreadPoolExecutor(max_workers=4) as pool:
        for start in range(0, len(entries), _AT_ONCE):
            if around.should_stop():
                return []
            portion = entries[start : start + _AT_ONCE]
            for (row, path), result in zip(portion, pool.map(attempt, portion), strict=True):
                if result is None:
                    missing.append(path)
                elif isinstance(result, _Reason):
                    problems.add(row, f"{row.image}: {result}")
                else:
                    take(row, result)
            around.on_progress(min(start + _AT_ONCE, len(entries)), len(entries))
    return missing_findings(missing, len(paths))


class _Reason(str):
    """Why a file was not read."""

    __slots__ = ()


def paths_beside(template: str, table: DataTable) -> list[tuple[Row, str]]:
    """Each row with the path of its file below the table's root; "" where the rule finds none."""
    fill = compile_template(template)
    return [(row, fill(row.image) or "") for row in table.rows]


def missing_findings(missing: list[str], total: int) -> list[Finding]:
    """What is told of the files that are not there; an error where there are none at all."""
    if not missing:
        return []
    named = first_of(missing[:SHOWN], len(missing))
    if len(missing) == total:
        return [
            Finding("error", f"None of the files is there: {named}.", "Check the rule for their names.", "template")
        ]
    message = f"{count_words(len(missing), 'picture')} of {total} have no file and are not labeled: {named}."
    return [Finding("warning", message, "Check the rule for their names, or label them.", "template")]
