"""The reader of tables: what is found, what is refused, and that every cell arrives as it was written."""

import contextlib
import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from studio.base.errors import UserError
from studio.work.tables import assemble, read
from studio.work.tables.delimiter import SIGNS
from studio.work.tables.read import read_table
from studio.work.tables.table import Table, TableForm


def written(folder: Path, text: str | bytes, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def table_of(folder: Path, text: str | bytes, **form: object) -> Table:
    return read_table(written(folder, text), TableForm(**form))  # type: ignore[arg-type]


# --- what is found ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("name,label\na.png,cat\nb.png,dog\n", "comma"),
        ("name;label\na.png;cat\nb.png;dog\n", "semicolon"),
        ("name\tlabel\na.png\tcat\nb.png\tdog\n", "tab"),
        ("name|label\na.png|cat\nb.png|dog\n", "bar"),
        ("name;x;y\na.png;1,5;2,25\nb.png;3,5;4\n", "semicolon"),  # decimal commas
        ("1,5;2,5\n3,5;4,5\n", "semicolon"),
        ("name,tags\na.png,haze primary\nb.png,clear; water\n", "comma"),
        ('name,text\na.png,"one, two; three"\nb.png,"four; five"\n', "comma"),
        ("1 0.5 0.25\n2 0.75 1\n", "space"),
        ("sep=;\nname;label\na.png;cat\n", "semicolon"),
        ("my cat.png\nmy other dog.png\n", "comma"),  # one column: spaces in names divide nothing
    ],
)
def test_the_delimiter_is_found(tmp_path: Path, text: str, delimiter: str) -> None:
    table = table_of(tmp_path, text)
    assert table.form.delimiter == delimiter
    assert table.problems == []


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("name,label\nä.png,Köln\n".encode(), "utf-8"),
        ("name,label\nä.png,Köln\n".encode("utf-8-sig"), "utf-8"),
        ("name,label\nä.png,Köln\n".encode("utf-16"), "utf-16"),
        ("name,label\nä.png,Köln\n".encode("utf-16-le"), "utf-16"),
        ("name,label\nä.png,Köln\n".encode("utf-16-be"), "utf-16"),
        ("name,label\nä.png,Köln\n".encode("utf-32"), "utf-32"),
        ("name,label\nä.png,Köln\n".encode("cp1252"), "cp1252"),
        ("name,label\nä.png,Köln\x81\n".encode("latin-1"), "latin-1"),
    ],
)
def test_the_encoding_is_found(tmp_path: Path, content: bytes, encoding: str) -> None:
    table = table_of(tmp_path, content)
    assert table.form.encoding == encoding
    assert table.columns == ("name", "label")
    assert [row[0] for row in table.rows] == ["ä.png"]
    assert table.rows[0][1].startswith("Köln")


def test_an_encoding_can_be_said(tmp_path: Path) -> None:
    table = table_of(tmp_path, "name,label\nа.png,кот\n".encode("cp1251"), encoding="cp1251")
    assert table.rows == [("а.png", "кот")]


def test_an_encoding_that_does_not_fit_names_the_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"line 3.*utf-8") as refused:
        table_of(tmp_path, b"name,label\na.png,x\n\xe4.png,x\n", encoding="utf-8")
    assert "t.csv" in refused.value.message


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("name,label\na.png,cat\n", ("name", "label")),
        ("a.png,cat\nb.png,dog\n", ("column 1", "column 2")),
        ("3,0.5\n4,0.25\n", ("column 1", "column 2")),
        ("x,x,\n1,2,3\n", ("x", "x 2", "column 3")),
        (",Image,Category\n,0,A\n", ("column 1", "Image", "Category")),
        ("0,1,2\n5,6,7\n", ("0", "1", "2")),  # pandas writes tables without names so
        ("cat,yes\ndog,no\ncat,no\n", ("column 1", "column 2")),  # "cat" comes again: no name of a column
        ("Image\tCategory\n1\tx\ty\n2\tu\tv\n", ("column 1", "Image", "Category")),  # R leaves the first one out
    ],
)
def test_the_header_is_found(tmp_path: Path, text: str, columns: tuple[str, ...]) -> None:
    assert table_of(tmp_path, text).columns == columns


def test_a_header_can_be_said(tmp_path: Path) -> None:
    text = "name,label\na.png,cat\n"
    assert table_of(tmp_path, text, header="no").rows == [("name", "label"), ("a.png", "cat")]
    assert table_of(tmp_path, "a.png,cat\nb.png,dog\n", header="yes").columns == ("a.png", "cat")


def test_lines_are_those_of_an_editor(tmp_path: Path) -> None:
    table = table_of(tmp_path, 'name,text\r\n\r\na.png,"two\r\nlines"\r\n,\r\nb.png,one\r\n')
    assert table.lines == [3, 6]
    assert table.rows == [("a.png", "two\r\nlines"), ("b.png", "one")]


def test_a_quoted_cell_behind_a_space(tmp_path: Path) -> None:
    table = table_of(tmp_path, 'name, text\na.png, "one, two"\nb.png, "three"\n')
    assert [row[1] for row in table.rows] == ["one, two", "three"]


def test_old_mac_line_ends(tmp_path: Path) -> None:
    assert table_of(tmp_path, "name,label\ra.png,cat\rb.png,dog\r").lines == [2, 3]


# --- rows that are none -----------------------------------------------------------------------------------------------


def test_ragged_rows_are_told_with_their_line(tmp_path: Path) -> None:
    table = table_of(tmp_path, "name,label\na.png,cat\nb.png\nc.png,dog,extra\nd.png,cat,,\n")
    assert [row[0] for row in table.rows] == ["a.png", "d.png"]
    assert [problem.line for problem in table.problems] == [3, 4]
    assert "1 cell instead of 2" in table.problems[0].message
    assert "t.csv, line 4" in table.problems[1].message


def test_a_zero_byte_is_told_with_its_line(tmp_path: Path) -> None:
    lines = "".join(f"{number}.png,cat\n" for number in range(50))
    table = table_of(tmp_path, f"name,label\nx.png,c\0t\n{lines}")
    assert [problem.line for problem in table.problems] == [2]
    assert len(table.rows) == 50


def test_a_quotation_mark_that_is_not_closed(tmp_path: Path) -> None:
    table = table_of(tmp_path, 'name,label\na.png,cat\nb.png,"dog\nc.png,cat\nd.png,cat\n')
    assert [row[0] for row in table.rows] == ["a.png"]
    assert [(problem.line, "never closed" in problem.message) for problem in table.problems] == [(3, True)]


def test_a_cell_without_end_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = csv.field_size_limit(1000)
    try:
        with pytest.raises(UserError, match=r"t\.csv, line 2: a quotation mark"):
            table_of(tmp_path, 'name,label\na.png,"' + "x,\n" * 2000)
    finally:
        csv.field_size_limit(before)


# --- files that are none ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n \n\n", "is blank"),
        (b"name,label\n", "no rows"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "a PNG picture"),
        (b"\xd0\xcf\x11\xe0" + bytes(100), "Excel file of the old kind"),
        (b"PK\x03\x04" + bytes(100), "a ZIP archive"),
        (b"<!DOCTYPE html><html></html>", "a web page"),
        (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS pointer"),
        (bytes(range(256)) * 20, "binary"),
        (b"name,label\n" + bytes(4000), "binary"),
    ],
)
def test_what_is_no_table(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(UserError, match=said) as refused:
        table_of(tmp_path, content)
    assert "t.csv" in refused.value.message
    assert refused.value.hint


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not exist"):
        read_table(tmp_path / "gone.csv")
    with pytest.raises(UserError, match="is a folder"):
        read_table(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with a name here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "t.csv")
    with pytest.raises(UserError, match="device or a pipe"):
        read_table(tmp_path / "t.csv")


def test_the_wrong_delimiter_names_the_right_one(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"single column.*Comma.*2 columns.*Semicolon") as refused:
        table_of(tmp_path, "name;label\na.png;cat\nb.png;dog\n", delimiter="comma")
    assert "Semicolon" in refused.value.hint


def test_a_table_of_one_column_is_no_mistake(tmp_path: Path) -> None:
    assert table_of(tmp_path, "name\na.png\nb.png\n", delimiter="comma").rows == [("a.png",), ("b.png",)]


# --- read once --------------------------------------------------------------------------------------------------------


def test_a_file_is_parsed_once_until_it_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, "name,label\na.png,cat\n")
    first = read_table(path)
    assert read_table(path) is first
    assert read_table(path, TableForm(header="no")) is not first
    path.write_text("name,label\nlonger.png,cat\n")
    assert read_table(path).rows == [("longer.png", "cat")]


def test_few_tables_are_kept(tmp_path: Path) -> None:
    for number in range(10):
        read_table(written(tmp_path, "name,label\na.png,cat\n", f"{number}.csv"))
    assert len(read._kept) <= 3


# --- every cell arrives -----------------------------------------------------------------------------------------------

ENCODINGS = ["utf-8", "utf-16", "cp1252", "latin-1", "gb18030"]
CELL = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0\ufeff"), max_size=12)


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(2, 6))
    return draw(st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=12))


@settings(max_examples=300, deadline=None)
@given(tables(), st.sampled_from(["comma", "semicolon", "tab", "bar"]), st.sampled_from(ENCODINGS), st.booleans())
def test_round_trip(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], delimiter: str, encoding: str, quoted: bool
) -> None:
    buffer = io.StringIO(newline="")
    writer = csv.writer(
        buffer,
        delimiter=SIGNS[delimiter],
        quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL,  # type: ignore[index]
    )
    writer.writerows(rows)
    text = buffer.getvalue()
    assume(not text.lower().startswith("sep="))
    content = text.encode(encoding, "replace")
    expected = [tuple(cell.encode(encoding, "replace").decode(encoding) for cell in row) for row in rows]
    folder = tmp_path_factory.mktemp("round")
    kept = [row for row in expected if any(row)]
    form = TableForm(delimiter=delimiter, encoding=encoding, header="no")  # type: ignore[arg-type]
    if not kept:
        with pytest.raises(UserError):
            read_table(written(folder, content), form)
        return
    table = read_table(written(folder, content), form)
    assert table.rows == kept
    assert table.problems == []


WORD = st.text("abcdefghäöü ", min_size=1, max_size=8).filter(lambda word: word.strip() == word)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(WORD, WORD, st.integers(0, 10**6)), min_size=2, max_size=30),
    st.sampled_from(["comma", "semicolon", "tab", "bar"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
)
def test_ordinary_tables_are_found_without_help(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, int]], delimiter: str, encoding: str
) -> None:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=SIGNS[delimiter])  # type: ignore[index]
    writer.writerow(["NAME", "LABEL", "VALUE"])
    writer.writerows([f"{name}.jpg", label, number] for name, label, number in rows)
    table = read_table(written(tmp_path_factory.mktemp("found"), buffer.getvalue().encode(encoding)))
    assert table.columns == ("NAME", "LABEL", "VALUE")
    assert table.rows == [(f"{name}.jpg", label, str(number)) for name, label, number in rows]
    assert table.lines == list(range(2, len(rows) + 2))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_give_a_table_or_a_reason(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    with contextlib.suppress(UserError):  # anything else is a fault of the reader
        table = read_table(written(tmp_path_factory.mktemp("bytes"), content))
        assert all(len(row) == len(table.columns) for row in table.rows)
        assert len(set(table.columns)) == len(table.columns)
        assert table.lines == sorted(table.lines)


# --- large ones -------------------------------------------------------------------------------------------------------

READ = """
import sys, time
from pathlib import Path
from studio.work.tables.read import read_table
began = time.perf_counter()
table = read_table(Path(sys.argv[1]))
took = time.perf_counter() - began
facts = Path("/proc/self/status").read_text()
print(len(table.rows), took, int(facts.split("VmHWM:")[1].split()[0]) / 1024)
"""


@pytest.mark.parametrize(
    "rows",
    [50_000, pytest.param(1_000_000, marks=pytest.mark.skipif("STUDIO_NIGHTLY" not in os.environ, reason="nightly"))],
)
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the memory that a process had at most")
def test_a_large_table(tmp_path: Path, rows: int) -> None:
    path = tmp_path / "large.csv"
    with path.open("w") as file:
        file.write("name,label,person\n")
        file.writelines(f"train/{i % 100}/img_{i:07d}.jpg,class {i % 7},{i % 1000}\n" for i in range(rows))
    with path.open(newline="") as file:
        bare = sum(1 for _ in csv.reader(file))
    done = subprocess.run([sys.executable, "-c", READ, str(path)], capture_output=True, text=True, check=True)
    found, _, memory_mb = map(float, done.stdout.split())
    assert found == rows == bare - 1
    assert memory_mb < 120 + 500 * rows / 1_000_000


# --- real ones --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "columns", "rows"),
    [
        ("mnist_tiny/labels.csv", ("name", "label"), 1408),
        ("coco_tiny/DERIVED_labels.csv", ("image_name", "tags"), 200),
        ("bccd/wbc_multilabel/labels.csv", ("column 1", "Image", "Category"), 411),
        ("bccd/test.csv", ("filename", "cell_type", "xmin", "xmax", "ymin", "ymax"), 4888),
        ("imdb_sample/texts.csv", ("label", "text", "is_valid"), 1000),
    ],
)
def test_real_tables(shared_data: Path, name: str, columns: tuple[str, ...], rows: int) -> None:
    table = read_table(shared_data / name)
    assert (table.columns, len(table.rows), table.problems) == (columns, rows, [])


def test_the_limit_of_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assemble, "MOST_CELLS", 10)
    with pytest.raises(UserError, match="million cells"):
        table_of(tmp_path, "name,label\n" + "a.png,cat\n" * 6)
