"""The one reader of tables: CSV and its relatives, and Excel; each file is parsed once."""

import threading
from collections import OrderedDict
from pathlib import Path

from studio.base.errors import UserError
from studio.imaging.identity import identity
from studio.imaging.refusal import shown
from studio.work.tables.assemble import assemble
from studio.work.tables.encoding import find_encoding, open_file, wrong_encoding
from studio.work.tables.excel import is_excel, sheet_records
from studio.work.tables.table import Table, TableForm
from studio.work.tables.text import read_text

_KEPT_TABLES = 3

_kept: OrderedDict[tuple[str, str, TableForm], Table] = OrderedDict()
_reading = threading.Lock()


def read_table(path: Path, form: TableForm | None = None) -> Table:
    """The table in a file; the same object as long as file and form stay the same.

    Raises UserError, naming the file and the line, when it is missing, empty, no table, or divided by another sign.
    """
    form = form or TableForm()
    with open_file(path) as file:
        beginning = file.read(4)
    key = (str(path.absolute()), identity(path), form)
    with _reading:
        if key not in _kept:
            _kept[key] = _read(path, form, beginning)
        _kept.move_to_end(key)
        while len(_kept) > _KEPT_TABLES:
            _kept.popitem(last=False)
        return _kept[key]


def _read(path: Path, form: TableForm, beginning: bytes) -> Table:
    if not beginning:
        raise UserError(f"{shown(path)} is empty.", "Choose a table with at least one row.")
    if is_excel(path, beginning):
        return assemble(path, sheet_records(path, form.sheet), form, is_sheet=True)
    encoding = find_encoding(path) if form.encoding == "auto" else form.encoding
    try:
        return read_text(path, form, "utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        raise wrong_encoding(path, encoding) from error
