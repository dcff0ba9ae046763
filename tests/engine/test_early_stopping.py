"""A run that does not become better ends before its last epoch, finished, and ends so too when it is resumed."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from studio.engine.checkpoint import BestEpoch
from studio.engine.early_stopping import EarlyStopping
from studio.engine.learner import EndTraining
from studio.engine.reporting import Scores
from studio.engine.train import train_run
from studio.jobs.messages import CheckpointWritten, EpochEnded, Event, Finished, Stopped, Warned
from studio.runs.run import Run

MakeRun = Callable[..., Run]


def ended_epochs(events: list[Event]) -> list[int]:
    return [event.epoch for event in events if isinstance(event, EpochEnded)]


@pytest.mark.parametrize(("epoch", "is_end"), [(5, False), (6, False), (7, True), (9, True)])
def test_patience_counts_the_epochs_after_the_best(epoch: int, is_end: bool) -> None:
    scores, told = Scores("accuracy"), list[Event]()
    scores.best = BestEpoch(epoch=5, metrics={"accuracy": 0.9}, valid_loss=0.3)
    stopping = EarlyStopping(scores, 2, told.append)
    learner = SimpleNamespace(epoch=epoch)
    if is_end:
        with pytest.raises(EndTraining):
            stopping.after_epoch(learner)  # type: ignore[arg-type]
    else:
        stopping.after_epoch(learner)  # type: ignore[arg-type]
    assert bool(told) is is_end


def test_a_run_ends_early_as_a_finished_one(make_run: MakeRun) -> None:
    events: list[Event] = []
    # So small a rate changes nothing that could be seen in three epochs.
    run = make_run(epochs=30, learning_rate=1e-12, patience_epochs=2)
    end = train_run(run, events.append, lambda: False, resume=False)
    assert isinstance(end, Finished)
    assert run.weights_file.exists()
    epochs = ended_epochs(events)
    best = max(event.epoch for event in events if isinstance(event, EpochEnded) and event.is_best)
    assert epochs == list(range(1, best + 3))
    assert len(epochs) < 30
    (told,) = [event.message for event in events if isinstance(event, Warned) and "ended after epoch" in event.message]
    assert told.endswith(f"since epoch {best}.")


def test_one_that_was_interrupted_at_its_end_learns_nothing_more(make_run: MakeRun) -> None:
    settings = {"epochs": 30, "learning_rate": 1e-12}
    whole: list[Event] = []
    train_run(make_run(**settings, patience_epochs=2), whole.append, lambda: False, resume=False)
    last = max(ended_epochs(whole))

    broken, events = make_run(**settings, patience_epochs=2), list[Event]()

    class KilledError(Exception):
        pass

    def emit(event: Event) -> None:
        events.append(event)
        if isinstance(event, CheckpointWritten) and len(ended_epochs(events)) == last:
            raise KilledError  # the last epoch is in the checkpoint; that it was the last one is known to nobody yet

    with pytest.raises(KilledError):
        train_run(broken, emit, lambda: False, resume=False)
    resumed: list[Event] = []
    end = train_run(broken, resumed.append, lambda: False, resume=True)
    assert isinstance(end, Finished)
    assert ended_epochs(resumed) == []


def test_without_patience_every_epoch_is_trained(make_run: MakeRun) -> None:
    events: list[Event] = []
    end = train_run(make_run(epochs=3, learning_rate=1e-12), events.append, lambda: False, resume=False)
    assert not isinstance(end, Stopped)
    assert ended_epochs(events) == [1, 2, 3]
