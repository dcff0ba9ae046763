"""Hidden mistakes in the data: how far the search is, what it found, and the pictures that show it."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from studio.app.found_rows import FoundRow
from studio.app.health import split_by_list
from studio.app.health_words import found_words
from studio.app.workspace import Workspace
from studio.base.wording import count_words
from studio.gui.blocks.health.evidence import FindingEvidence
from studio.gui.blocks.health.findings import FindingsList
from studio.gui.blocks.health.notices import HealthNotices
from studio.gui.looks import ClassLook
from studio.gui.style import px
from studio.gui.thumbnails import ThumbnailLoader
from studio.gui.widgets.buttons import button
from studio.gui.widgets.empty_state import EmptyState
from studio.gui.widgets.progress import JobProgress
from studio.gui.widgets.text import plain
from studio.jobs.messages import HealthFound, Progressed

WHAT_IT_DOES = (
    "Every picture and its label is looked at: for copies and look-alikes on both sides of the split, files that "
    "cannot be read, labels that contradict each other, and what else quietly spoils a result."
)
LOOKED_FOR = (
    "looked at: no copies or look-alikes on both sides of the split, no files that cannot be read, no labels that "
    "contradict each other."
)


class HealthPanel(QWidget):
    """Draws `work.health`. Emits `back_asked()`, `opened(path of a picture)` and `block_asked(step, field)`."""

    back_asked = Signal()
    opened = Signal(str)
    block_asked = Signal(str, str)

    def __init__(self, work: Workspace, look_action: QAction, look: Callable[[], ClassLook]) -> None:
        super().__init__()
        self._health, self._pipeline, self._look = work.health, work.pipeline, look
        self._is_grouping = self._was_grouped = False
        self._progress_of = ""
        self.title = plain("Hidden mistakes", "section")
        self.note = plain("", "help", wrap=True)
        self.back = button("Back to the blocks", "quiet", "chevron_left", dense=True)
        self.back.clicked.connect(self.back_asked)
        self.progress = JobProgress()
        self.progress.cancel_asked.connect(self._cancel)
        self.notices = HealthNotices()
        self.notices.again_asked.connect(self._health.check)
        self.notices.retry_asked.connect(self._try_again)
        self.findings = FindingsList()
        self.findings.chosen.connect(self._show_evidence)
        self.evidence = FindingEvidence(ThumbnailLoader(work.session))
        self.evidence.opened.connect(self.opened)
        self.evidence.block_asked.connect(self._ask_block)
        self.evidence.group_asked.connect(self._health.make_groups)
        self.never = EmptyState("nothing_found", "Not looked yet", WHAT_IT_DOES, look_action, "search")
        self.busy = EmptyState("nothing_found", "Looking at the pictures", "What is found appears here at once.")
        self.failed = EmptyState("broken", "The search did not get to its end", "The message above says why.")
        self.clean = EmptyState("nothing_found", "Nothing hidden was found", "")
        self._lay_out()
        self._health.changed.subscribe(self._hear)
        self._pipeline.changed.subscribe(self._hear_blocks)
        work.session.project_changed.subscribe(lambda project: self._forget())
        if self._health.is_checking or self._health.is_grouping:
            self._begin()

    def take_focus(self) -> None:
        """Keys go to the findings, where there are any."""
        if self.findings.findings.found:
            self.findings.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Pictures below the findings, or beside them where there is room."""
        super().resizeEvent(event)
        is_wide = self.width() >= 2 * px("text_column")
        direction = Qt.Orientation.Horizontal if is_wide else Qt.Orientation.Vertical
        if self._split.orientation() != direction:
            self._split.setOrientation(direction)
            length_px = self.width() if is_wide else self.height()
            self._split.setSizes([2 * length_px // 5, 3 * length_px // 5])
        # The accessible name stays; the arrow says the rest.
        self.back.setText("Back to the blocks" if self.width() >= px("text_column") else "Back")

    # --- what is heard ----------------------------------------------------------------------------------------------

    def _hear(self, what: str) -> None:
        health = self._health
        if what == "checking" and health.progress is not None:
            self._follow(health.progress)
            return
        if what == "checking":
            self._begin()
        elif what == "checked":
            self.progress.finish()
            self._was_grouped = self._was_grouped or (self._is_grouping and health.failure is None)
            self._is_grouping = False
        self._show()

    def _hear_blocks(self, what: str) -> None:
        recipe = self._pipeline.recipe
        if what == "recipe" and (recipe is None or split_by_list(recipe) != recipe):
            self._was_grouped = False  # another split, or it was taken back
        if what != "step":
            self._show()

    def _begin(self) -> None:
        self._is_grouping, self._was_grouped = self._health.is_grouping, False
        self._progress_of = ""
        self.progress.start("Putting look-alikes together" if self._is_grouping else "Looking for hidden mistakes")

    def _follow(self, progress: Progressed) -> None:
        if progress.what != self._progress_of:  # another piece of work, with a rate of its own
            self._progress_of = progress.what
            self.progress.start(progress.what.capitalize(), progress.what.split()[0].removesuffix("s"))
        self.progress.set_done(progress.done, progress.total)

    def _forget(self) -> None:
        self._is_grouping = self._was_grouped = False
        self._show()

    # --- what is shown ----------------------------------------------------------------------------------------------

    def _show(self) -> None:
        if not self.isVisible():
            return
        health = self._health
        self.notices.show_state(health, self._pipeline, self._was_grouped)
        self.findings.show_findings(health.found)
        is_busy = health.is_checking or health.is_grouping
        looked_at = count_words(len(self._pipeline.rows), "picture")
        where = "" if health.is_outdated else f" in {looked_at}"
        self.note.setText(f"{found_words(health.found)}{where}." if health.found and health.is_known else "")
        self.note.setVisible(bool(self.note.text()))
        if health.found:
            self._stack.setCurrentWidget(self._split)
        elif is_busy:
            self._stack.setCurrentWidget(self.busy)
        elif health.failure is not None:
            self._stack.setCurrentWidget(self.failed)
        elif health.is_known:
            self.clean.say("Nothing hidden was found", f"{looked_at} and their labels were {LOOKED_FOR}")
            self._stack.setCurrentWidget(self.clean)
        else:
            self._stack.setCurrentWidget(self.never)
        self._show_evidence()

    def _show_evidence(self) -> None:
        finding, health = self.findings.current, self._health
        self.evidence.show_finding(finding, self._rows_of(finding), self._look())
        is_busy = health.is_checking or health.is_grouping
        is_offered = health.can_group and finding is not None and finding.can_group and not self._was_grouped
        self.evidence.offer_group(is_offered, not is_busy)

    def _rows_of(self, finding: HealthFound | None) -> Mapping[str, FoundRow]:
        """What the blocks know now of the pictures of a finding."""
        if finding is None:
            return {}
        wanted = {side for pair in finding.pairs for side in pair[:2]} | {image for image, _ in finding.pictures}
        return {row.image: row for row in self._pipeline.rows if row.image in wanted} if wanted else {}

    # --- what the user wants ----------------------------------------------------------------------------------------

    def _cancel(self) -> None:
        self._is_grouping = False
        self._health.stop()

    def _try_again(self) -> None:
        if self._health.is_known:  # then it was the grouping that failed
            self._health.make_groups()
        else:
            self._health.check()

    def _ask_block(self) -> None:
        finding = self.findings.current
        if finding is not None:
            self.block_asked.emit(finding.step, finding.field)

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(px("gap_s"))
        line.addWidget(self.title, 1)
        line.addWidget(self.back)
        head = QVBoxLayout()
        head.setContentsMargins(px("gap_l"), px("gap_m"), px("gap_l"), px("gap_s"))
        head.setSpacing(px("gap_xs"))
        head.addLayout(line)
        head.addWidget(self.note)
        head.addWidget(self.progress)
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.findings)
        self._split.addWidget(self.evidence)
        self._stack = QStackedWidget()
        for part in (self.never, self.busy, self.failed, self.clean, self._split):
            self._stack.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.notices)
        column.addWidget(self._stack, 1)
