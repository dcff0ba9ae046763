"""Lists of names, one a line."""

from pathlib import Path

import pytest

from studio.base.errors import UserError
from studio.work.tables.lines import read_lines


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_in_every_form(tmp_path: Path, encoding: str, end: str) -> None:
    (tmp_path / "l.txt").write_bytes(end.join(["ä.png", "", "  b c.png ", "d.png"]).encode(encoding))
    assert read_lines(tmp_path / "l.txt") == [(1, "ä.png"), (3, "b c.png"), (4, "d.png")]


def test_empty_and_foreign(tmp_path: Path) -> None:
    (tmp_path / "l.txt").write_bytes(b" \n\n")
    with pytest.raises(UserError, match="is empty"):
        read_lines(tmp_path / "l.txt")
    (tmp_path / "l.txt").write_bytes(b"\x89PNG\r\n" + bytes(range(200)))
    with pytest.raises(UserError, match="a PNG picture"):
        read_lines(tmp_path / "l.txt")
    (tmp_path / "l.txt").write_bytes(b"a.png\n\xff.png\n")
    with pytest.raises(UserError, match="line 2"):
        read_lines(tmp_path / "l.txt", "utf-8")
