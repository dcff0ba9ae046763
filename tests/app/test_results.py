"""The views of a run's predictions, against numbers worked out by hand."""

from pathlib import Path

import pytest

from studio.app.results import ClassResults, ClassScore, Confused
from studio.base.errors import UserError
from studio.blocks.recipe import Recipe
from studio.blocks.source.folder import Folder
from studio.runs.predictions import ValidPrediction, write_predictions
from studio.runs.run import Run, create_run

CLASSES = ("cat", "dog", "owl")
# (actual, predicted, loss): 4 cats, 3 dogs, no owl.
SEEN = [
    ("cat", "cat", 0.1),
    ("cat", "cat", 0.3),
    ("cat", "dog", 2.0),
    ("cat", "dog", 1.5),
    ("dog", "dog", 0.2),
    ("dog", "dog", 0.4),
    ("dog", "owl", 3.0),
]


def make_run(folder: Path, classes: tuple[str, ...] = CLASSES) -> Run:
    run = create_run(folder, Recipe(source=Folder(path="pictures")), None)
    run.write_facts(run.facts().model_copy(update={"classes": classes, "image_root": "/pictures"}))
    return run


@pytest.fixture
def run(tmp_path: Path) -> Run:
    run = make_run(tmp_path)
    items = [
        ValidPrediction(f'{place}, "odd"\n.jpg', actual, predicted, loss, dict.fromkeys(CLASSES, 1 / 3))
        for place, (actual, predicted, loss) in enumerate(SEEN)
    ]
    write_predictions(run.predictions_file, list(CLASSES), items)
    return run


def test_confusion_has_a_row_for_each_actual_class(run: Run) -> None:
    assert ClassResults(run).confusion() == [[2, 2, 0], [0, 2, 1], [0, 0, 0]]


def test_accuracy_is_the_share_that_is_right(run: Run) -> None:
    assert ClassResults(run).accuracy == pytest.approx(4 / 7)


def test_scores_of_each_class(run: Run) -> None:
    cat, dog, owl = ClassResults(run).scores()
    assert cat == ClassScore("cat", 4, 1.0, 0.5, pytest.approx(2 / 3))
    assert dog == ClassScore("dog", 3, 0.5, pytest.approx(2 / 3), pytest.approx(4 / 7))
    assert owl == ClassScore("owl", 0, 0.0, 0.0, 0.0)


def test_most_confused_first(run: Run) -> None:
    results = ClassResults(run)
    assert results.most_confused() == [Confused("cat", "dog", 2), Confused("dog", "owl", 1)]
    assert results.most_confused(1) == [Confused("cat", "dog", 2)]


def test_highest_loss_first_in_cells_and_overall(run: Run) -> None:
    results = ClassResults(run)
    assert [item.loss for item in results.cell("cat", "dog")] == [2.0, 1.5]
    assert results.cell("owl", "cat") == []
    assert [item.loss for item in results.top_losses(3)] == [3.0, 2.0, 1.5]


def test_names_with_quotes_and_line_breaks_come_back_whole(run: Run) -> None:
    assert {item.image for item in ClassResults(run).predictions} == {f'{place}, "odd"\n.jpg' for place in range(7)}


def test_a_class_that_the_run_did_not_list_is_shown_all_the_same(tmp_path: Path) -> None:
    run = make_run(tmp_path, ("cat",))
    write_predictions(run.predictions_file, ["cat"], [ValidPrediction("a.jpg", "cat", "emu", 1.0, {"cat": 0.5})])
    assert ClassResults(run).classes == ["cat", "emu"]
    assert ClassResults(run).confusion() == [[0, 1], [0, 0]]


def test_a_run_without_results_says_so(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no results yet"):
        ClassResults(make_run(tmp_path))


@pytest.mark.parametrize(
    "text", ["", "something else\n", "image,target,predicted,loss,p:cat\na.jpg,cat,cat,much,0.5\n"]
)
def test_damaged_predictions_name_the_file(tmp_path: Path, text: str) -> None:
    run = make_run(tmp_path)
    run.predictions_file.write_text(text)
    with pytest.raises(UserError, match=r"predictions\.csv is damaged"):
        ClassResults(run)
