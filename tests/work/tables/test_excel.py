"""Excel files as tables."""

import datetime
import zipfile
from pathlib import Path

import openpyxl
import pytest

from studio.base.errors import UserError
from studio.work.tables import excel
from studio.work.tables.read import read_table
from studio.work.tables.table import TableForm


def book(folder: Path, name: str = "t.xlsx") -> Path:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = "Labels"
    for row in (
        ["name", "label", "size", "day", "good"],
        ["a.png", 7, 1.5, datetime.date(2024, 3, 1), True],
        [],
        ["ä.png", 7.0, None, datetime.datetime(2024, 3, 1, 12, 30), False],
        ["b.png"],
    ):
        sheet.append(row)
    other = made.create_sheet("Other")
    other.append(["name", "label"])
    other.append(["z.png", "cat"])
    made.save(folder / name)
    return folder / name


def test_cells_are_text_as_excel_shows_them(tmp_path: Path) -> None:
    table = read_table(book(tmp_path))
    assert table.columns == ("name", "label", "size", "day", "good")
    assert table.rows == [
        ("a.png", "7", "1.5", "2024-03-01", "TRUE"),
        ("ä.png", "7", "", "2024-03-01 12:30:00", "FALSE"),
        ("b.png", "", "", "", ""),
    ]
    assert table.lines == [2, 4, 5]


def test_another_sheet(tmp_path: Path) -> None:
    assert read_table(book(tmp_path), TableForm(sheet="Other")).rows == [("z.png", "cat")]
    with pytest.raises(UserError, match="no sheet 'Othr'") as refused:
        read_table(book(tmp_path), TableForm(sheet="Othr"))
    assert "'Labels', 'Other'" in refused.value.hint


def test_a_workbook_is_known_whatever_it_is_called(tmp_path: Path) -> None:
    assert read_table(book(tmp_path).rename(tmp_path / "t.csv")).columns[0] == "name"


def test_a_damaged_workbook(tmp_path: Path) -> None:
    path = book(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UserError, match=r"t\.xlsx"):
        read_table(path)


def test_a_sheet_that_ends_in_the_middle(tmp_path: Path) -> None:
    path = book(tmp_path)
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"][:300]
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    with pytest.raises(UserError, match="damaged"):
        read_table(path)


def test_a_workbook_that_unpacks_to_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel, "_MOST_UNPACKED_BYTES", 1000)
    with pytest.raises(UserError, match="would unpack"):
        read_table(book(tmp_path))
