"""The table of a run's epochs."""

from studio.app.metric_words import metric_name
from studio.blocks.task import Task
from studio.gui.widgets.number_table import Cell, Column, NumberTable
from studio.runs.history import RunHistory


class EpochTable(NumberTable):
    """A row an epoch, the newest at the bottom and in view; the best of each column is bold."""

    def __init__(self, task: type[Task]) -> None:
        super().__init__("Epochs")
        self._metrics = list(task.metrics)
        self._shown: tuple[object, ...] = ()
        self._columns = [
            Column("Epoch", explanation="How often the model had seen every training picture."),
            Column("Training loss", "low", "The mean over the epoch's steps."),
            Column("Validation loss", "low", "The mean over the pictures that the model does not learn from."),
            *(
                Column(metric_name(name), "low" if name in task.errors else "high", text)
                for name, text in task.metrics.items()
            ),
            Column("Time, s", explanation="How long the epoch took, validation included."),
            Column("Kept", explanation="The epoch whose weights are the model."),
        ]
        self._stage_column = Column("Stage", explanation="Pictures of another size, or other layers that learn.")

    def show_epochs(self, history: RunHistory) -> None:
        """Bring the table up to date."""
        now = (len(history.epochs), history.epochs[-1] if history.epochs else None)
        if now == self._shown:
            return
        self._shown = now
        best = history.best()
        has_stages = any(epoch.stage for epoch in history.epochs)
        rows: list[list[Cell]] = [
            [
                *([epoch.stage] if has_stages else []),
                epoch.epoch,
                epoch.train_loss,
                epoch.valid_loss,
                *(epoch.metrics.get(name) for name in self._metrics),
                epoch.seconds,
                "best" if epoch is best else "",
            ]
            for epoch in history.epochs
        ]
        self.set_content([*([self._stage_column] if has_stages else []), *self._columns], rows)
        if self.horizontalHeader().sortIndicatorSection() < 0:
            self.scrollToBottom()
