"""Children: each request ends in exactly one answer, whatever happens to the child."""

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.jobs.frames import take_frame, write_frame
from studio.jobs.launch import Child, ask
from studio.jobs.messages import (
    Event,
    Failed,
    Finished,
    FrameWritten,
    GuessRecipe,
    MakeThumbnails,
    ReadImage,
    Stopped,
    ThumbnailMade,
    read_event,
)
from studio.jobs.wire import parse_event

TIMEOUT_S = 60


class Heard:
    """Collects what one request was answered."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.ended = threading.Event()

    def __call__(self, event: Event) -> None:
        self.events.append(event)
        if isinstance(event, Finished | Stopped | Failed):
            self.ended.set()

    def end(self) -> Event:
        assert self.ended.wait(TIMEOUT_S), self.events
        return self.events[-1]


@pytest.fixture
def child() -> Iterator[Child]:
    made = Child()
    yield made
    made.close()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / 'ein "Bild"\nmit Umbruch.png'
    Image.fromarray(np.full((40, 60, 3), (200, 30, 90), np.uint8)).save(path)
    return path


def test_a_picture_comes_as_a_frame(child: Child, picture: Path) -> None:
    heard = Heard()
    child.send(ReadImage(path=str(picture)), heard)
    assert isinstance(heard.end(), Finished)
    frame = heard.events[0]
    assert isinstance(frame, FrameWritten)
    pixels = take_frame(frame.frame, frame.shape)
    assert pixels.shape == (40, 60, 3)
    assert tuple(pixels[5, 5]) == (200, 30, 90)
    assert not Path(frame.frame).exists()


def test_each_request_is_answered_on_its_own(child: Child, picture: Path, tmp_path: Path) -> None:
    good, bad = Heard(), Heard()
    child.send(ReadImage(path=str(tmp_path / "gone.png")), bad)
    child.send(MakeThumbnails(paths=(str(picture),), side_px=32), good)
    failed = bad.end()
    assert isinstance(failed, Failed)
    assert "no longer exists" in failed.message
    assert failed.hint
    assert isinstance(good.end(), Finished)
    made = good.events[0]
    assert isinstance(made, ThumbnailMade)
    assert made.thumbnail is not None
    assert Path(made.thumbnail).is_file()


def test_a_killed_child_fails_its_requests_and_the_next_gets_a_new_one(child: Child, picture: Path) -> None:
    first = Heard()
    child.send(ReadImage(path=str(picture)), first)
    first.end()
    # Kept busy by a picture list that takes long enough to be killed in.
    busy = Heard()
    child.send(MakeThumbnails(paths=(str(picture),) * 20_000, side_px=64), busy)
    child.kill()
    failed = busy.end()
    assert isinstance(failed, Failed)
    assert failed.hint
    again = Heard()
    child.send(ReadImage(path=str(picture)), again)
    assert isinstance(again.end(), Finished)


def test_what_is_cancelled_is_not_heard_of_again(child: Child, picture: Path) -> None:
    long, after = Heard(), Heard()
    number = child.send(MakeThumbnails(paths=(str(picture),) * 20_000, side_px=64), long)
    child.cancel(number)
    child.send(ReadImage(path=str(picture)), after)
    assert isinstance(after.end(), Finished)
    assert not any(isinstance(event, Finished | Stopped | Failed) for event in long.events)
    assert len(long.events) < 20_000


def test_a_bad_request_has_an_answer_for_the_user(tmp_path: Path) -> None:
    end = ask(GuessRecipe(folder=str(tmp_path / "nowhere")), lambda event: None)
    assert isinstance(end, Failed)
    assert "does not exist" in end.message
    assert end.hint
    assert not end.traceback


def test_unknown_events_are_skipped_and_known_ones_read() -> None:
    assert parse_event('{"kind": "from_the_future", "x": 1}\n') is None
    assert parse_event("\n") is None
    assert read_event(Finished(metrics={"accuracy": 0.5}).model_dump_json()) == Finished(metrics={"accuracy": 0.5})


def test_frames_of_any_shape() -> None:
    pixels = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)
    assert np.array_equal(take_frame(write_frame(pixels[:, ::-1]), (2, 3, 4)), pixels[:, ::-1])
