"""The files below a folder."""

import os
from collections.abc import Iterator
from pathlib import Path


def files_below(folder: Path, suffixes: frozenset[str]) -> Iterator[Path]:
    """Files with one of these endings (small letters), folder by folder in the order of their names.

    Hidden ones are skipped; linked folders are followed, each once, so that a loop ends; folders that cannot be read
    give nothing.
    """
    visited: set[tuple[int, int]] = set()
    waiting = [str(folder)]
    while waiting:
        here = waiting.pop()
        try:
            facts = os.stat(here)
            if (facts.st_dev, facts.st_ino) in visited:
                continue
            visited.add((facts.st_dev, facts.st_ino))
            with os.scandir(here) as entries:
                ordered = sorted(
                    (entry for entry in entries if not entry.name.startswith(".")), key=lambda one: one.name
                )
        except OSError:
            continue
        waiting += [entry.path for entry in reversed(ordered) if _is_folder(entry)]
        yield from (Path(entry.path) for entry in ordered if _is_wanted(entry, suffixes))


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _is_wanted(entry: "os.DirEntry[str]", suffixes: frozenset[str]) -> bool:
    return os.path.splitext(entry.name)[1].lower() in suffixes and not _is_folder(entry)
