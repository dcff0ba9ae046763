"""An archive at work: unpacked once, then a folder like any other."""

from pathlib import Path

from studio.base.errors import UserError
from studio.blocks.source.archive import Archive
from studio.blocks.table import DataTable, Finding, LeftOut
from studio.imaging.identity import identity
from studio.imaging.refusal import shown
from studio.work.archives.unpack import unpack
from studio.work.build import Surroundings, absolute, build
from studio.work.made_once import Stopped, facts_of, make_once, own_folder, place_for, source_text
from studio.work.scan import find_pictures
from studio.work.sources.found import nothing_found, take_found

_ENDINGS = (".zip", ".7z", ".tgz", ".tbz2", ".txz", ".gz", ".bz2", ".xz", ".tar")
_APPLE = "__MACOSX"  # where macOS keeps what other systems have no place for


@build.register
def _archive(block: Archive, table: DataTable, around: Surroundings) -> list[Finding]:
    if not block.path.strip():
        return [Finding("error", "No archive is chosen.", "Choose a .zip, .tar, .tar.gz or .7z file.", "path")]
    path = absolute(block.path, around)
    folder = own_folder(place_for("archives", path, around), _plain_name(path), path, around)
    table.root = str(folder)
    try:
        gone = _unpack_once(path, folder, block, around)
        images, left_out = find_pictures(folder, block)
    except UserError as error:
        return [Finding("error", error.message, error.hint, "path")]
    except Stopped:
        return [Finding("error", "Unpacking was stopped.", "Check the blocks again to start it again.", "path")]
    images = [image for image in images if not image.startswith(f"{_APPLE}/")]
    findings = [*gone, *take_found(table, folder, images, _known(left_out), around)]
    return findings if table.rows else [nothing_found(shown(path), "path"), *findings]


def _unpack_once(path: Path, folder: Path, block: Archive, around: Surroundings) -> list[Finding]:
    """Unpack unless that was done; an archive that is gone by now is no loss."""
    if not path.exists() and facts_of(folder):
        message = f"{shown(path)} is no longer there; its pictures, unpacked before, are used."
        return [Finding("info", message, "", "path")]
    if path.is_dir():
        raise UserError(f"{shown(path)} is a folder.", "Choose the block 'Folder' for it.")
    facts = {"source": source_text(path, around), "identity": identity(path)}
    make_once(folder, facts, lambda place: unpack(path, place, round(block.most_gb * 1e9), around), around)
    return []


def _known(left_out: list[LeftOut]) -> list[LeftOut]:
    return [item for item in left_out if not item.image.startswith(f"{_APPLE}/")]


def _plain_name(path: Path) -> str:
    """The archive's name without its endings: photos.tar.gz gives photos."""
    name = path.name
    while Path(name).suffix.lower() in _ENDINGS and Path(name).stem:
        name = Path(name).stem
    return name.lstrip(".") or "archive"
