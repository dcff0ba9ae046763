"""What is taken from annotations: things, points, tags or one class for each entry."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from studio.base.targets import Objects, Points, Tags, Target, Thing
from studio.formats.annotations import Annotations, Entry

Take = Literal["objects", "points", "tags", "class"]


@dataclass
class Taken:
    """Targets by entry, None where an entry says nothing of the kind.

    several: entries of which it could not be told what counts, with the reason. without_area: how many things were left
    out for that. mixed: how many entries have several classes, of which the most frequent was taken.
    """

    targets: dict[str, Target | None] = field(default_factory=dict)
    several: dict[str, str] = field(default_factory=dict)
    without_area: int = 0
    mixed: int = 0


def what_there_is(annotations: Annotations) -> tuple[Take, ...]:
    """What may be taken from these annotations."""
    entries = annotations.entries.values()
    has_things = any(entry.things for entry in entries)
    found: list[Take] = ["objects"] if has_things else []
    found += ["points"] if any(entry.points for entry in entries) else []
    found += ["tags", "class"] if has_things or any(entry.flags for entry in entries) else []
    return tuple(found)


def take(annotations: Annotations, what: Take, *, skip_crowds: bool = True, skip_difficult: bool = False) -> Taken:
    """Targets of one kind from all entries.

    Tags and classes come from the flags of pictures where any is set, else from the things. Things without area are
    left out: nothing can be learned from them.
    """
    taken = Taken()
    uses_flags = any(entry.flags for entry in annotations.entries.values())
    places = {name: place for place, name in enumerate(annotations.classes)}
    for key, entry in annotations.entries.items():
        if what == "points":
            taken.targets[key] = _points(key, entry, taken)
            continue
        things = [
            thing
            for thing in entry.things
            if not (thing.is_crowd and skip_crowds) and not (thing.is_difficult and skip_difficult)
        ]
        if what == "objects":
            kept = tuple(thing for thing in things if _has_area(thing))
            taken.without_area += len(things) - len(kept)
            taken.targets[key] = Objects(kept)
            continue
        names = Counter((entry.flags or ()) if uses_flags else (thing.class_name for thing in things))
        ordered = sorted(names, key=places.__getitem__)
        if what == "tags":
            taken.targets[key] = Tags(tuple(ordered))
        else:
            taken.targets[key] = max(ordered, key=names.__getitem__, default=None)
            taken.mixed += len(ordered) > 1
    return taken


def _points(key: str, entry: Entry, taken: Taken) -> Points | None:
    if len(entry.points) > 1:
        taken.several[key] = f"{len(entry.points)} things have points there; a picture may have one"
        return None
    found = entry.points[0] if entry.points else None
    return found if found is not None and any(found.places) else None


def _has_area(thing: Thing) -> bool:
    return thing.right_px > thing.left_px and thing.bottom_px > thing.top_px
