"""The proposal as a message."""

from collections.abc import Callable
from pathlib import Path

from studio.jobs.launch import ask
from studio.jobs.messages import Event, Finished, GuessRecipe, RecipeGuessed
from studio.work.guess.choice import guess
from studio.work.guess.telling import tell

Draw = Callable[..., Path]


def test_nothing_is_lost_on_the_way(draw: Draw) -> None:
    root = draw(f"{kind}/p{number}x.png" for kind in ("nut", "screw") for number in (2, 9, 31, 77, 300, 801))
    proposal = guess(root)
    events: list[Event] = []
    assert isinstance(ask(GuessRecipe(folder=str(root)), events.append), Finished)
    heard = next(event for event in events if isinstance(event, RecipeGuessed))
    assert heard.model_copy(update={"request": 0}) == tell(proposal)
    assert heard.recipe == proposal.recipe
    assert [answer.step for answer in heard.answers] == ["kind", "source", "labels", "split"]
    assert heard.sure == proposal.sure
    assert [other.recipe for other in heard.others] == [other.recipe for other in proposal.alternatives]


def test_older_messages_are_still_understood(draw: Draw) -> None:
    told = tell(guess(draw(["1.png", "2.png"])))
    old = told.model_dump(include={"kind", "recipe", "reasons"})
    assert RecipeGuessed.model_validate(old).answers == ()
