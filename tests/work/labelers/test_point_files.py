"""Points from text files beside the pictures."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.base.errors import UserError
from studio.base.targets import Place, Points
from studio.blocks.labels.point_files import PointFiles
from studio.blocks.table import DataTable, Finding, Row
from studio.work.build import Surroundings, build
from studio.work.labelers.point_files import read_points


def labeled(folder: Path, files: dict[str, str], **settings: object) -> tuple[DataTable, list[Finding]]:
    for name, text in files.items():
        (folder / f"{name}.txt").write_text(text)
    table = DataTable(root=str(folder), rows=[Row(f"{name}.png") for name in "abc"])
    return table, build(PointFiles.model_validate(settings), table, Surroundings())


@pytest.mark.parametrize(
    "text",
    ["1 2\n3.5 -4\n", "1, 2\n3.5, -4", "1 2 3.5 -4", "# x y\n1;2\n\n3.5;-4 # tail\n", "\ufeff1\t2\r\n3.5\t-4\r\n"],
)
def test_forms_of_a_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.txt").write_text(text, encoding="utf-8", newline="")
    assert read_points(tmp_path / "a.txt") == (Place(1, 2), Place(3.5, -4))


def test_landmark_files_with_a_frame(tmp_path: Path) -> None:
    (tmp_path / "a.pts").write_text("version: 1\nn_points:  2\n{\n1 2\n3.5 -4\n}\n")
    assert read_points(tmp_path / "a.pts") == (Place(1, 2), Place(3.5, -4))


@pytest.mark.parametrize(
    ("text", "words"), [("1 2\n3 far\n", "a.txt, line 2: 'far'"), ("1 2 3", "3 numbers"), ("nan 2", "only one number")]
)
def test_what_cannot_be_read(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "a.txt").write_text(text)
    with pytest.raises(UserError, match=words):
        read_points(tmp_path / "a.txt")


def test_points_of_pictures(tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_text("left eye\nright eye\n")
    files = {"a": "1 2\n3 4\n", "b": "5 6 nan nan"}
    table, findings = labeled(tmp_path, files, names_file="names.txt")
    assert [row.target for row in table.rows] == [
        Points((Place(1, 2), Place(3, 4))),
        Points((Place(5, 6), None)),
        None,
    ]
    assert table.skeleton is not None
    assert table.skeleton.names == ("left eye", "right eye")
    assert table.skeleton.partners == ((0, 1),)
    assert [finding.level for finding in findings] == ["warning"]
    assert "c.txt" in findings[0].message


def test_y_before_x(tmp_path: Path) -> None:
    table, _ = labeled(tmp_path, {"a": "1 2"}, order="yx")
    assert table.rows[0].target == Points((Place(2, 1),))
    assert table.skeleton is not None
    assert table.skeleton.names == ("1",)


def test_another_number_of_points(tmp_path: Path) -> None:
    files = {"a": "1 2\n3 4\n", "b": "1 2\n3 4\n", "c": "1 2\n"}
    table, findings = labeled(tmp_path, files)
    assert [finding.level for finding in findings] == ["error"]
    assert "the points of c.png are 1 instead of 2" in findings[0].message
    table, findings = labeled(tmp_path, files, skip_bad=True)
    assert [row.image for row in table.rows] == ["a.png", "b.png"]


def test_no_file_is_there(tmp_path: Path) -> None:
    _, findings = labeled(tmp_path, {})
    assert [(finding.level, finding.field) for finding in findings] == [("error", "template")]


@given(
    st.lists(st.tuples(*[st.floats(-1e6, 1e6)] * 2), min_size=1, max_size=5), st.sampled_from([" ", ", ", "\t", ";"])
)
def test_what_is_written_comes_back(
    tmp_path_factory: pytest.TempPathFactory, points: list[tuple[float, float]], between: str
) -> None:
    path = tmp_path_factory.mktemp("points") / "a.txt"
    path.write_text("\n".join(f"{x!r}{between}{y!r}" for x, y in points))
    assert read_points(path) == tuple(Place(x, y) for x, y in points)
