"""Finding a learning rate in the window, with a real child and pictures of a moment."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio.app.actions import action
from studio.app.rate_finder import learning_rate_words, rounded
from studio.app.workspace import Workspace
from studio.gui.train.rate_finder import RateDialog
from studio.jobs.messages import Failed, Progressed, RatesSuggested, RateTried

LONG_MS = 120_000


class Asked:
    """What the dialog asks of the window, written down."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.failures: list[Exception] = []
        self.windows: list[QWidget] = []

    def attempt(self, function: Any) -> bool:
        try:
            function()
        except Exception as error:
            self.failures.append(error)
            return False
        return True

    def say(self, message: str) -> None:
        self.said.append(message)


@pytest.fixture
def ui() -> Asked:
    return Asked()


@pytest.fixture
def quick_work(qtbot: QtBot, sample_work: Workspace) -> Workspace:
    """The drawn project with a network of a moment."""
    recipe = sample_work.pipeline.recipe
    assert recipe is not None
    values = recipe.model_dump()
    values["model"] = {"encoder": "test_resnet", "weights": "none"}
    values["transforms"] = [{"kind": "resize", "side_px": 32}, {"kind": "normalise"}]
    sample_work.pipeline.set_recipe(type(recipe).model_validate(values))
    qtbot.waitUntil(lambda: not sample_work.pipeline.is_checking, timeout=30_000)
    return sample_work


def open_dialog(qtbot: QtBot, work: Workspace, ui: Asked) -> RateDialog:
    parent = QWidget()
    qtbot.addWidget(parent)
    ui.windows.append(parent)
    dialog = RateDialog(work, ui, parent)  # type: ignore[arg-type]
    dialog.show()
    qtbot.waitExposed(dialog)
    return dialog


@pytest.fixture
def played(qtbot: QtBot, sample_work: Workspace, ui: Asked, monkeypatch: pytest.MonkeyPatch) -> RateDialog:
    """A dialog whose child says nothing by itself."""

    class Nobody:
        class child:  # noqa: N801
            close = staticmethod(lambda: None)

        def cancel(self) -> None: ...

    monkeypatch.setattr(sample_work.session, "ask", lambda child, request, hear: Nobody())
    return open_dialog(qtbot, sample_work, ui)


def hear(work: Workspace, *events: Any) -> None:
    for event in events:
        work.rate_finder._hear(event, work.rate_finder._number)


def tried(step: int, loss: float | None) -> RateTried:
    return RateTried(step=step, learning_rate=1e-7 * 1e8 ** ((step - 1) / 100), loss=loss, smoothed_loss=loss)


SUGGESTED = RatesSuggested(valley=6.9e-4, minimum=1e-2, steep=8.3e-4, slide=None, chosen=6.9e-4)


def test_a_rate_is_found_and_used(qtbot: QtBot, quick_work: Workspace, ui: Asked) -> None:
    assert action("train.find_rate").when(quick_work)
    dialog = open_dialog(qtbot, quick_work, ui)
    assert not dialog.use.isEnabled()
    assert not dialog.again.isEnabled()
    qtbot.waitUntil(lambda: not quick_work.rate_finder.is_searching, timeout=LONG_MS)
    found = quick_work.rate_finder.suggested
    assert found is not None, quick_work.rate_finder.failure
    count = len(quick_work.rate_finder.tried)
    assert count > 20
    assert len(dialog.chart.data["smoothed"][0]) == count
    assert dialog.use.text() == f"Use {learning_rate_words(found.chosen)}"
    dialog.use.click()
    assert not dialog.isVisible()
    assert ui.failures == []
    assert ui.said == [f"The next training learns at {learning_rate_words(found.chosen)}."]
    assert quick_work.pipeline.recipe is not None
    assert quick_work.pipeline.recipe.training.learning_rate == rounded(found.chosen)
    quick_work.pipeline.stop_check()


def test_the_search_can_be_cancelled_and_begun_again(qtbot: QtBot, quick_work: Workspace, ui: Asked) -> None:
    dialog = open_dialog(qtbot, quick_work, ui)
    finder = quick_work.rate_finder
    qtbot.waitUntil(lambda: len(finder.tried) >= 3, timeout=LONG_MS)
    qtbot.mouseClick(dialog.progress.cancel, Qt.MouseButton.LeftButton)
    assert not finder.is_searching
    assert dialog.summary.text() == f"Stopped after {len(finder.tried)} rates."
    assert not dialog.progress.isVisible()
    assert not dialog.use.isEnabled()
    qtbot.mouseClick(dialog.again, Qt.MouseButton.LeftButton)
    assert finder.is_searching
    assert finder.tried == []
    dialog.reject()
    assert not finder.is_searching


def test_progress_is_told(played: RateDialog, sample_work: Workspace, qtbot: QtBot) -> None:
    hear(sample_work, Progressed(what="pictures read", done=12, total=39))
    assert played.progress.what.text() == "Pictures read"
    hear(sample_work, tried(1, 1.4), Progressed(what="rates tried", done=1, total=100))
    assert played.progress.what.text() == "Rates tried"
    assert played.progress.figures.text().startswith("1 of 100 rates")


def test_another_suggestion_can_be_chosen(played: RateDialog, sample_work: Workspace, qtbot: QtBot) -> None:
    hear(sample_work, *(tried(step, 1.4 - 0.01 * step) for step in range(1, 60)), SUGGESTED)
    assert played.chosen() == "valley"
    assert set(played.chart._marks) == {"valley", "minimum", "steep"}
    assert not played.choices["slide"].isEnabled()
    played.choices["minimum"].click()
    assert played.use.text() == "Use 1e-2"
    assert played.chart._marked == "minimum"


def test_a_loss_that_is_no_number_is_a_gap(played: RateDialog, sample_work: Workspace) -> None:
    hear(sample_work, *(tried(step, 1.0 / step) for step in range(1, 9)), tried(9, None))
    x, y = played.chart.data["smoothed"]
    assert len(x) == 9
    assert y[-1] != y[-1]


def test_a_failure_is_told_with_what_to_do(played: RateDialog, sample_work: Workspace) -> None:
    hear(sample_work, Failed(message="No learning rate can be suggested.", hint="Look at the labels."))
    assert played.strip.isVisible()
    assert "Look at the labels." in played.strip.whole_text()
    assert played.again.isEnabled()
    assert not played.use.isEnabled()


def test_what_is_heard_after_it_was_closed_changes_nothing(played: RateDialog, sample_work: Workspace) -> None:
    played.reject()
    hear(sample_work, tried(1, 1.0), SUGGESTED)
    assert sample_work.rate_finder.tried == []
    assert sample_work.rate_finder.suggested is None


@pytest.mark.parametrize(("rate", "words"), [(6.918e-4, "6.9e-4"), (1e-3, "1e-3"), (0.12, "1.2e-1"), (3.0, "3e0")])
def test_rates_in_words(rate: float, words: str) -> None:
    assert learning_rate_words(rate) == words
    assert float(words) == rounded(rate)
