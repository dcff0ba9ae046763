"""Looking several times, in the window: the box that turns it on, and the line that says whether it helps."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio.app.actions import action
from studio.app.looks_trial import LooksTrial, comparison_words
from studio.app.workspace import Workspace
from studio.blocks.recipe import Recipe
from studio.blocks.several_looks import SeveralLooks
from studio.blocks.source.folder import Folder
from studio.blocks.tasks.classification import Classification
from studio.blocks.tasks.keypoints import Keypoints
from studio.gui.looks_choice import LooksChoice
from studio.gui.results.several_looks import LooksLine
from studio.jobs.messages import Failed, Finished, Progressed
from studio.runs.looks_comparison import LooksComparison, model_mark, read_comparison, write_comparison
from studio.runs.run import Run, create_run


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A run with something that stands for its model."""
    made = create_run(tmp_path / "runs", Recipe(source=Folder(path=str(tmp_path))), None)
    made.card_file.write_bytes(b"{}")
    made.weights_file.write_bytes(b"")
    return made


def compared(run: Run, better: int, worse: int) -> LooksComparison:
    return LooksComparison(
        model=model_mark(run),
        settings=SeveralLooks(),
        looks=9,
        pictures=100,
        plain={"accuracy": 0.9},
        several={"accuracy": 0.93},
        better=better,
        worse=worse,
        plain_s=2.0,
        several_s=17.0,
    )


class Trial(LooksTrial):
    """One whose child is played."""

    def begin(self, run: Run, settings: SeveralLooks | None = None) -> None:
        self.run = run
        self.changed.tell("started")


@pytest.fixture
def line(qtbot: QtBot, sample_work: Workspace, run: Run) -> LooksLine:
    made = LooksLine(Trial(sample_work.session))
    qtbot.addWidget(made)
    made.show_run(run)
    return made


def test_nothing_is_said_before_somebody_asks(line: LooksLine) -> None:
    assert not line.isVisible()


def test_what_was_measured_is_said_with_the_run(line: LooksLine, run: Run) -> None:
    write_comparison(run, compared(run, 5, 2))
    line.show_run(run)
    assert line.isVisible()
    assert line.words.text() == (
        "Looking several times makes no clear difference: accuracy 93 % instead of 90 % with 9 looks; "
        "5 of 100 pictures better, 2 worse. It takes 8.5 times as long."
    )
    line.show_run(None)
    assert not line.isVisible()


def test_progress_and_failure(line: LooksLine, run: Run) -> None:
    trial = line._trial
    trial.begin(run)
    trial.progress = Progressed(what="pictures looked at", done=3, total=10)
    trial.changed.tell("progress")
    assert line.progress.bar.value() == 3
    trial.failure = Failed(message="None of the pictures can be read.", hint="Put them back.")
    trial.changed.tell("ended")
    assert line.strip.isVisible()


@pytest.mark.parametrize(
    ("better", "worse", "verdict"),
    [
        (0, 0, "no_clear_difference"),
        (5, 0, "no_clear_difference"),  # as likely as 1 in 16 by chance, both ways counted
        (6, 0, "helps"),  # 1 in 32
        (0, 6, "harms"),
        (12, 4, "no_clear_difference"),
        (14, 4, "helps"),
    ],
)
def test_only_what_chance_does_not_explain_is_called_a_help(run: Run, better: int, worse: int, verdict: str) -> None:
    assert compared(run, better, worse).verdict == verdict


def test_a_damaged_comparison_is_none(run: Run) -> None:
    write_comparison(run, compared(run, 1, 1))
    assert read_comparison(run) == compared(run, 1, 1)
    (run.report_folder / "several_looks.json").write_text("{")
    assert read_comparison(run) is None


def test_words_for_other_metrics(run: Run) -> None:
    found = compared(run, 9, 0).model_copy(update={"plain": {"pixel_error": 2.5}, "several": {"pixel_error": 2.0}})
    assert "pixel error 2.00 instead of 2.50 with 9 looks; 9 of 100 pictures better" in comparison_words(
        Keypoints(), found
    )
    assert comparison_words(Classification(), found).startswith("Looking several times helps; 9 of 100 pictures")


def test_a_trial_asks_a_child_and_hears_its_end(
    qtbot: QtBot, sample_work: Workspace, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    trial = sample_work.looks_trial
    trial.changed.subscribe(heard.append)
    asked = []

    class Child:
        def close(self) -> None:
            asked.append("closed")

        def cancel(self, number: int) -> None:
            asked.append("cancelled")

    class Ticket:
        child = Child()

        def cancel(self) -> None:
            self.child.cancel(1)

    def ask(child, request, on_event):  # type: ignore[no-untyped-def]
        asked.append((request, on_event))
        return Ticket()

    monkeypatch.setattr(sample_work.session, "ask", ask)
    trial.begin(run)
    assert trial.is_measuring
    request, on_event = asked[0]
    assert request.run == str(run.folder)
    on_event(Progressed(what="pictures looked at", done=1, total=2))
    on_event(Finished())
    assert not trial.is_measuring
    assert heard == ["started", "progress", "ended"]
    qtbot.waitUntil(lambda: "closed" in asked)
    trial.begin(run)
    trial.cancel()
    assert asked[-1] == "cancelled"


def test_the_box_and_its_settings(qtbot: QtBot) -> None:
    choice = LooksChoice()
    qtbot.addWidget(choice)
    choice.show()
    assert choice.settings() is None
    with qtbot.waitSignal(choice.changed):
        choice.box.setChecked(True)
    assert choice.settings() == SeveralLooks()
    choice.opener.setChecked(True)
    assert set(choice.form.editors) == {name for name in SeveralLooks.model_fields if name != "kind"}
    with qtbot.waitSignal(choice.changed):
        choice.form.editors["zoom_factor"].number.setValue(1.2)  # type: ignore[attr-defined]
    assert choice.settings() == SeveralLooks(zoom_factor=1.2)
    choice.box.setChecked(False)
    assert choice.settings() is None
    assert not choice.form.isVisible()


def test_actions_are_allowed_where_there_are_results(sample_work: Workspace) -> None:
    for name in ("results.activation", "results.several_looks"):
        assert not action(name).when(sample_work)
