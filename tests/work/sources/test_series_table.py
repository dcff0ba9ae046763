"""Series as a source: a picture a row, drawn once, with the label in its cell."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.blocks.source.series_table import SeriesTable
from studio.work.gramian import field_picture
from studio.work.sources import series_table as source


def series_file(folder: Path, text: str) -> SeriesTable:
    (folder / "waves.csv").write_text(text)
    return SeriesTable(path=str(folder / "waves.csv"), side_px=8)


WAVES = "up,1,2,3,4\ndown,4,3,2,1\nup,0,5,5.5,9\n"


def test_a_picture_a_row(tmp_path: Path, build_source) -> None:
    table, findings = build_source(series_file(tmp_path, WAVES), tmp_path)
    assert findings == []
    assert table.root == str(tmp_path / "series" / "waves")
    assert [(row.image, row.cells, row.line) for row in table.rows] == [
        ("000001.png", ("up",), 1),
        ("000002.png", ("down",), 2),
        ("000003.png", ("up",), 3),
    ]
    assert table.columns == ("column 1",)
    with Image.open(Path(table.root) / "000003.png") as picture:
        assert picture.mode == "L"
        np.testing.assert_array_equal(np.asarray(picture), field_picture([0, 5, 5.5, 9], 8))


def test_the_label_may_come_last_or_not_at_all(tmp_path: Path, build_source) -> None:
    block = series_file(tmp_path, "a,b,c,kind\n1,2,3,up\n3,2,1,down\n").model_copy(update={"label": "last"})
    table, _ = build_source(block, tmp_path)
    assert (table.columns, [row.cells for row in table.rows]) == (("kind",), [("up",), ("down",)])
    block = series_file(tmp_path, "1,2,3\n3,2,1\n").model_copy(update={"label": "none"})
    table, _ = build_source(block, tmp_path)
    assert (table.columns, [row.cells for row in table.rows]) == ((), [(), ()])


def test_the_form_of_the_ucr_archive(tmp_path: Path, build_source) -> None:
    """Tabs, the class first, shorter series filled up with NaN at their end."""
    text = "1\t0.5\t0.75\t1.5\tNaN\n2\t-0.5\t2.0e-1\t1\t4\n1\t0.5\t0.5\tNaN\tNaN\n"
    table, findings = build_source(series_file(tmp_path, text), tmp_path)
    assert findings == []
    assert [row.cells for row in table.rows] == [("1",), ("2",), ("1",)]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("up,1,two,3,4", "line 2, column 'column 3': 'two' is no number"),
        ("up,1,,3,4", "line 2, column 'column 3': '' is no number"),
        ("up,1,inf,3,4", "line 2, column 'column 3': 'inf' is no number"),
        ("up,1,,,", "line 2 has 1 value"),
        ("up,1,2", "line 2, has 3 cells instead of 5"),
    ],
)
def test_bad_rows(tmp_path: Path, build_source, row: str, said: str) -> None:
    lines = ["up,1,2,3,4", row, "down,4,3,2,1", "down,5,3,2,1"]
    block = series_file(tmp_path, "\n".join(lines) + "\n")
    table, findings = build_source(block, tmp_path)
    assert [finding.level for finding in findings] == ["error"]
    assert said in findings[0].message
    assert table.rows == []
    table, findings = build_source(block.model_copy(update={"skip_bad": True}), tmp_path)
    assert [row.line for row in table.rows] == [1, 3, 4]
    assert [finding.level for finding in findings] == ["warning"]


def test_it_is_drawn_once_until_something_changes(
    tmp_path: Path, build_source, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[int] = []
    real = source.field_picture
    monkeypatch.setattr(source, "field_picture", lambda series, side: drawn.append(side) or real(series, side))
    block = series_file(tmp_path, WAVES)
    for _ in range(2):
        build_source(block, tmp_path)
    assert drawn == [8, 8, 8]
    build_source(block.model_copy(update={"side_px": 16}), tmp_path)
    assert drawn[3:] == [16, 16, 16]
    table, _ = build_source(series_file(tmp_path, "up,1,2\n"), tmp_path)
    assert len(list(Path(table.root).glob("*.png"))) == 1


def test_stopping_leaves_nothing_half_done(tmp_path: Path, build_source) -> None:
    _, findings = build_source(series_file(tmp_path, WAVES), tmp_path, should_stop=lambda: True)
    assert "stopped" in findings[0].message
    assert list((tmp_path / "series").glob("*")) == [tmp_path / "series" / ".waves.lock"]


def test_no_series(tmp_path: Path, build_source) -> None:
    assert build_source(SeriesTable())[1][0].field == "path"
    assert "does not exist" in build_source(SeriesTable(path=str(tmp_path / "gone.csv")))[1][0].message
    _, findings = build_source(series_file(tmp_path, "name,label\na,b\n"), tmp_path)
    assert findings[0].level == "error"
