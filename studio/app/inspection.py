"""The Results page's use case: a finished run is looked at, and from its mistakes one goes to the labels."""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from studio.app.labeling import Labeling
from studio.app.results import ClassResults, Results, read_results
from studio.app.runs import Runs
from studio.app.session import Session
from studio.base.errors import UserError
from studio.base.listeners import Listeners
from studio.jobs.messages import Event, Failed, Finished, TakeThreshold
from studio.runs.predictions import ValidPrediction
from studio.runs.report import Doubt
from studio.runs.run import Run

TOP_LOSSES = 200
_Seen = tuple[Run, int, int, int]  # a run, time and size of its predictions, and the time of its report


class Inspection:
    """Listeners hear "run" when another run is looked at, "pictures" and "current".

    Until somebody chooses a run, the newest one that has results is looked at. Which pictures are shown: those of
    `cell`, a cell of the confusion matrix, (actual, predicted); those of `topic`, a part of the report in words; those
    whose labels are in doubt; or, where all three say nothing, those with the highest loss.
    """

    def __init__(self, session: Session, labeling: Labeling, runs: Runs) -> None:
        self.changed: Listeners[str] = Listeners()
        self._session, self._labeling, self._runs = session, labeling, runs
        self._chosen: Run | None = None
        self._forget()
        session.project_changed.subscribe(lambda project: self._take_project())

    def _forget(self) -> None:
        self.run: Run | None = None
        self.results: Results | None = None
        self.failure: UserError | None = None
        self.is_reading = False
        self.cell: tuple[str, str] | None = None
        self.topic = ""
        self.is_doubting = False
        self.doubts: dict[str, Doubt] = {}  # of each picture the greatest
        self.pictures: list[ValidPrediction] = []
        self.current: int | None = None
        self._seen: _Seen | None = None

    def choose_run(self, run: Run) -> None:
        """Look at this run from now on."""
        self._chosen = run
        self.refresh()

    def refresh(self) -> None:
        """Look again which run it is, and read its predictions where they are new."""
        finished = self._runs.finished()
        run = self._chosen if self._chosen in finished else next(iter(finished), None)
        seen = _seen(run) if run else None
        if seen == self._seen:
            return
        self._forget()
        self.run, self._seen = run, seen
        if run is not None:
            self.is_reading = True
            self._session.in_background(lambda: read_results(run), lambda came: self._take(came, seen))
        self.changed.tell("run")

    def choose_cell(self, actual: str, predicted: str) -> None:
        """Show the pictures of one cell of the confusion matrix."""
        if isinstance(self.results, ClassResults):
            self._show(self.results.cell(actual, predicted), cell=(actual, predicted))

    def show_images(self, topic: str, images: Sequence[str]) -> None:
        """Show these pictures, which `topic` says what they are."""
        if self.results is not None:
            self._show(self.results.named(images), topic=topic)

    def show_doubts(self) -> None:
        """Show the pictures whose labels are most in doubt."""
        if self.results is not None:
            self._show(self.results.doubtful(), is_doubting=True)

    def take_threshold(self, value: float) -> None:
        """Let the model of this run decide by another threshold; its results are read again when that is done."""
        if self.run is not None:
            request = TakeThreshold(run=str(self.run.folder), threshold=value)
            self._session.ask("work", request, self._hear_threshold)

    def show_top_losses(self) -> None:
        """Show the pictures that the model was most wrong about."""
        if self.results is not None:
            self._show(self.results.top_losses(TOP_LOSSES))

    def choose(self, place: int | None) -> None:
        """Make one of `pictures` the current one."""
        if place != self.current:
            self.current = place
            self.changed.tell("current")

    def path(self, item: ValidPrediction) -> Path:
        """Where a picture is. Raises UserError for a path that leads out of the folder of the pictures."""
        parts = PurePosixPath(item.image)
        if self.results is None or parts.is_absolute() or ".." in parts.parts:
            raise UserError(f"'{item.image}' does not lie in the folder of the pictures.", "Train again.")
        return Path(self.results.image_root) / parts

    def label_now(self, item: ValidPrediction) -> str | None:
        """The label of a picture today, where it is not the one that the run knew; "" for none; None: unchanged."""
        state = self._labeling.state_of(item.image)
        if not isinstance(item.target, str) or state is None or state.class_name == item.target:
            return None
        return state.class_name or ""

    def go_to_label(self) -> None:
        """Make the current picture that of the Label page. Raises UserError when it is not there any more."""
        if self.current is None:
            raise UserError("No picture is chosen.", "Click one of the pictures.")
        if not self._labeling.is_by_class:
            raise UserError(
                "Labels of this kind cannot be changed here yet.",
                "Change them where they come from, and read them again on the Blocks page.",
            )
        image = self.pictures[self.current].image
        if self._labeling.is_reading and self._labeling.state_of(image) is None:
            raise UserError("The pictures are still being read.", "Try again in a moment.")
        if not self._labeling.go_to(image):
            raise UserError(
                f"'{image}' is not among the pictures any more: it was in the run {self.run.name if self.run else ''}.",
                "Look at the source on the Blocks page.",
            )

    def _take(self, came: Results | Exception, seen: _Seen | None) -> None:
        if seen != self._seen:
            return  # another run is looked at by now
        self.is_reading = False
        if isinstance(came, UserError):
            self.failure = came
        elif isinstance(came, Exception):
            raise came
        else:
            self.results = came
            doubts = came.report.doubts
            for doubt in reversed(doubts.doubts if doubts else ()):
                self.doubts[doubt.image] = doubt
            self.pictures = came.top_losses(TOP_LOSSES)
        self.changed.tell("run")

    def _show(
        self,
        pictures: list[ValidPrediction],
        cell: tuple[str, str] | None = None,
        topic: str = "",
        is_doubting: bool = False,
    ) -> None:
        self.cell, self.topic, self.is_doubting = cell, topic, is_doubting
        self.pictures, self.current = pictures, None
        self.changed.tell("pictures")

    def _hear_threshold(self, event: Event) -> None:
        if isinstance(event, Failed):
            self.failure = UserError(event.message, event.hint)
            self.changed.tell("run")
        elif isinstance(event, Finished):
            self.refresh()

    def _take_project(self) -> None:
        self._chosen = None
        self._forget()
        self.changed.tell("run")


def _seen(run: Run) -> _Seen | None:
    try:
        status = run.predictions_file.stat()
    except OSError:
        return None
    report_ns = run.report_file.stat().st_mtime_ns if run.report_file.exists() else 0
    return run, status.st_mtime_ns, status.st_size, report_ns
