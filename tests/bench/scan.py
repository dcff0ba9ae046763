"""Finding 100,000 pictures: ours against a bare recursive walk with os.scandir, in turn."""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from studio.blocks.source.folder import Folder
from studio.work.scan import find_pictures

FOLDERS, FILES = 100, 1000
REPEATS = 15


def bare_walk(folder: str) -> int:
    """How many files there are below a folder."""
    count = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            count += bare_walk(entry.path) if entry.is_dir() else 1
    return count


def make_files(root: Path) -> None:
    for folder in range(FOLDERS):
        inner = root / f"class_{folder:03d}"
        inner.mkdir()
        for file in range(FILES):
            (inner / f"IMG_{file * 7919 % FILES:05d}.jpg").touch()


def seconds(work: Callable[[], int]) -> float:
    began = time.perf_counter()
    found = work()
    took = time.perf_counter() - began
    assert found == FOLDERS * FILES
    return took


def measure() -> tuple[dict[str, float], str | None]:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        make_files(root)
        block = Folder(path=name)
        times: dict[str, list[float]] = {"bare": [], "ours": []}
        for turn in range(REPEATS + 1):
            bare = seconds(lambda: bare_walk(name))
            ours = seconds(lambda: len(find_pictures(root, block)[0]))
            if turn:  # the first turn fills the system's cache
                times["bare"].append(bare)
                times["ours"].append(ours)
    # Of each turn, so that what else the machine does meanwhile weighs on both alike.
    ratios = [bare / ours for bare, ours in zip(times["bare"], times["ours"], strict=True)]
    return {
        "scan_s": statistics.median(times["ours"]),
        "bare_walk_s": statistics.median(times["bare"]),
        "scan_vs_walk": statistics.median(ratios),
    }, None
