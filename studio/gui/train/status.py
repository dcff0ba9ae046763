"""How the shown run stands: state, progress, device, speed, time left; or how good it became."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout

from studio.app.metric_words import metric_inside, metric_value
from studio.app.training import RunWatcher
from studio.base.wording import count_words, duration_words, rate_words, whole_words
from studio.blocks.task import Task
from studio.gui.style import px, set_property
from studio.gui.train.words import STATES
from studio.gui.widgets.marks import StateMark
from studio.gui.widgets.text import ElidedLabel, plain
from studio.jobs.messages import Finished
from studio.runs.history import RunHistory

DEVICES = {"cpu": "processor", "cuda": "NVIDIA graphics card", "mps": "Apple graphics"}


class RunStatus(QFrame):
    """One line, and a bar while it runs."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.mark = StateMark()
        self.state = plain("", "strong")
        self.figures = ElidedLabel("", "quiet")
        self.place = ElidedLabel("", "quiet")
        self.place.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress of the training")
        row = QHBoxLayout()
        row.setSpacing(px("gap_s"))
        row.addWidget(self.mark)
        row.addWidget(self.state)
        row.addSpacing(px("gap_s"))
        row.addWidget(self.figures, 1)
        row.addWidget(self.place, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(px("gap_m"), px("gap_s"), px("gap_m"), px("gap_s"))
        column.setSpacing(px("gap_s"))
        column.addLayout(row)
        column.addWidget(self.bar)

    def show_run(self, watcher: RunWatcher, task: Task) -> None:
        """Bring everything up to date."""
        history, state = watcher.history, watcher.state
        is_ready = is_preparing(watcher)
        words = STATES[state]
        self.mark.set_state(words.mark)
        self.state.setText("Getting ready" if is_ready else words.words)
        set_property(self.state, "tone", words.tone)
        self.place.setText("" if is_ready else place_words(history, state == "running"))
        parts = running_words(history) if state == "running" else ended_words(history, task)
        self.figures.setText(" · ".join([] if is_ready else parts))
        started = history.started
        total = started.steps_per_epoch * started.epochs if started else 0
        self.bar.setVisible(state == "running" and not is_ready and total > 0)
        self.bar.setRange(0, max(total, 1))
        self.bar.setValue(history.steps[-1].step if history.steps else 0)
        self.setAccessibleName(f"{self.state.text()}. {self.figures.text()}. {self.place.text()}")


def is_preparing(watcher: RunWatcher) -> bool:
    """Whether the run's child is alive and has not come to its first step yet."""
    history = watcher.history
    is_begun = history.started is not None and history.progress is None and not watcher.is_starting
    return watcher.state == "running" and not is_begun


def running_words(history: RunHistory) -> list[str]:
    """Device, speed and time left."""
    started = history.started
    parts = []
    if started is not None:
        device = DEVICES.get(started.device.split(":")[0], started.device)
        threads = f", {count_words(started.threads, 'thread')}" if started.device == "cpu" else ""
        bits = "" if started.precision == "float32" else f", {started.precision}"
        parts.append(f"On the {device}{threads}{bits}")
    if history.steps:
        last = history.steps[-1]
        parts.append(rate_words(last.images_per_s, "picture"))
        parts.append(f"{duration_words(last.left_s)} left")
    return parts


def ended_words(history: RunHistory, task: Task) -> list[str]:
    """How good it became, and how long that took."""
    parts = []
    best = history.best()
    name = task.main_metric
    if best is not None and name in best.metrics:
        value = metric_value(task, name, best.metrics[name])
        where = f"in epoch {best.epoch}" if best.epoch else "before the first step"
        parts.append(f"Best {metric_inside(name)} {value}, {where}")
    if isinstance(history.end, Finished) and history.end.train_s is not None:
        parts.append(f"trained in {duration_words(history.end.train_s)}")
    if history.started is not None and history.started.valid_rows:
        parts.append(f"checked on {count_words(history.started.valid_rows, 'picture')}")
    return parts


def place_words(history: RunHistory, is_running: bool) -> str:
    """Where it is: "Stage 2 of 4 · Epoch 3 of 5, step 61 of 130"."""
    started = history.started
    if started is None:
        return ""
    step = history.steps[-1].step if history.steps else 0
    total = started.steps_per_epoch * started.epochs
    ended = history.epochs[-1].epoch if history.epochs else 0
    epoch = min(ended + 1, started.epochs) if is_running else ended
    words = f"Epoch {epoch} of {started.epochs}, step {whole_words(step)} of {whole_words(total)}"
    stage = history.stage
    return f"Stage {stage.number} of {stage.total}: {stage.name} · {words}" if stage is not None else words
