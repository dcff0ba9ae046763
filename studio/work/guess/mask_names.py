"""The rule by which the name of a mask follows from its picture's name, found by comparing names."""

import posixpath
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

from studio.blocks.path_template import compile_template

PAIRS_COMPARED = 200
TEMPLATES_TRIED = 6
_ENDS = re.compile(r"[-_ .]?(?:masks?|labels?|seg(?:mentation)?|gt|groundtruth|annot(?:ation)?s?|truth)$|_[LP]$", re.I)
_MASK_WORD = re.compile(r"masks?|labels?|seg(?:mentation)?|gt|annot(?:ation)?s?", re.I)
_PICTURE_WORDS = ("image", "img", "images", "picture", "photo", "frame", "sat", "rgb", "input")


def ends_like_a_mask(stem: str) -> bool:
    """Whether the name says that the picture is a mask: cell_07_mask, 0001TP_006690_L."""
    return _ENDS.search(stem) is not None


def find_template(pictures: Collection[str], masks: Sequence[str]) -> tuple[str, int]:
    """The template that finds the mask of most pictures, and of how many; ("", 0) where names do not fit.

    pictures: below the source's folder.  masks: seen from there, so they may begin with "..".
    """
    there = set(masks)
    by_stem: dict[str, list[str]] = {}
    for picture in pictures:
        by_stem.setdefault(_stem(picture), []).append(picture)
    asked: Counter[str] = Counter()
    for mask in masks[:: max(1, len(masks) // PAIRS_COMPARED)]:
        for picture, stem_rule in _partners(mask, by_stem):
            asked.update(_templates(picture, mask, stem_rule))
    best, most = "", 0
    for template, _ in asked.most_common(TEMPLATES_TRIED):
        try:
            fill = compile_template(template)
        except ValueError:  # braces in a folder's own name
            continue
        covered = sum(fill(picture) in there for picture in pictures)
        if covered > most:
            best, most = template, covered
    return best, most


def _partners(mask: str, by_stem: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    """The pictures that a mask may belong to, by its name, each with the rule for the stem; the likeliest rule only."""
    stem = _stem(mask)
    for picture_stem, rule in _stem_rules(stem, by_stem):
        near = sorted(by_stem[picture_stem], key=lambda picture: -_shared(picture, mask))
        yield from ((picture, rule) for picture in near[:3] if picture != mask)
        return


def _stem_rules(stem: str, by_stem: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Stems of pictures that a mask's stem may come from, the likeliest first."""
    if stem in by_stem:
        yield stem, "{stem}"
    for place in range(len(stem) - 1, 0, -1):  # the longest beginning: 0001TP_006690 of 0001TP_006690_P
        if stem[:place] in by_stem and not stem[place].isdigit():
            yield stem[:place], "{stem}" + stem[place:]
    for place in range(1, len(stem)):
        if stem[place:] in by_stem and not stem[place - 1].isdigit():
            yield stem[place:], stem[:place] + "{stem}"
    for match in _MASK_WORD.finditer(stem):
        for word in _PICTURE_WORDS:
            other = stem[: match.start()] + word + stem[match.end() :]
            if other in by_stem:
                yield other, f"{{stem with {word} as {match[0]}}}"
    bare = _ENDS.sub("", stem)
    for word in _PICTURE_WORDS:
        for joint in "_-":
            if bare + joint + word in by_stem:
                yield bare + joint + word, f"{{stem without {joint}{word}}}{stem[len(bare) :]}"


def _templates(picture: str, mask: str, stem_rule: str) -> Iterable[str]:
    """Templates that give `mask` for `picture`, those that hold for most folders first."""
    name = stem_rule + posixpath.splitext(mask)[1]
    home, other = posixpath.dirname(picture), posixpath.dirname(mask)
    step = posixpath.relpath(other or ".", home or ".")
    if home and other.endswith("/" + home):
        yield f"{other[: -len(home) - 1]}/{{parent}}/{name}"
    yield "{parent}/" + (name if step == "." else f"{step}/{name}")
    ours, theirs = home.split("/"), other.split("/")
    while ours and theirs and ours[0] == theirs[0]:
        ours, theirs = ours[1:], theirs[1:]
    while ours and theirs and ours[-1] == theirs[-1]:
        ours, theirs = ours[:-1], theirs[:-1]
    if ours and theirs and ".." not in theirs:
        yield f"{{parent with {'/'.join(ours)} as {'/'.join(theirs)}}}/{name}"


def _shared(one: str, other: str) -> int:
    """How many folders two paths have in common, from the left and from the right."""
    ours, theirs = one.split("/")[:-1], other.split("/")[:-1]
    left = sum(1 for _ in _while_equal(ours, theirs))
    return left + sum(1 for _ in _while_equal(ours[::-1], theirs[::-1]))


def _while_equal(ours: list[str], theirs: list[str]) -> Iterator[str]:
    for one, other in zip(ours, theirs, strict=False):
        if one != other:
            return
        yield one


def _stem(path: str) -> str:
    return posixpath.splitext(posixpath.basename(path))[0]
