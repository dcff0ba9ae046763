"""The work list of the Label page: which pictures the filter lets through, in their order."""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from typing import Literal

from studio.app.label_states import LabelStates

Show = Literal["all", "unlabeled", "labeled", "by people", "reviewed", "not reviewed"]
SHOWN: tuple[Show, ...] = ("all", "unlabeled", "labeled", "by people", "reviewed", "not reviewed")


class WorkList:
    """`visible` holds the places of the pictures, ascending.

    A picture stays in the list when a label that is given to it no longer fits the filter, so that one can go back to
    it; `differs` then says that building the list again would change it.
    """

    def __init__(self, states: LabelStates) -> None:
        self._states = states
        self.show: Show = "all"
        self.show_class: str | None = None
        self.search = ""
        self.visible: list[int] = []
        self._gone: set[int] = set()
        self._new: set[int] = set()

    @property
    def differs(self) -> bool:
        """Whether labels have changed so that the list is not quite what the filter says."""
        return bool(self._gone or self._new)

    def take(self, states: LabelStates) -> None:
        """Other pictures, or other labels; `build` then shows them."""
        self._states = states

    def build(self) -> None:
        """Take what the filter lets through now."""
        fits, wanted = self._test(), self.search.casefold()
        paths = self._states.images.paths
        found: Iterable[int] = range(len(paths)) if fits is None else filter(fits, range(len(paths)))
        self.visible = [i for i in found if wanted in paths[i].casefold()] if wanted else list(found)
        self._gone.clear()
        self._new.clear()

    def touch(self, indices: Iterable[int]) -> None:
        """Labels of these pictures have changed."""
        fits, wanted = self._test(), self.search.casefold()
        if fits is None:
            return  # a name does not change with a label
        for index in indices:
            is_fit = fits(index) and wanted in self._states.images.paths[index].casefold()
            is_here = self.row(index) is not None
            self._gone.discard(index)
            self._new.discard(index)
            if is_fit != is_here:
                (self._new if is_fit else self._gone).add(index)

    def row(self, index: int) -> int | None:
        """Where in the list a picture is."""
        row = bisect_left(self.visible, index)
        return row if row < len(self.visible) and self.visible[row] == index else None

    def near(self, index: int | None) -> int | None:
        """The picture itself if it is in the list, else the next one of the list, else the last."""
        if not self.visible:
            return None
        return self.visible[min(bisect_left(self.visible, index or 0), len(self.visible) - 1)]

    def beside(self, index: int | None, by: int) -> int | None:
        """The picture so many places further in the list, at most its first or last."""
        if not self.visible:
            return None
        if index is None:
            return self.visible[0]
        row = bisect_left(self.visible, index)
        if self.row(index) is None and by > 0:
            row -= 1  # it would stand before the one that is next
        return self.visible[max(0, min(len(self.visible) - 1, row + by))]

    def next_unlabeled(self, index: int | None) -> int | None:
        """The next picture of the list without a label, from here on and then from the start."""
        names = self._states.names
        if not self._states.counts[None]:
            return None
        start = 0 if index is None else bisect_left(self.visible, index + 1)
        for part in (range(start, len(self.visible)), range(0, start)):
            for row in part:
                if names[self.visible[row]] is None:
                    return self.visible[row]
        return None

    def _test(self) -> Callable[[int], bool] | None:
        """Whether a picture passes the filter; None where all do."""
        tests: list[Callable[[int], bool]] = []
        if self.show != "all":
            tests.append(self._show_test(self.show))
        if self.show_class is not None:
            names, wanted = self._states.names, self.show_class
            tests.append(lambda index: names[index] == wanted)
        if len(tests) < 2:
            return tests[0] if tests else None
        return lambda index: all(test(index) for test in tests)

    def _show_test(self, show: Show) -> Callable[[int], bool]:
        names, given, paths = self._states.names, self._states.given, self._states.images.paths

        def is_reviewed(index: int) -> bool:
            label = given.get(paths[index])
            return label is not None and label.reviewed

        def is_by_people(index: int) -> bool:
            label = given.get(paths[index])
            return label is not None and label.source == "person"

        tests: dict[Show, Callable[[int], bool]] = {
            "unlabeled": lambda index: names[index] is None,
            "labeled": lambda index: names[index] is not None,
            "by people": is_by_people,
            "reviewed": is_reviewed,
            "not reviewed": lambda index: names[index] is not None and not is_reviewed(index),
        }
        return tests[show]
