"""Evidence from a second picture beside each picture: masks, by the rule for their names."""

import posixpath
from collections.abc import Iterator
from pathlib import Path

from studio.base.errors import UserError
from studio.base.wording import count_words
from studio.blocks.labels.mask_files import MaskFiles
from studio.blocks.tasks.segmentation import Segmentation
from studio.imaging.decode import read_header
from studio.work.guess.evidence import Evidence
from studio.work.guess.listing import Listing, folder_of, mask_folder
from studio.work.guess.mask_classes import ClassNames, find_class_names
from studio.work.guess.mask_names import ends_like_a_mask, find_template
from studio.work.guess.whereabouts import Whereabouts, find_whereabouts, local_path

LEAST_COVERED = 0.3  # of the pictures; below it a rule for names fits by chance
HEADERS_READ = 5


def by_masks(listing: Listing) -> Iterator[Evidence]:
    """Masks in folders of their own, by each such folder; or beside the pictures, with names that say so."""
    in_folders: dict[str, list[str]] = {}
    pictures: list[str] = []
    for name in listing.pictures:
        folder = mask_folder(folder_of(name))
        (pictures if folder is None else in_folders.setdefault(folder, [])).append(name)
    for masks in in_folders.values():
        yield from _evidence(listing, pictures, masks, sorted(in_folders))
    if not in_folders:
        masks = [name for name in listing.pictures if ends_like_a_mask(posixpath.splitext(name)[0])]
        if masks:
            are_masks = set(masks)
            rest = [name for name in listing.pictures if name not in are_masks]
            yield from _evidence(listing, rest, masks, [])


def _evidence(listing: Listing, pictures: list[str], masks: list[str], folders: list[str]) -> Iterator[Evidence]:
    if not pictures:
        return
    endings = [] if folders else [f"*{_ending(masks[0])}{posixpath.splitext(masks[0])[1]}"]
    around = find_whereabouts(listing.root, listing.pictures, pictures, folders or endings)
    template, covered = find_template(around.pictures, [around.seen_from(mask) for mask in masks])
    if covered < LEAST_COVERED * len(pictures):
        return
    share = covered / len(pictures)
    sure = (0.95 if _are_masks(listing.root, masks) else 0.3) * (0.4 + 0.6 * share)
    missing = len(pictures) - covered
    how = f"A mask lies at {template} for "
    how += "every picture." if not missing else f"{covered} of {len(pictures)} pictures; {missing} have none."
    classes = find_class_names(listing, pictures[0], masks[0])
    if classes is not None:
        how += f" {posixpath.basename(classes.file)} names {count_words(len(classes.names), 'class', 'classes')}"
        how += f"; '{classes.void}' is left out of the score." if classes.void else "."
    yield Evidence(
        task=Segmentation(void=classes.void if classes else ""),
        source=around.source,
        labels=_labels(template, classes, around),
        pictures=around.pictures,
        labeled=covered,
        sure=sure,
        what="Each picture has a second one, its mask, that gives every pixel a class.",
        where=around.reason,
        how=how,
    )


def _labels(template: str, classes: ClassNames | None, around: Whereabouts) -> MaskFiles:
    if classes is None:
        return MaskFiles(template=template, classes_from="masks")
    if classes.is_text:
        return MaskFiles(template=template, classes_from="file", classes_file=around.seen_from(classes.file))
    values = tuple(str(value) for value in classes.values)
    return MaskFiles(template=template, classes_from="names", class_names=classes.names, values=values)


def _ending(mask: str) -> str:
    stem = posixpath.splitext(posixpath.basename(mask))[0]
    places = [stem.rfind(sign) for sign in "_-. "]
    return stem[max(places) :] if max(places) > 0 else "mask"


def _are_masks(root: Path, masks: list[str]) -> bool:
    """Whether these have one value a pixel; a colour picture in a folder called 'labels' is something else."""
    for name in masks[:: max(1, len(masks) // HEADERS_READ)][:HEADERS_READ]:
        try:
            header = read_header(local_path(root, name))
        except UserError:
            return False
        if header.channels != 1 and header.mode != "P":
            return False
    return True
