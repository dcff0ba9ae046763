"""Stages of a training: what they refuse, how they are called, and the lists that are ready."""

import pytest
from pydantic import ValidationError

from studio.base.errors import UserError
from studio.blocks.forms import form_fields
from studio.blocks.recipe import Recipe, read_recipe
from studio.blocks.settings_text import with_settings
from studio.blocks.source.folder import Folder
from studio.blocks.stage import READY_LISTS, Stage
from studio.blocks.training import Training

RECIPE = Recipe(source=Folder(path="photos"), training=Training(stages=(Stage(side_px=64), Stage(epochs=2))))


def test_a_training_knows_how_long_it_is() -> None:
    assert Training(epochs=7).all_epochs == 7
    assert RECIPE.training.all_epochs == 7
    assert RECIPE.training.summary() == "2 stages, 7 epochs"
    assert Training(stages=(Stage(),)).summary() == "1 stage, 5 epochs"


def test_a_recipe_with_stages_survives_being_saved() -> None:
    assert read_recipe(RECIPE.model_dump_json()) == RECIPE


def test_a_stage_says_what_it_does() -> None:
    assert Stage(epochs=1).summary() == "1 epoch, 0.001, everything learns"
    stage = Stage(side_px=64, learns="head", learning_rate=1e-2, first_layers_factor=0.001)
    assert stage.summary() == "5 epochs, 1e-5 to 0.01, 64 px, the head learns"
    assert [named.shown_name(3) for named in (stage, Stage(), Stage(name=" a "))] == ["64 px, head", "Everything", "a"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"side_px": 8}, "at least 16, or 0"), ({"side_px": 66}, "multiple of 4"), ({"epochs": 0}, "greater than")],
)
def test_what_cannot_be_is_refused(wrong: dict[str, int], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Stage(**wrong)  # type: ignore[arg-type]


def test_the_form_knows_that_it_is_a_list_of_stages() -> None:
    fields = {field.name: field for field in form_fields(Training)}
    assert (fields["stages"].type, fields["stages"].item, fields["stages"].default) == ("items", Stage, ())
    assert fields["epochs"].item is None
    hidden = {name for name, field in fields.items() if field.shown_when == ("stages", "")}
    assert hidden == {"epochs", "learning_rate", "learns", "freeze_epochs", "first_layers_factor", "pct_start"}


def test_the_course_for_satellite_pictures_is_a_ready_list() -> None:
    """128 px: 5 epochs of the head at 1e-2, 5 of everything from 1e-5 to 2e-3; 256 px: at 5e-3, from 1e-5 to 1e-3."""
    planet = READY_LISTS[1].items
    assert all(isinstance(stage, Stage) and stage.pct_start == 0.3 for stage in planet)
    facts = [
        (s.side_px, s.epochs, s.learns, s.learning_rate, s.learning_rate * s.first_layers_factor)
        for s in planet
        if isinstance(s, Stage)
    ]
    assert facts == [
        (128, 5, "head", 1e-2, 0),
        (128, 5, "all", 2e-3, pytest.approx(1e-5)),
        (256, 5, "head", 5e-3, 0),
        (256, 5, "all", 1e-3, pytest.approx(1e-5)),
    ]


def test_a_rate_goes_to_where_the_training_begins() -> None:
    assert Training().at_rate(0.5) == Training(learning_rate=0.5)
    first, second = RECIPE.training.at_rate(0.5).stages
    assert (first.learning_rate, second.learning_rate) == (0.5, 1e-3)


def test_a_command_reaches_a_stage_by_its_place() -> None:
    changed = with_settings(RECIPE, ["training.stages.2.learns=head", "training.stages.1.epochs=9"]).training.stages
    assert [(stage.learns, stage.epochs) for stage in changed] == [("all", 9), ("head", 2)]
    assert with_settings(RECIPE, ["training.stages=[]"]).training.stages == ()
    listed = with_settings(RECIPE, ['training.stages=[{"side_px": 32}, {}]']).training.stages
    assert listed == (Stage(side_px=32), Stage())
    for place in ("0", "3", "x"):
        with pytest.raises(UserError, match="no setting"):
            with_settings(RECIPE, [f"training.stages.{place}.epochs=1"])
