"""What was seen of a file is not looked at again until the file changes."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.base.errors import UserError
from studio.work.survey.records import NOT_SEEN, SEEN, STAMP, UNREADABLE, Memory, look_at_files

FIELDS = [*STAMP, ("first_byte", np.uint8)]


class Reader:
    """Reads the first byte of a file, and remembers which files it was asked for."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def __call__(self, path: Path, record: Any) -> None:
        self.read.append(path.name)
        content = path.read_bytes() if path.exists() else b""
        if not content:
            raise UserError(f"{path.name} is empty.")
        record["first_byte"] = content[0]


def look(folder: Path, names: list[str], stop_after: int = 10**9) -> tuple[np.ndarray, dict[int, str], list[str]]:
    reader, asked = Reader(), [0]

    def should_stop() -> bool:
        asked[0] += 1
        return asked[0] > stop_after

    memory = Memory(folder, "bytes-1", FIELDS)
    records, reasons = look_at_files(folder, names, memory, reader, lambda done, total: None, should_stop)
    return records, reasons, sorted(reader.read)


@pytest.fixture
def names(tmp_path: Path) -> list[str]:
    for name in ("a", "b", "c"):
        (tmp_path / name).write_bytes(name.encode())
    return ["a", "b", "c"]


def test_unchanged_files_are_read_once(tmp_path: Path, names: list[str]) -> None:
    first, _, read = look(tmp_path, names)
    assert read == names
    again, _, read = look(tmp_path, names[::-1])
    assert read == []
    assert list(again["first_byte"]) == [ord("c"), ord("b"), ord("a")] == list(first["first_byte"][::-1])


def test_a_changed_file_is_read_again(tmp_path: Path, names: list[str]) -> None:
    look(tmp_path, names)
    (tmp_path / "b").write_bytes(b"x")
    os.utime(tmp_path / "b", ns=(1, 1))
    records, _, read = look(tmp_path, names)
    assert read == ["b"]
    assert list(records["first_byte"]) == [ord("a"), ord("x"), ord("c")]


def test_bad_news_are_not_kept(tmp_path: Path, names: list[str]) -> None:
    (tmp_path / "b").write_bytes(b"")
    records, reasons, _ = look(tmp_path, [*names, "gone"])
    assert list(records["state"]) == [SEEN, UNREADABLE, SEEN, UNREADABLE]
    assert set(reasons) == {1, 3}
    _, _, read = look(tmp_path, [*names, "gone"])
    assert read == ["b", "gone"]


def test_what_was_seen_before_the_stop_is_kept(tmp_path: Path) -> None:
    names = [f"{number}" for number in range(200)]
    for name in names:
        (tmp_path / name).write_bytes(b"x")
    records, _, read = look(tmp_path, names, stop_after=1)
    assert 0 < len(read) < 200
    assert set(records["state"]) == {SEEN, NOT_SEEN}
    _, _, rest = look(tmp_path, names)
    assert len(rest) == 200 - len(read)


def test_a_damaged_memory_costs_time_only(tmp_path: Path, names: list[str], studio_home: Path) -> None:
    look(tmp_path, names)
    for path in (studio_home / "cache" / "health").iterdir():
        path.write_bytes(path.read_bytes()[:50])
    assert look(tmp_path, names)[2] == names


def test_records_of_another_form_are_not_taken(tmp_path: Path, names: list[str]) -> None:
    look(tmp_path, names)
    other = Memory(tmp_path, "bytes-1", [*STAMP, ("something", np.float32)])
    assert set(other.recall(names)["state"]) == {NOT_SEEN}
