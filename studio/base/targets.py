"""What a picture can be labeled with: one record a kind. A class is plain text, its name.

Coordinates are pixels of the upright picture (see studio.base.geometry); they may lie outside it, nothing is clipped.
"""

from dataclasses import dataclass, field
from typing import Literal

TargetKind = Literal["class", "tags", "number", "mask", "points", "objects"]


@dataclass(frozen=True, slots=True)
class Tags:
    """Several classes, or none."""

    names: tuple[str, ...]
    kind: Literal["tags"] = field(default="tags", repr=False)


@dataclass(frozen=True, slots=True)
class Numbers:
    """One number or several, in the order of the table's `number_names`."""

    values: tuple[float, ...]
    kind: Literal["number"] = field(default="number", repr=False)


@dataclass(frozen=True, slots=True)
class MaskFile:
    """A class for each pixel, in a picture file of its own.

    path: below the table's root, with forward slashes; it may begin with "..". `values`: which pixel value stands for
    which class, by the class's place; empty: the values are the places.
    """

    path: str
    values: tuple[int, ...] = ()
    kind: Literal["mask"] = field(default="mask", repr=False)


@dataclass(frozen=True, slots=True)
class Place:
    """A point; a hidden one is there but covered by something."""

    x_px: float
    y_px: float
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Points:
    """A place for each point of the table's skeleton, in its order; None where it is absent."""

    places: tuple[Place | None, ...]
    kind: Literal["points"] = field(default="points", repr=False)


@dataclass(frozen=True, slots=True)
class Thing:
    """One object: its class, its box, and its outline where one is known.

    outline: closed rings, each (x, y, x, y, ...) in pixels; a pixel inside an even number of rings is a hole.
    is_crowd: many things in one box, which COCO leaves out of training and scores. is_difficult: hard to recognise,
    as Pascal VOC and dlib mark it. score: how sure the model is that said it, from 0 to 1; None in labels.
    """

    class_name: str
    left_px: float
    top_px: float
    right_px: float
    bottom_px: float
    outline: tuple[tuple[float, ...], ...] = ()
    is_crowd: bool = False
    is_difficult: bool = False
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Objects:
    """The things in a picture, or none."""

    things: tuple[Thing, ...]
    kind: Literal["objects"] = field(default="objects", repr=False)


Target = str | Tags | Numbers | MaskFile | Points | Objects


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The points that a set of labels has: their names, lines between them, and which change sides in a mirror.

    edges, partners: pairs of places in `names`.
    """

    names: tuple[str, ...]
    edges: tuple[tuple[int, int], ...] = ()
    partners: tuple[tuple[int, int], ...] = ()


def kind_of(target: Target) -> TargetKind:
    """Which kind of label this is."""
    return "class" if isinstance(target, str) else target.kind


def has_places(target: Target | None) -> bool:
    """Whether a label belongs to places in its picture, and can be drawn on it."""
    return isinstance(target, MaskFile | Points | Objects)


def class_names_in(target: Target | None) -> tuple[str, ...]:
    """The classes that a target names, each as often as it does; none for masks, points and numbers."""
    if isinstance(target, str):
        return (target,)
    if isinstance(target, Tags):
        return target.names
    if isinstance(target, Objects):
        return tuple(thing.class_name for thing in target.things)
    return ()


def target_words(target: Target | None) -> str:
    """A target in a few words, for tables and lists."""
    match target:
        case None:
            return ""
        case str():
            return target
        case Tags(names):
            return ", ".join(names) or "none"
        case Numbers(values):
            return ", ".join(f"{value:g}" for value in values)
        case MaskFile(path):
            return path.rpartition("/")[2]
        case Points(places):
            there = sum(place is not None for place in places)
            return f"{there} of {len(places)} points"
        case Objects(things):
            counts: dict[str, int] = {}
            for thing in things:
                counts[thing.class_name] = counts.get(thing.class_name, 0) + 1
            return ", ".join(f"{count} {name}" for name, count in counts.items()) or "none"
