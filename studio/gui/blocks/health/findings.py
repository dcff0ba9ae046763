"""What the checks have found, as a list of which one is looked at."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView

from studio.app.health_words import LEVEL_WORDS, amount_words, step_title, worst_first
from studio.gui.blocks.health.finding_painter import FINDING_ROLE, FindingPainter
from studio.gui.blocks.messages import below, one_line
from studio.gui.style import px
from studio.jobs.messages import HealthFound

_Index = QModelIndex | QPersistentModelIndex


class FindingsModel(QAbstractListModel):
    """The findings for Qt, the worst first."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[HealthFound] = []

    def show(self, found: Sequence[HealthFound]) -> None:
        """Show these instead."""
        self.beginResetModel()
        self.found = worst_first(found)
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.found)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        finding = self.found[index.row()]
        if role == FINDING_ROLE:
            return finding
        if role == Qt.ItemDataRole.DisplayRole:
            return one_line(below(finding.root, finding.message))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            about = ", ".join(part for part in (step_title(finding.step), amount_words(finding)) if part)
            return one_line(f"{LEVEL_WORDS[finding.level]}, {about}: {finding.message} {finding.hint}")
        return None


class FindingsList(QListView):
    """Emits `chosen()` when another finding becomes the current one."""

    chosen = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.findings = FindingsModel()
        self._shown: tuple[HealthFound, ...] = ()
        self._by_hand = False  # somebody has chosen: what is found later does not take the choice away
        self._is_filling = False
        self.setModel(self.findings)
        self.setItemDelegate(FindingPainter(self))
        self.setAccessibleName("What was found")
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMinimumHeight(px("thumbnail_m"))

    @property
    def current(self) -> HealthFound | None:
        """The finding that is looked at."""
        row = self.currentIndex().row()
        return self.findings.found[row] if 0 <= row < len(self.findings.found) else None

    def show_findings(self, found: Sequence[HealthFound]) -> None:
        """Bring the list up to date; the chosen finding stays chosen, else the worst one is."""
        if tuple(found) == self._shown:
            return
        kept = self.current if self._by_hand else None
        self._shown = tuple(found)
        self._is_filling = True
        self.findings.show(found)
        if self.findings.found:
            self._by_hand = kept in self.findings.found
            row = self.findings.found.index(kept) if kept is not None and self._by_hand else 0
            selected = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.selectionModel().setCurrentIndex(self.findings.index(row), selected)
        else:
            self._by_hand = False
        self._is_filling = False
        self.chosen.emit()

    def keyboardSearch(self, search: str) -> None:
        """Letters are shortcuts here."""

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        super().currentChanged(current, previous)
        if not self._is_filling:
            self._by_hand = True
            self.chosen.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()  # lines break elsewhere now
