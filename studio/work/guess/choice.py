"""The guess: a look at a folder, a table, a video or an archive, and a recipe for it, with reasons."""

from collections.abc import Callable, Iterator
from pathlib import Path

from studio.base.errors import UserError
from studio.base.wording import count_words
from studio.blocks.source.folder import Folder
from studio.work.guess.annotations import by_annotations
from studio.work.guess.evidence import Evidence
from studio.work.guess.folder_words import is_for_order
from studio.work.guess.folders import by_folder
from studio.work.guess.listing import ARCHIVE_SUFFIXES, TABLE_SUFFIXES, VIDEO_SUFFIXES, Listing, list_folder
from studio.work.guess.masks import by_masks
from studio.work.guess.names import by_name
from studio.work.guess.points import by_point_files, by_pose_files
from studio.work.guess.proposal import Proposal
from studio.work.guess.ranking import best_of, untried
from studio.work.guess.tables import by_tables
from studio.work.guess.texts import refuse_texts
from studio.work.guess.without_labels import archive, unlabeled, videos

FILES_BESIDE = 10  # for each picture in a folder so many files around it are looked at


def guess(path: Path, should_stop: Callable[[], bool] = lambda: False) -> Proposal:
    """A proposal for what lies at `path`: a folder, or a table, a video or an archive.

    Labels and split of every proposal have been tried out on these pictures. Raises UserError, which says what is there
    instead, where there is nothing to learn from.
    """
    path = path.absolute()
    suffix = path.suffix.lower()
    if not path.is_file():
        listing = list_folder(path, should_stop)
        if len(listing.pictures) <= len(listing.videos):  # none at all, or a preview of each video
            return _instead_of_pictures(listing)
        candidates = list(_candidates(listing))
        if not candidates and is_for_order(path.name):
            return _with_what_lies_beside(path, listing, should_stop)
        return best_of(listing, [*candidates, unlabeled(listing)])
    if suffix in VIDEO_SUFFIXES:
        return untried(videos(Listing(path.parent, videos=[path.name])))
    if suffix in ARCHIVE_SUFFIXES:
        return untried(archive(path))
    if suffix in TABLE_SUFFIXES | {".txt"}:
        return _from_table(list_folder(path.parent, should_stop), path.name)
    raise UserError(f"{path} is no folder, table, video or archive.", "Choose the folder that holds the pictures.")


def _candidates(listing: Listing) -> Iterator[Evidence]:
    """What every room found in a folder of pictures."""
    yield from by_annotations(listing)
    yield from by_masks(listing)
    yield from by_tables(listing)
    yield from by_pose_files(listing)
    yield from by_point_files(listing)
    for found in (by_folder(listing.root, listing.pictures), by_name(listing.root, listing.pictures)):
        if found is not None:
            yield found


def _with_what_lies_beside(folder: Path, listing: Listing, should_stop: Callable[[], bool]) -> Proposal:
    """A proposal for a folder such as 'images', whose labels may lie beside it: masks, or annotation files."""
    outer = list_folder(folder.parent, should_stop, most=FILES_BESIDE * len(listing.pictures) + 1000)
    found = [
        evidence
        for evidence in [*by_annotations(outer), *by_masks(outer)]
        if isinstance(evidence.source, Folder)
        and all(Path(evidence.source.path, picture).is_relative_to(folder) for picture in evidence.pictures)
    ]
    return best_of(outer if found else listing, [*found, unlabeled(listing)])


def _instead_of_pictures(listing: Listing) -> Proposal:
    """What else a folder without pictures is good for."""
    if listing.videos:
        return untried(videos(listing))
    if listing.archives:
        return untried(archive(listing.root / listing.archives[0]))
    refuse_texts(listing)
    raise UserError(
        f"No pictures were found in {listing.root}.", "Choose a folder with files such as .jpg, .png or .tif."
    )


def _from_table(listing: Listing, name: str) -> Proposal:
    """A proposal from the table that somebody pointed at."""
    candidates = list(by_tables(listing, name))
    if candidates:
        return best_of(listing, candidates)
    refuse_texts(listing, name)
    beside = (
        f"there are {count_words(len(listing.pictures), 'picture')} beside it" if listing.pictures else "none is there"
    )
    raise UserError(
        f"No column of {name} names pictures that can be found; {beside}.",
        "Choose a table with the names of files in a column, or the folder of the pictures.",
    )
