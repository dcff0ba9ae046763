"""Folders of pictures that are made from something else, once: unpacked archives, drawn series, frames of videos."""

import contextlib
import itertools
import json
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

from studio.base.files import cannot_write, sync_folder, write_atomically
from studio.base.locks import FileLock
from studio.base.paths import user_folder
from studio.imaging.identity import identity
from studio.work.build import Surroundings

_FACTS = ".made_from.json"  # inside the folder, hidden from every search for pictures
_WAIT_S = 0.2


class Stopped(Exception):
    """Somebody wants the work to end; nothing half done is left."""


def place_for(kind: str, source: Path, around: Surroundings) -> Path:
    """The folder for what is made of `source`: in the project, or without one in the user's cache.

    kind: the folder's name in the project, such as "frames".
    """
    if around.project_folder is not None:
        return around.project_folder.absolute() / kind
    name = blake2b(os.fsencode(source.absolute()), digest_size=8).hexdigest()
    return user_folder("cache") / kind / name


def own_folder(place: Path, name: str, source: Path, around: Surroundings) -> Path:
    """The folder in `place` for what is made of `source`: `name`, or with a number where another source has that."""
    for number in itertools.count(1):
        folder = place / (name if number == 1 else f"{name} {number}")
        facts = facts_of(folder)
        if not facts or facts.get("source") == source_text(source, around) or facts.get("identity") == _known(source):
            return folder
    raise AssertionError("never reached")


def source_text(source: Path, around: Surroundings) -> str:
    """A source's path as it is kept: relative inside the project, so that it is known again when that moves."""
    absolute = source.absolute()
    if around.project_folder is not None and absolute.is_relative_to(around.project_folder.absolute()):
        return absolute.relative_to(around.project_folder.absolute()).as_posix()
    return str(absolute)


def _known(source: Path) -> str:
    return identity(source) if source.exists() else ""


def facts_of(folder: Path) -> dict[str, Any]:
    """What a folder was made from; nothing where it was not finished."""
    try:
        facts = json.loads((folder / _FACTS).read_bytes())
    except (OSError, ValueError):
        return {}
    return facts if isinstance(facts, dict) else {}


def keep_facts(folder: Path, facts: dict[str, Any]) -> None:
    """Write what a folder was made from: from now on it counts as finished. Raises UserError on a full disk."""
    write_atomically(folder / _FACTS, json.dumps(facts).encode())


def make_once(folder: Path, facts: dict[str, Any], make: Callable[[Path], None], around: Surroundings) -> None:
    """Let `make` fill `folder`, unless it holds already what `facts` say.

    It is filled beside its place and moved there when it is whole. Raises Stopped when that is wanted, UserError when
    it cannot be written, and what `make` raises; what was there before then stays.
    """
    with alone(folder, around):
        if facts_of(folder) == facts:
            return
        with unfinished_beside(folder) as unfinished:
            make(unfinished)
            keep_facts(unfinished, facts)
            _replace(folder, unfinished)


@contextlib.contextmanager
def alone(folder: Path, around: Surroundings) -> Iterator[None]:
    """Nobody else makes this folder meanwhile; others wait. Raises Stopped and UserError as `make_once`."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder.with_name(f".{folder.name}.lock"))
        while not lock.acquire(f"process {os.getpid()}"):
            if around.should_stop():
                raise Stopped
            time.sleep(_WAIT_S)
    except OSError as error:
        raise cannot_write(folder, error) from error
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def unfinished_beside(folder: Path) -> Iterator[Path]:
    """An empty folder beside this one, gone at the end unless it was moved; and so are those of killed processes."""
    prefix = f".{folder.name}.part-"
    unfinished = folder.with_name(prefix + uuid.uuid4().hex[:8])
    for old in folder.parent.iterdir():
        if old.name.startswith(prefix):
            shutil.rmtree(old, ignore_errors=True)
    try:
        unfinished.mkdir()
        yield unfinished
    except OSError as error:
        raise cannot_write(folder, error) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def checked_stop(around: Surroundings) -> None:
    """Raises Stopped when somebody wants the work to end."""
    if around.should_stop():
        raise Stopped


def _replace(folder: Path, unfinished: Path) -> None:
    with unfinished_beside(folder.with_name(folder.name + ".old")) as place:
        if folder.exists():
            os.rename(folder, place / "old")
        os.rename(unfinished, folder)
    sync_folder(folder.parent)
