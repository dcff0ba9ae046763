"""The charts of a run, one crosshair through all of them, redrawn at most ten times a second."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.app.metric_words import metric_name, metric_value
from studio.base.wording import whole_words
from studio.blocks.task import Task
from studio.gui.charts import Chart, Line
from studio.gui.style import px
from studio.gui.train.curves import RunCurves, epoch_steps, metric_values, stage_borders, valid_losses
from studio.runs.history import RunHistory

REDRAW_MS = 100  # each chart at most so often
BLUE, VERMILLION, GREEN, PURPLE = 4, 5, 2, 6  # places in Okabe-Ito's palette that read on both grounds
STEP_AXIS = "Training step"


class RunPlots(QWidget):
    """Give it a history with `show_run`, and say `grow` when that has grown."""

    def __init__(self, task: type[Task]) -> None:
        """A chart for the task's shares, and one for its errors where it has some: they have no axis in common."""
        super().__init__()
        self._task = task
        self._history = RunHistory()
        self._curves = RunCurves()
        self._stale: list[Chart] = []
        self._timer = QTimer(self)
        self.loss = Chart(
            "Loss",
            "How wrong the model is. Lower is better. When the validation loss rises while the training loss falls, "
            "the model learns the pictures by heart.",
            (STEP_AXIS, f"Loss ({task.loss})"),
            [
                Line("raw", "Training, each step", BLUE, "pale"),
                Line("smoothed", "Training, smoothed", BLUE),
                Line("valid", "Validation", VERMILLION, "points"),
            ],
            from_zero=True,
        )
        shares = {name: text for name, text in task.metrics.items() if name not in task.errors}
        errors = {name: text for name, text in task.metrics.items() if name in task.errors}
        self.scores = _metrics_chart("Metrics", shares, "Share (0 to 1)", GREEN, is_share=True)
        self.errors = _metrics_chart("Errors", errors, "In its own unit", PURPLE) if errors else None
        self.rate = Chart(
            "Learning rate",
            "How large the steps are that the model learns with. The schedule of the Training block moves it.",
            (STEP_AXIS, "Rate"),
            [Line("rate", "Learning rate", "quiet")],
            from_zero=True,
        )
        self.metrics = tuple(chart for chart in (self.errors, self.scores) if chart is not None)
        self.charts = (self.loss, *self.metrics, self.rate)
        # One after another: to draw them all at once would hold the window up three times as long.
        self._timer.setInterval(REDRAW_MS // len(self.charts))
        self._timer.timeout.connect(self._redraw_next)
        for chart in self.charts:
            chart.pointed.connect(self._point)
            chart.zoomed.connect(self._zoom)
        self._lay_out()

    def show_run(self, history: RunHistory) -> None:
        """Show another run, whole."""
        self._history = history
        self._zoom(None)
        self._point(None)
        self.redraw()

    def grow(self) -> None:
        """The history has more to show; drawn soon, and not while nobody sees it."""
        self._stale += [chart for chart in self.charts if chart not in self._stale]
        if self.isVisible() and not self._timer.isActive():
            self._timer.start()

    def redraw(self) -> None:
        """Bring all charts up to date at once."""
        self._stale = list(self.charts)
        while self._stale:
            self._redraw_next()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.redraw()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def _redraw_next(self) -> None:
        if not self._stale:
            self._timer.stop()
            return
        chart = self._stale.pop(0)
        chart.set_borders(stage_borders(self._history))
        if chart in self.metrics:
            self._fill_metrics(chart)
        else:
            {self.loss: self._fill_loss, self.rate: self._fill_rate}[chart]()
        chart.redraw()

    def _fill_loss(self) -> None:
        history, curves = self._history, self._curves
        curves.take(history)
        steps, best = curves.steps, history.best()
        self.loss.set_line("raw", steps, curves.losses)
        self.loss.set_line("smoothed", steps, curves.smoothed_losses)
        self.loss.set_line("valid", epoch_steps(history), valid_losses(history))
        self.loss.set_best("valid", best.step if best else None, f"Best: epoch {best.epoch}" if best else "")

    def _fill_metrics(self, chart: Chart) -> None:
        history, ends = self._history, epoch_steps(self._history)
        for name in chart.lines:
            chart.set_line(name, ends, metric_values(history, name))
        best, main = history.best(), self._task.main_metric
        if main not in chart.lines:
            return
        value = best.metrics.get(main) if best else None
        if best is None or value is None:
            chart.set_best(main)
        else:
            chart.set_best(main, best.step, f"Best: {metric_value(self._task, main, value)}, epoch {best.epoch}")

    def _fill_rate(self) -> None:
        self._curves.take(self._history)
        self.rate.set_line("rate", self._curves.steps, self._curves.learning_rates)

    def _point(self, step: float | None) -> None:
        words = self._where(step) if step is not None else ""
        for chart in self.charts:
            chart.point_at(step, words)

    def _where(self, step: float) -> str:
        words = f"Step {whole_words(int(step))}"
        started = self._history.started
        if started is not None:
            epoch = min(int(step - 1) // max(started.steps_per_epoch, 1) + 1, started.epochs)
            words += f", epoch {epoch}"
        stage = self._history.stage_at(int(step))
        return words if stage is None else f"{words}, {stage.name}"

    def _zoom(self, view: tuple[float, float] | None) -> None:
        for chart in self.charts:
            chart.set_view(view)

    def _lay_out(self) -> None:
        right = QVBoxLayout()
        right.setSpacing(px("gap_s"))
        for chart in (*self.metrics, self.rate):
            right.addWidget(chart, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px("gap_s"))
        row.addWidget(self.loss, 3)
        row.addLayout(right, 2)


def _metrics_chart(title: str, metrics: dict[str, str], axis: str, ink: int, *, is_share: bool = False) -> Chart:
    """metrics: name and explanation of each. The first one is drawn in `ink`."""
    inks = (ink, GREEN if ink == PURPLE else PURPLE)
    return Chart(
        title,
        " ".join(f"{metric_name(name)}: {text}" for name, text in metrics.items()),
        (STEP_AXIS, axis),
        [Line(name, metric_name(name), inks[place % 2], "points") for place, name in enumerate(metrics)],
        is_share=is_share,
        from_zero=not is_share,
    )
