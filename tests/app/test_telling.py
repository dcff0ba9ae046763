"""Events as lines."""

import pytest

from studio.app.telling import Teller
from studio.base.targets import Objects, Thing
from studio.jobs.messages import Prediction

SEEN = Prediction(
    path="a.png",
    label=None,
    target=Objects((Thing("dog", 1, 2.25, 30.123, 40, score=0.875), Thing("cat", 0, 0, 9.5, 8, score=0.5))),
)
NOTHING = Prediction(path="b.png", label=None, target=Objects(()))
UNREAD = Prediction(path="c.png", label=None, reason="It is no picture.")


def test_predictions_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    for event in (SEEN, NOTHING, UNREAD):
        Teller(False).hear(event)
    assert capsys.readouterr().out.splitlines() == [
        "a.png: dog (87.5 %) from (1.0, 2.2) to (30.1, 40.0); cat (50 %) from (0.0, 0.0) to (9.5, 8.0)",
        "b.png: none",
        "c.png: no answer. It is no picture.",
    ]
