"""Fetching a public data set: downloaded, checked, unpacked, and there once for all projects."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from studio.base.download import PATIENCE, NoConnectionError, NotFoundError, Patience, StoppedError, download
from studio.base.errors import UserError
from studio.base.paths import user_folder
from studio.blocks.public_data import PublicDataSet
from studio.work.archives.unpack import unpack
from studio.work.build import OnProgress, Surroundings
from studio.work.made_once import Stopped, facts_of, make_once

START_BYTES = 1 << 20  # what the checksum is of
MOST_TIMES_LARGER = 30  # unpacked than packed; the largest of ours unpacks to 6 times its size
MIRROR = "STUDIO_DATASETS"  # where set: a web address that holds the archives under their file names


def data_set_folder(data_set: PublicDataSet) -> Path:
    """Where the data set lies, or will: in the user's folder."""
    return user_folder("data") / "datasets" / data_set.name


def is_fetched(data_set: PublicDataSet) -> bool:
    return facts_of(data_set_folder(data_set)) == _facts(data_set)


def fetch(
    data_set: PublicDataSet,
    on_bytes: OnProgress = lambda done, total: None,
    on_unpacked: OnProgress = lambda done, total: None,
    should_stop: Callable[[], bool] = lambda: False,
    patience: Patience = PATIENCE,
) -> Path:
    """The folder that the archive unpacks to; nothing is done where it is there already.

    A download that broke off goes on where it was. Raises UserError with a reason, StoppedError when that is wanted.
    """
    folder = data_set_folder(data_set)
    around = Surroundings(on_progress=on_unpacked, should_stop=should_stop)
    try:
        make_once(folder, _facts(data_set), lambda place: _fill(data_set, place, on_bytes, around, patience), around)
    except Stopped as stopped:
        raise StoppedError from stopped
    inside = folder / data_set.folder
    if not inside.is_dir():
        raise UserError(
            f"The archive of {data_set.title} holds no folder '{data_set.folder}'.",
            f"Delete {folder} and try again; if that does not help, the archive has changed.",
        )
    return inside


def address_of(data_set: PublicDataSet) -> str:
    """Where the archive is fetched from: its own address, or the mirror that STUDIO_DATASETS names."""
    mirror = os.environ.get(MIRROR, "").strip().rstrip("/")
    return f"{mirror}/{data_set.address.rpartition('/')[2]}" if mirror else data_set.address


def _fill(data_set: PublicDataSet, place: Path, on_bytes: OnProgress, around: Surroundings, patience: Patience) -> None:
    archives = user_folder("cache") / "downloads"
    archives.mkdir(parents=True, exist_ok=True)
    address = address_of(data_set)
    archive = archives / address.rpartition("/")[2]
    try:
        download(
            address,
            archive,
            progress=lambda done, total: on_bytes(done, total or data_set.size_bytes),
            should_stop=around.should_stop,
            patience=patience,
        )
    except NotFoundError as error:
        raise UserError(
            f"{data_set.title} is no longer at {address}.", f"Set {MIRROR} to a web address that has its archive."
        ) from error
    except NoConnectionError as error:
        raise UserError(
            f"{data_set.title} could not be downloaded from {address}: {error}",
            "Try again: it goes on where it broke off. Without internet, point a new project to a copy of the folder.",
        ) from error
    _check(archive, data_set)
    unpack(archive, place, MOST_TIMES_LARGER * data_set.size_bytes, around)
    archive.unlink(missing_ok=True)


def _check(archive: Path, data_set: PublicDataSet) -> None:
    """Raises UserError, and throws the archive away, when it is not the one that is listed."""
    with open(archive, "rb") as file:
        start_md5 = hashlib.md5(file.read(START_BYTES), usedforsecurity=False).hexdigest()
    size_bytes = archive.stat().st_size
    if (size_bytes, start_md5) == (data_set.size_bytes, data_set.start_md5):
        return
    archive.unlink()
    raise UserError(
        f"What came as {data_set.title} is not the archive that is listed: {size_bytes} bytes with the checksum "
        f"{start_md5[:12]}…, not {data_set.size_bytes} with {data_set.start_md5[:12]}…. It was thrown away.",
        "Try again; if it happens again, its owners have changed it, or something on the way does.",
    )


def _facts(data_set: PublicDataSet) -> dict[str, object]:
    return {"archive": data_set.start_md5, "size_bytes": data_set.size_bytes}
