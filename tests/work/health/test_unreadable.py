"""Pictures that cannot be read."""

from dataclasses import replace
from pathlib import Path

from studio.blocks.table import LeftOut
from studio.work.health.unreadable import find_unreadable
from tests.work.health.drawn import draw_scene, looked_at, save


def test_a_broken_picture_of_the_table_is_an_error_that_names_it(tmp_path: Path) -> None:
    whole = save(draw_scene(1), tmp_path / "whole.jpg").read_bytes()
    (tmp_path / "half.jpg").write_bytes(whole[: len(whole) // 2])
    (found,) = find_unreadable(looked_at(tmp_path, ["whole.jpg", "half.jpg"]))
    assert found.level == "error"
    assert [name for name, _ in found.pictures] == ["half.jpg"]
    assert "ends too early" in found.pictures[0][1]


def test_what_the_blocks_left_out_is_listed(tmp_path: Path) -> None:
    save(draw_scene(1), tmp_path / "a.png")
    data = looked_at(tmp_path, ["a.png"])
    assert list(find_unreadable(data)) == []
    table = replace(data.table, left_out=[LeftOut("b.png", "It is empty.")])
    (found,) = find_unreadable(replace(data, table=table))
    assert (found.level, found.pictures) == ("warning", (("b.png", "It is empty."),))
