"""The pictures of a project as columns: light enough for a hundred thousand of them."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, overload

from studio.blocks.table import Part


class ImageEntry(NamedTuple):
    """One picture: its path below the image root with forward slashes, the class the rule gives it, and its part."""

    path: str
    rule_target: str | None = None
    part: Part = ""


class ImageList(Sequence[ImageEntry]):
    """Pictures in the order of the scan, each path once; equal to any sequence of the same entries.

    An entry is made when somebody looks at it: as an object each, 100,000 of them take ten times as long to read, and
    Python's collector goes through them all while every thread waits.
    """

    def __init__(self, paths: Iterable[str], rule_targets: Iterable[str | None], parts: Iterable[Part] = ()) -> None:
        """Of a path that comes twice the later facts count. Without `parts` all are in none."""
        self.paths: list[str] = list(paths)
        self.rule_targets: list[str | None] = list(rule_targets)
        self.parts: list[Part] = list(parts) or [""] * len(self.paths)
        self.places: dict[str, int] = dict(zip(self.paths, range(len(self.paths)), strict=True))
        if len(self.places) != len(self.paths):
            last = list(self.places.values())
            self.paths = list(self.places)
            self.rule_targets = [self.rule_targets[place] for place in last]
            self.parts = [self.parts[place] for place in last]
            self.places = dict(zip(self.paths, range(len(self.paths)), strict=True))

    @classmethod
    def of(cls, entries: Iterable[ImageEntry]) -> "ImageList":
        """The same pictures as columns."""
        entries = list(entries)
        if not entries:
            return cls((), ())
        paths, rule_targets, parts = zip(*entries, strict=True)
        return cls(paths, rule_targets, parts)

    def with_more(self, more: "ImageList") -> "ImageList":
        """These, with the facts of `more` where it has them too, and behind them those that are new."""
        return ImageList(
            self.paths + more.paths, self.rule_targets + more.rule_targets, [*self.parts, *more.parts]
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.paths)

    @overload
    def __getitem__(self, place: int) -> ImageEntry: ...
    @overload
    def __getitem__(self, place: slice) -> "ImageList": ...
    def __getitem__(self, place: int | slice) -> "ImageEntry | ImageList":
        if isinstance(place, slice):
            return ImageList(self.paths[place], self.rule_targets[place], self.parts[place])
        return ImageEntry(self.paths[place], self.rule_targets[place], self.parts[place])

    def __eq__(self, other: object) -> bool:
        if isinstance(other, ImageList):
            return (self.paths, self.rule_targets, self.parts) == (other.paths, other.rule_targets, other.parts)
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"ImageList({list(self)!r})"
