"""Where the pictures to learn from lie: the folder that holds them and no others, or what has to be left out."""

import os
import posixpath
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from studio.base.wording import count_words
from studio.blocks.source.folder import Folder
from studio.work.guess.listing import FOLDERS_KEPT, folder_of


@dataclass(frozen=True)
class Whereabouts:
    """A source folder: the block, its path below the folder that was looked at ("": itself), its pictures below it."""

    source: Folder
    prefix: str
    pictures: list[str]
    reason: str

    def seen_from(self, name: str) -> str:
        """A path below the folder that was looked at, as it is called below the source's folder."""
        folder, _, file = name.rpartition("/")
        step = _step(folder or ".", self.prefix or ".")
        return file if step == "." else f"{step}/{file}"


@lru_cache(FOLDERS_KEPT)
def _step(folder: str, start: str) -> str:
    """A folder as seen from another one."""
    return posixpath.relpath(folder, start)


def find_whereabouts(
    root: Path, everything: Collection[str], wanted: Collection[str], leave_out: Iterable[str] = ()
) -> Whereabouts:
    """The source that gives `wanted`, of all pictures below `root`.

    That is `root` itself where all are wanted, else the outermost inner folder whose pictures are all wanted, else
    `root` without `leave_out`, names of folders or patterns of names.
    """
    prefix = _clean_folder(everything, wanted)
    if prefix is None:
        excluded = tuple(sorted(set(leave_out)))
        block = Folder(path=str(root), exclude=excluded)
        left = ", ".join(f"'{name}'" for name in excluded)
        reason = f"{count_words(len(wanted), 'picture')} found" + (f"; {left} left out." if left else ".")
        return Whereabouts(block, "", list(wanted), reason)
    folder = root / prefix if prefix else root
    pictures = [name[len(prefix) + 1 :] for name in wanted] if prefix else list(wanted)
    reason = f"{count_words(len(wanted), 'picture')} found" + (f" in '{prefix}'." if prefix else ".")
    return Whereabouts(Folder(path=str(folder)), prefix, pictures, reason)


def _clean_folder(everything: Collection[str], wanted: Collection[str]) -> str | None:
    """The outermost folder that holds all of `wanted` and nothing else; None where there is none."""
    if len(everything) == len(wanted):
        return ""
    folders = {folder_of(name) for name in wanted}
    if not folders or "" in folders:
        return None
    common = posixpath.commonpath(folders)
    is_wanted = set(wanted)
    others = {folder_of(name) for name in everything if name not in is_wanted}
    clean: str | None = None
    while common and not any(_is_below(other, common) for other in others):
        clean = common
        common = common.rpartition("/")[0]
    return clean


def _is_below(folder: str, outer: str) -> bool:
    return folder == outer or folder.startswith(outer + "/")


def local_path(root: Path, name: str) -> Path:
    """A path below `root`, with forward slashes, as this system writes it."""
    return Path(os.path.normpath(root / name))
