"""What is proposed where nothing says how the pictures are labeled, or where there are no pictures as files yet."""

import tarfile
import zipfile
from pathlib import Path

from studio.base.errors import UserError
from studio.base.wording import count_words
from studio.blocks.labels.from_label_set import FromLabelSet
from studio.blocks.recipe import AnySource
from studio.blocks.source.archive import Archive
from studio.blocks.source.video import Video
from studio.blocks.split.by_group import GroupSplit
from studio.blocks.split.last_part import LastPartSplit
from studio.blocks.tasks.classification import Classification
from studio.imaging.decode import PICTURE_SUFFIXES
from studio.work.guess.evidence import Evidence
from studio.work.guess.folders import by_folder
from studio.work.guess.listing import Listing
from studio.work.guess.whereabouts import find_whereabouts

MANY_VIDEOS = 5  # from here on whole videos are kept aside, else the last part of each
LABELED_HERE = "Nothing says yet what the pictures show: the labels are made here, on the Label page."


def unlabeled(listing: Listing) -> Evidence:
    """Pictures without labels: which thing they show is the plainest question."""
    around = find_whereabouts(listing.root, listing.pictures, listing.plain_pictures, listing.mask_folders)
    return _unlabeled(around.source, around.pictures)


def _unlabeled(source: AnySource, pictures: list[str]) -> Evidence:
    return Evidence(
        task=Classification(),
        source=source,
        labels=FromLabelSet(),
        pictures=pictures,
        labeled=0,
        sure=0.5,
        what="Nothing says what is to be learned; to sort pictures into classes is the plainest beginning.",
        where=f"{count_words(len(pictures), 'picture')} found.",
        how=LABELED_HERE,
    )


def videos(listing: Listing) -> Evidence:
    """Pictures out of videos, labeled here; neighbouring ones stay on one side."""
    names = listing.videos
    split = GroupSplit(group_by="video") if len(names) >= MANY_VIDEOS else LastPartSplit(group_by="video", gap=5)
    return Evidence(
        task=Classification(),
        source=Video(paths=tuple(str(listing.root / name) for name in names)),
        labels=FromLabelSet(),
        pictures=[],
        labeled=0,
        sure=0.5,
        what="Nothing says what is to be learned; to sort pictures into classes is the plainest beginning.",
        where=f"{count_words(len(names), 'video')} found: pictures are taken out of them.",
        how=LABELED_HERE,
        own_splits=(split,),
    )


def archive(path: Path) -> Evidence:
    """An archive, by the names in it. Raises UserError when it holds no pictures, or cannot be opened."""
    names = _names_in(path)
    pictures = [name for name in names or () if Path(name).suffix.lower() in PICTURE_SUFFIXES]
    if names is not None and not pictures:
        raise UserError(f"There are no pictures in {path}.", "Choose an archive with files such as .jpg, .png or .tif.")
    found = by_folder(path, pictures) or _unlabeled(Archive(path=str(path)), pictures)
    where = f"{path.name} is unpacked into the project"
    return Evidence(
        task=found.task,
        source=Archive(path=str(path)),
        labels=found.labels,
        pictures=pictures,
        labeled=found.labeled,
        sure=0.9 * found.sure,
        what=found.what,
        where=where + (f"; it holds {count_words(len(pictures), 'picture')}." if pictures else "."),
        how=found.how,
    )


def _names_in(path: Path) -> list[str] | None:
    """The names of the files in an archive; None where they are known only after unpacking."""
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as file:
                names = file.namelist()
        elif path.suffix.lower() == ".7z":
            import py7zr

            with py7zr.SevenZipFile(path) as archive_file:
                names = archive_file.getnames()
        elif path.suffix.lower() == ".tar":
            with tarfile.open(path) as tar:
                names = [member.name for member in tar if member.isfile()]
        else:
            return None
    except Exception as error:  # readers raise almost anything on broken archives
        raise UserError(f"{path} cannot be opened as an archive.", "Copy or download it again.") from error
    return [name for name in names if not any(part.startswith((".", "__MACOSX")) for part in name.split("/"))]
