"""What every picture is labeled as, kept in memory beside the project: one edit touches one entry, not all of them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from studio.base.order import natural_key
from studio.blocks.table import GivenLabel
from studio.project.classes import KEYS, ClassEntry
from studio.project.image_list import ImageList
from studio.project.store import Project


@dataclass(frozen=True)
class LabelState:
    """What is known of a picture: its class, who says so, and whether somebody looked twice.

    `source` is "rule", "person", "import" or "model"; "" without a label.
    """

    class_name: str | None
    given_by: str
    reviewed: bool
    source: str = ""


@dataclass(frozen=True)
class ShownClass:
    """A class as it is shown. The rule has found it, but no label set holds it yet, where `is_kept` is False."""

    name: str
    colour_index: int
    key: str
    count: int
    is_kept: bool


class LabelStates:
    """The pictures of the last scan, each with the class that counts for it: a given one, or else the rule's."""

    def __init__(self) -> None:
        self.images = ImageList((), ())
        self.names: list[str | None] = []  # of each picture, what counts
        self.given: dict[str, GivenLabel] = {}
        self.counts: Counter[str | None] = Counter()
        self.root: Path | None = None
        self._entries: list[ClassEntry] = []
        self._classes: list[ShownClass] | None = None

    def read(self, project: Project | None, label_set: str) -> None:
        """Read pictures and labels again."""
        self.images = project.images() if project else ImageList((), ())
        self.root = project.image_root() if project else None
        self.read_labels(project, label_set)

    def read_labels(self, project: Project | None, label_set: str) -> None:
        """Read classes and labels again."""
        is_there = project is not None and has_label_set(project, label_set)
        self.given = project.class_labels(label_set) if project and is_there else {}
        self._entries = project.classes(label_set) if project and is_there else []
        self.names = self.images.rule_targets.copy()
        places = self.images.places
        for path, label in self.given.items():
            if path in places:
                self.names[places[path]] = label.class_name
        self.counts = Counter(self.names)
        self._classes = None

    def read_some(self, project: Project, label_set: str, paths: Iterable[str]) -> list[int]:
        """Read the labels of these pictures again; gives the places of those that the last scan found."""
        self._entries = project.classes(label_set)
        touched = []
        for path in paths:
            label = project.label(label_set, path)
            if label is None:
                self.given.pop(path, None)
            else:
                self.given[path] = label
            index = self.images.places.get(path)
            if index is None:
                continue
            touched.append(index)
            name = label.class_name if label else self.images.rule_targets[index]
            self.counts[self.names[index]] -= 1
            self.counts[name] += 1
            self.names[index] = name
        self._classes = None
        return touched

    def index(self, path: str) -> int | None:
        """The place of a picture; None when the last scan did not find it."""
        return self.images.places.get(path)

    def state(self, index: int) -> LabelState:
        entry = self.images[index]
        given = self.given.get(entry.path)
        if given is not None:
            return LabelState(given.class_name, given.given_by, given.reviewed, given.source)
        if entry.rule_target is None:
            return LabelState(None, "", False)
        return LabelState(entry.rule_target, "", False, "rule")

    def classes(self) -> list[ShownClass]:
        """The classes of the label set, then those that only the rule gives, with the colours and keys to come."""
        if self._classes is None:
            kept = {entry.name for entry in self._entries}
            found = [name for name, count in self.counts.items() if name is not None and count and name not in kept]
            entries = _with_found(self._entries, sorted(found, key=natural_key))
            self._classes = [
                ShownClass(entry.name, entry.colour_index, entry.key, self.counts[entry.name], entry.name in kept)
                for entry in entries
            ]
        return self._classes

    def by_rule(self, class_name: str) -> list[str]:
        """The pictures that have this class from the rule alone."""
        ruled = zip(self.images.paths, self.images.rule_targets, strict=True)
        return [path for path, rule_target in ruled if rule_target == class_name and path not in self.given]

    def count_that_stay(self, class_name: str) -> int:
        """How many pictures would have this class from the rule without any label that was given to them."""
        both = zip(self.names, self.images.rule_targets, strict=True)
        return sum(name == class_name and rule_target == class_name for name, rule_target in both)


def has_label_set(project: Project, label_set: str) -> bool:
    return any(item.name == label_set for item in project.label_sets())


def _with_found(entries: list[ClassEntry], found: list[str]) -> list[ClassEntry]:
    """The same rule as the project's own for a new class: the next free colour and digit."""
    shown = list(entries)
    colours, keys = {entry.colour_index for entry in entries}, {entry.key for entry in entries}
    for name in found:
        colour = next(index for index in range(len(shown) + 1) if index not in colours)
        key = next((key for key in KEYS if key not in keys), "")
        colours.add(colour)
        keys.add(key)
        shown.append(ClassEntry(0, name, colour, key))
    return shown
