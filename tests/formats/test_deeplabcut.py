"""DeepLabCut's tables: one animal, several, old and new columns, and what is wrong in them."""

from pathlib import Path

import pytest

from studio.base.errors import UserError
from studio.base.targets import Place
from studio.formats.annotations import Annotations
from studio.formats.reading import read_annotations, what_to_read

HEADER = "scorer,me,me,me,me\nbodyparts,nose,nose,tail,tail\ncoords,x,y,x,y\n"
PARTS = (Place(0, 1), Place(2, 3), Place(4, 5))


def read(path: Path, content: str = "") -> Annotations:
    if content:
        path.write_text(content, encoding="utf-8")
    return read_annotations(what_to_read(path, "deeplabcut"))


def test_the_open_field(shared_data: Path) -> None:
    found = read_annotations(what_to_read(shared_data / "dlc_openfield"))
    assert (found.format, len(found.entries), found.problems) == ("deeplabcut", 116, ())
    assert found.skeleton is not None
    assert found.skeleton.names == ("snout", "leftear", "rightear", "tailbase")
    assert found.skeleton.partners == ((1, 2),)
    (first,) = found.entries["labeled-data/m4s1/img0000.png"].points
    assert first.places[0] == Place(21.521, 265.428)
    assert all(None not in points.places for entry in found.entries.values() for points in entry.points)


@pytest.mark.parametrize("name", ["dlc_testdata.csv", "dlc_testdata_v2.csv"])
def test_one_animal_with_old_and_new_columns(shared_data: Path, name: str) -> None:
    found = read(shared_data / "sleap_testdata/tests/data/dlc/labeled-data/video" / name)
    assert found.skeleton is not None
    assert found.skeleton.names == ("A", "B", "C")
    assert [entry.points[0].places for entry in found.entries.values()] == [
        PARTS,
        (Place(12, 13), None, Place(15, 16)),
        (None, None, None),
        (Place(22, 23), Place(24, 25), Place(26, 27)),
    ]
    assert next(iter(found.entries)) == "labeled-data/video/img000.png"


@pytest.mark.parametrize("name", ["madlc_testdata.csv", "madlc_testdata_v2.csv"])
def test_two_animals(shared_data: Path, name: str) -> None:
    found = read(shared_data / "sleap_testdata/tests/data/dlc/labeled-data/video" / name)
    assert found.skeleton is not None
    assert found.skeleton.names == tuple(f"Animal{number} {part}" for number in (1, 2) for part in "ABC")
    assert found.entries["labeled-data/video/img000.png"].points[0].places[:3] == PARTS
    assert len(found.entries) == 4


@pytest.mark.parametrize("name", ["maudlc_testdata.csv", "maudlc_testdata_v2.csv", "CollectedData_LM.csv"])
def test_parts_that_belong_to_no_animal(shared_data: Path, name: str) -> None:
    found = read(shared_data / "sleap_testdata/tests/data/dlc/labeled-data/video" / name)
    assert found.skeleton is not None
    assert found.skeleton.names[-2:] == ("D", "E")
    assert found.entries["labeled-data/video/img001.png"].points[0].places[-2:] == (Place(22, 23), Place(24, 25))
    assert found.entries["labeled-data/video/img002.png"].points[0].places == (None,) * 8
    assert found.problems == ()


def test_a_line_that_ends_early_is_told(tmp_path: Path) -> None:
    found = read(tmp_path / "t.csv", HEADER + "a.png,1,2\n")
    assert found.entries["a.png"].points[0].places == (Place(1, 2), None)
    (problem,) = found.problems
    assert problem.is_used
    assert str(problem) == "t.csv, line 4: The line has 3 of 5 columns; the last points count as absent."


def test_the_tables_of_several_videos_are_read_together(shared_data: Path) -> None:
    found = read_annotations(what_to_read(shared_data / "sleap_testdata/tests/data/dlc_multiple_datasets"))
    assert list(found.entries) == [f"labeled-data/video/img00{number}.jpg" for number in range(3)]


@pytest.mark.parametrize(
    ("row", "place", "field", "words"),
    [
        ("a.png,1,2,3,x", "line 4", "tail, y", "'x' is written where a number belongs"),
        ("a.png,1,2,3,", "line 4", "tail, y", "Nothing is written"),
        ("a.png,1,2,3,inf", "line 4", "tail, y", "where a number belongs"),
        ("a.png,1,2,3,4,5", "line 4", "", "6 columns; the header has 5"),
        (",1,2,3,4", "line 4", "picture", "Nothing is written"),
    ],
)
def test_what_is_wrong_names_line_and_column(tmp_path: Path, row: str, place: str, field: str, words: str) -> None:
    found = read(tmp_path / "t.csv", HEADER + row + "\nb.png,1,2,3,4\n")
    (problem,) = found.problems
    assert (problem.file, problem.place, problem.field) == ("t.csv", place, field)
    assert words in problem.message
    assert list(found.entries) == ["b.png"]


def test_byte_order_mark_windows_lines_and_nan(tmp_path: Path) -> None:
    found = read(tmp_path / "t.csv", ("\ufeff" + HEADER + "sub\\a.png,1,2,NaN,NaN\n").replace("\n", "\r\n"))
    assert found.entries["sub/a.png"].points[0].places == (Place(1, 2), None)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a,b\n1,2\n", "begin with rows named scorer"),
        ("scorer,me\nbodyparts,nose\n", "begin with rows named scorer"),
        ("scorer,m,m,m\nbodyparts,n,n,n\ncoords,x,y,likelihood\n", "x and a y column for each point"),
        ("scorer,m,m,m,m\nbodyparts,n,n,n,n\ncoords,x,y,x,y\n", "same name"),
        ("scorer\nbodyparts\ncoords\n", "x and a y column"),
    ],
)
def test_another_table_is_refused_in_words(tmp_path: Path, content: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        read(tmp_path / "t.csv", content)
