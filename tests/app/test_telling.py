"""Events as lines."""

import pytest

from studio.app.telling import Teller
from studio.base.targets import Objects, Place, Points, Thing
from studio.jobs.messages import MemoryRanOut, Prediction, RunStarted, StagePlanned, StageStarted, read_event

SEEN = Prediction(
    path="a.png",
    label=None,
    target=Objects((Thing("dog", 1, 2.25, 30.123, 40, score=0.875), Thing("cat", 0, 0, 9.5, 8, score=0.5))),
)
NOTHING = Prediction(path="b.png", label=None, target=Objects(()))
POINTS = Points((Place(1.25, 2), None))
MARKED = Prediction(path="d.png", label=None, target=POINTS)
BRIGHT = Prediction(path="e.png", label=None, target=POINTS, probabilities={"nose": 0.875, "tail": 0.25})
UNREAD = Prediction(path="c.png", label=None, reason="It is no picture.")


def test_predictions_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    for event in (SEEN, NOTHING, UNREAD, MARKED, BRIGHT):
        Teller(False).hear(event)
    assert capsys.readouterr().out.splitlines() == [
        "a.png: dog (87.5 %) from (1.0, 2.2) to (30.1, 40.0); cat (50 %) from (0.0, 0.0) to (9.5, 8.0)",
        "b.png: none",
        "c.png: no answer. It is no picture.",
        "d.png: (1.2, 2.0) absent",
        "e.png: (1.2, 2.0) 87.5 % absent 25 %",
    ]


def test_too_little_memory_in_words_and_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    event = MemoryRanOut(message="Not enough.", hint="It goes on.", step=6, part="train", at_once=4, batch_size=8)
    Teller(False).hear(event)
    assert capsys.readouterr().out == "Warning: Not enough. It goes on.\n"
    Teller(True).hear(event)
    assert read_event(capsys.readouterr().out) == event


def test_stages_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    planned = tuple(
        StagePlanned(name=name, first_epoch=first, epochs=2, width_px=side, height_px=side)
        for name, first, side in (("small", 0, 32), ("large", 2, 64))
    )
    started = RunStarted(
        at=0, train_rows=8, valid_rows=2, classes=("a", "b"), steps_per_epoch=3, epochs=4, first_step=1, device="cpu",
        threads=2, batch_size=2, stages=planned,
    )  # fmt: skip
    for event in (started, StageStarted(number=2, total=2, name="large", step=6)):
        Teller(False).hear(event)
    assert capsys.readouterr().out.splitlines() == [
        "8 pictures to train on, 2 to check on; 4 epochs of 3 steps, in 2 stages, on cpu",
        "Stage 2 of 2: large",
    ]
