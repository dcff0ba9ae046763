"""Folders that are made once: two at the same time, and a failure in the middle."""

import threading
from pathlib import Path

import pytest

from studio.base.locks import FileLock
from studio.work.build import Surroundings
from studio.work.made_once import Stopped, make_once

AROUND = Surroundings()


def test_what_was_there_stays_when_making_fails(tmp_path: Path) -> None:
    folder = tmp_path / "made"
    make_once(folder, {"n": 1}, lambda place: (place / "a").touch(), AROUND)

    def fail(place: Path) -> None:
        (place / "b").touch()
        raise ValueError("in the middle")

    with pytest.raises(ValueError, match="in the middle"):
        make_once(folder, {"n": 2}, fail, AROUND)
    assert {path.name for path in folder.iterdir()} == {"a", ".made_from.json"}
    assert {path.name for path in tmp_path.iterdir()} == {"made", ".made.lock"}


def test_two_at_once_make_it_once(tmp_path: Path) -> None:
    made: list[int] = []
    begin = threading.Barrier(2)

    def make(place: Path) -> None:
        made.append(1)
        (place / "a").touch()

    def work() -> None:
        begin.wait()
        make_once(tmp_path / "made", {"n": 1}, make, AROUND)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]


def test_waiting_for_somebody_else_can_be_stopped(tmp_path: Path) -> None:
    lock = FileLock(tmp_path / ".made.lock")
    assert lock.acquire("another")
    with pytest.raises(Stopped):
        make_once(tmp_path / "made", {}, lambda place: None, Surroundings(should_stop=lambda: True))
    lock.release()
