"""A report as tabs: what was taken for what, scores, calibration, labels to look at; whatever the task declared."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from studio.gui.results.parts import MatrixView, PartView, part_view
from studio.gui.style import px
from studio.runs.report import Report


class ReportTabs(QWidget):
    """The tab bar stands elsewhere, over the whole page: `bar`. Emits what its parts emit, and `tab_chosen(tab)`."""

    images_asked = Signal(str, list)
    cell_asked = Signal(str, str)
    threshold_asked = Signal(float)
    copied = Signal(str)
    tab_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.bar = QTabBar()
        self.bar.setExpanding(False)
        self.bar.setDrawBase(False)
        self.bar.setAccessibleName("Parts of the results")
        self.views: dict[str, PartView] = {}
        self._report: Report | None = None
        self._stack = QStackedWidget()
        self.bar.currentChanged.connect(self._turn)
        column = QVBoxLayout(self)
        column.setContentsMargins(px("gap_l"), px("gap_m"), px("gap_s"), px("gap_m"))
        column.addWidget(self._stack)

    @property
    def tab(self) -> str:
        return self.bar.tabText(self.bar.currentIndex()) if self.bar.count() else ""

    @property
    def matrix(self) -> MatrixView | None:
        view = self.views.get("confusion")
        return view if isinstance(view, MatrixView) else None

    def show_report(self, report: Report) -> None:
        """Show the parts of a report; the tab that was looked at stays where the report has it too."""
        if report is self._report:
            return
        before, self._report = self.tab, report
        self.bar.blockSignals(True)
        self._clear()
        tabs = list(dict.fromkeys(part.tab for part in report.parts))
        for tab in tabs:
            page = QWidget()
            column = QVBoxLayout(page)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(px("gap_l"))
            for part in report.parts:
                if part.tab == tab:
                    view = self.views[part.id] = self._listened(part_view(part))
                    column.addWidget(view, 3 if isinstance(view, MatrixView) else 2)
            self.bar.addTab(tab)
            self._stack.addWidget(page)
        if before in tabs:
            self.bar.setCurrentIndex(tabs.index(before))
        self.bar.blockSignals(False)
        self._stack.setCurrentIndex(self.bar.currentIndex())

    def _listened(self, view: PartView) -> PartView:
        for name in ("images_asked", "cell_asked", "threshold_asked", "copied"):
            getattr(view, name).connect(getattr(self, name))
        return view

    def _clear(self) -> None:
        self.views.clear()
        while self.bar.count():
            self.bar.removeTab(0)
        while (page := self._stack.widget(0)) is not None:
            self._stack.removeWidget(page)
            page.deleteLater()

    def _turn(self, place: int) -> None:
        self._stack.setCurrentIndex(place)
        self.tab_chosen.emit(self.tab)
