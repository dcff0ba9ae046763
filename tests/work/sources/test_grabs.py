"""The project's own camera pictures."""

from pathlib import Path

from studio.blocks.source.grabs import Grabs


def test_pictures_of_the_project(tmp_path: Path, draw, build_source) -> None:
    draw(tmp_path / "grabs" / "2.png")
    draw(tmp_path / "grabs" / "1.png")
    table, findings = build_source(Grabs(), tmp_path)
    assert table.root == str(tmp_path / "grabs")
    assert [row.image for row in table.rows] == ["1.png", "2.png"]
    assert findings == []


def test_none_yet(tmp_path: Path, build_source) -> None:
    table, findings = build_source(Grabs(), tmp_path)
    assert table.rows == []
    assert "Live page" in findings[0].hint


def test_no_project(build_source) -> None:
    assert build_source(Grabs())[1][0].level == "error"
