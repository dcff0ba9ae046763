"""Evidence from text files that list pictures: those to check on, those to test on."""

import posixpath
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from studio.base.wording import count_words
from studio.blocks.split.by_list import SplitByList
from studio.work.guess.folder_words import TEST, TRAIN, VALID, is_named
from studio.work.guess.listing import Listing

LARGEST_BYTES = 20_000_000
LEAST_KNOWN = 0.9  # of the lines name pictures, else it is another kind of text
MOST_LISTED = 0.6  # of the pictures; a list that names more is not the one to check on


@dataclass(frozen=True)
class ListSplit:
    split: SplitByList
    reason: str


def by_list(listing: Listing, pictures: Sequence[str], seen_from: Callable[[str], str]) -> ListSplit | None:
    """The split by lists such as valid.txt or ImageSets/Main/val.txt, whose lines name pictures.

    pictures: below the source's folder.  seen_from: what a path of the listing is called from there.
    """
    valid = _list_of(VALID, listing, pictures)
    test = _list_of(TEST, listing, pictures)
    if valid is None and test is not None and _list_of(TRAIN, listing, pictures) is not None:
        valid, test = test, None  # a train and a test list: the second one is what there is to check on
    if valid is None:
        return None
    file, listed = valid
    reason = f"{file} lists {count_words(listed, 'picture')} to check on"
    reason += f", {test[0]} {test[1]} to test on." if test else "; the others are for training."
    return ListSplit(SplitByList(file=seen_from(file), test_file=seen_from(test[0]) if test else ""), reason)


def _list_of(words: frozenset[str], listing: Listing, pictures: Sequence[str]) -> tuple[str, int] | None:
    """The list of one part that lies nearest to the top, and how many of the pictures it names."""
    files = [name for name in listing.texts if is_named(posixpath.splitext(posixpath.basename(name))[0], words)]
    names = {name for picture in pictures for name in _names(picture)} if files else set()
    for file in sorted(files, key=lambda name: (name.count("/"), name)):
        lines = _lines(listing, file)
        known = sum(any(name in names for name in _names(line)) for line in lines)
        if known and known >= LEAST_KNOWN * len(lines) and (words is TRAIN or known <= MOST_LISTED * len(pictures)):
            return file, known
    return None


def _lines(listing: Listing, file: str) -> list[str]:
    path = listing.root / file
    try:
        if path.stat().st_size > LARGEST_BYTES:
            return []
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return [line.strip().replace("\\", "/") for line in text.splitlines() if line.strip()]


def _names(path: str) -> tuple[str, str, str]:
    """What a picture may be called in a list: its path, its name, its name without ending."""
    name = posixpath.basename(path)
    return path, name, posixpath.splitext(name)[0]
