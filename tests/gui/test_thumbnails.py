from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from studio.app.session import Session
from studio.gui.bridge import MainThread
from studio.gui.thumbnails import BATCH, ThumbnailLoader
from studio.gui.widgets.thumbnail_model import ThumbnailModel
from studio.jobs.messages import Event, Failed, Finished, MakeThumbnails, ThumbnailMade


class Answers:
    """Stands for the session: keeps what was asked, and lets the test answer."""

    class Changed:
        def subscribe(self, listener: object) -> None: ...

    def __init__(self, picture: Path) -> None:
        self.project_changed = self.channel_changed = self.Changed()
        self.asked: list[tuple[str, ...]] = []
        self.cancelled: list[tuple[str, ...]] = []
        self._picture = picture
        self._hear: list[Callable[[Event], None]] = []

    def ask(self, child: str, request: MakeThumbnails, hear: Callable[[Event], None]) -> "Answers.Ticket":
        assert child == "thumbnails"
        self.asked.append(request.paths)
        self._hear.append(hear)
        return self.Ticket(self, request.paths)

    def answer(self, number: int = -1, only: int | None = None, ends: Event | None = None) -> None:
        for path in self.asked[number][:only]:
            self._hear[number](ThumbnailMade(path=path, thumbnail=str(self._picture)))
        if only is None or ends is not None:
            self._hear[number](ends or Finished())

    class Ticket:
        def __init__(self, answers: "Answers", paths: tuple[str, ...]) -> None:
            self._answers, self._paths = answers, paths

        def cancel(self) -> None:
            self._answers.cancelled.append(self._paths)


@pytest.fixture
def answers(tmp_path: Path, qtbot: QtBot) -> Answers:
    picture = tmp_path / "made.png"
    Image.new("RGB", (128, 128), "teal").save(picture)
    return Answers(picture)


@pytest.fixture
def loader(answers: Answers) -> ThumbnailLoader:
    return ThumbnailLoader(answers)  # type: ignore[arg-type]


def rows(*numbers: int) -> dict[int, Path]:
    return {number: Path(f"/pictures/{number}.png") for number in numbers}


def paths(*numbers: int) -> tuple[str, ...]:
    return tuple(str(path) for path in rows(*numbers).values())


def test_wishes_go_out_in_batches_one_after_another(loader: ThumbnailLoader, answers: Answers) -> None:
    model = ThumbnailModel(count=80)
    loader.want(model, rows(*range(80)))
    assert answers.asked == [paths(*range(BATCH))]
    answers.answer()
    answers.answer()
    answers.answer()
    assert [len(batch) for batch in answers.asked] == [BATCH, BATCH, 80 - 2 * BATCH]
    assert model.held_count() == 80


def test_newer_wishes_replace_what_was_scrolled_away(loader: ThumbnailLoader, answers: Answers) -> None:
    model = ThumbnailModel(count=100_000)
    loader.want(model, rows(*range(40)))
    loader.want(model, rows(*range(90_000, 90_040)))
    assert answers.cancelled == [paths(*range(BATCH))]
    assert answers.asked[-1] == paths(*range(90_000, 90_000 + BATCH))
    answers.answer()
    answers.answer()
    assert model.held_count() == 40
    assert len(answers.asked) == 3  # nothing of what was scrolled away is asked for again


def test_what_is_still_seen_is_not_cancelled(loader: ThumbnailLoader, answers: Answers) -> None:
    model = ThumbnailModel(count=1000)
    loader.want(model, rows(*range(32)))
    answers.answer(only=4)
    loader.want(model, rows(*range(8, 40)))
    assert answers.cancelled == []
    answers.answer()
    assert answers.asked[-1] == paths(*range(32, 40))


def test_an_answer_that_nobody_waits_for_goes_to_nobody(loader: ThumbnailLoader, answers: Answers) -> None:
    model = ThumbnailModel(count=100)
    loader.want(model, rows(0, 1, 2))
    model.reset(100, model.thumbnail)
    answers.answer(0)  # was on its way when the rows became other pictures
    assert model.held_count() == 0


def test_pictures_that_came_once_are_shown_at_once_in_other_rows(loader: ThumbnailLoader, answers: Answers) -> None:
    model = ThumbnailModel(count=100)
    loader.want(model, rows(5))
    answers.answer()
    model.reset(1, model.thumbnail)
    loader.want(model, {0: rows(5)[5]})
    assert model.pixmap(0) is not None
    assert len(answers.asked) == 1


def test_two_models_share_the_child_and_the_last_one_comes_first(loader: ThumbnailLoader, answers: Answers) -> None:
    one, other = ThumbnailModel(count=100), ThumbnailModel(count=100)
    loader.want(one, rows(*range(40)))
    loader.want(other, {0: rows(35)[35], 1: rows(99)[99]})
    answers.answer()
    assert answers.asked[1][:2] == paths(35, 99)
    answers.answer()
    assert one.held_count() == 40
    assert other.held_count() == 2


def test_a_broken_picture_is_shown_as_broken(loader: ThumbnailLoader, answers: Answers) -> None:
    model = ThumbnailModel(count=3)
    loader.want(model, rows(0, 1, 2))
    answers._hear[0](ThumbnailMade(path=paths(1)[0], thumbnail=None, reason="it is no picture"))
    answers.answer(only=1, ends=Finished())
    assert model.is_broken(1)
    assert not model.is_broken(0)
    assert model.is_broken(2)  # asked, ended, never made: better than waiting for ever


def test_a_picture_that_kills_the_child_takes_no_other_along(loader: ThumbnailLoader, answers: Answers) -> None:
    model = ThumbnailModel(count=3)
    loader.want(model, rows(0, 1, 2))
    answers.answer(only=1, ends=Failed(message="The helper process ended before it had finished."))
    assert answers.asked[1:] == [paths(1)]
    answers.answer(only=0, ends=Failed(message="The helper process ended before it had finished."))
    assert model.is_broken(1)
    assert answers.asked[2:] == [paths(2)]
    answers.answer()
    assert model.pixmap(2) is not None


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    bridge = MainThread()
    session = Session(deliver=bridge.deliver)
    yield session
    session.close()


def test_real_files_through_the_real_child(session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    files = [tmp_path / f"{number} ü'.png" for number in range(5)]
    for number, file in enumerate(files):
        Image.new("RGB", (300, 200), (number * 50, 100, 0)).save(file)
    (tmp_path / "text.jpg").write_text("no picture")
    model = ThumbnailModel(count=6)
    model.wanted.connect(
        lambda wanted: loader.want(model, {row: [*files, tmp_path / "text.jpg"][row] for row in wanted})
    )
    loader = ThumbnailLoader(session)
    model.see(range(6))
    qtbot.waitUntil(lambda: model.held_count() == 5 and model.is_broken(5), timeout=20_000)
    shown = model.pixmap(4)
    assert shown is not None
    assert (shown.width(), shown.height()) == (128, 128)
    middle = shown.toImage().pixelColor(64, 64)
    assert abs(middle.red() - 200) < 12
    assert abs(middle.green() - 100) < 12


def test_another_channel_is_shown_at_once(
    session: Session, write_tiff: Callable[..., Path], tmp_path: Path, qtbot: QtBot
) -> None:
    image_hwc = np.zeros((60, 60, 5), np.uint16)
    image_hwc[:, 20:, 4] = 3000
    file = write_tiff(tmp_path / "five.tif", image_hwc)
    model = ThumbnailModel(count=1)
    loader = ThumbnailLoader(session)
    model.wanted.connect(lambda wanted: loader.want(model, dict.fromkeys(wanted, file)))

    def brightness() -> int:
        shown = model.pixmap(0)
        return -1 if shown is None else shown.toImage().pixelColor(shown.width() // 2, 10).red()

    model.see([0])
    qtbot.waitUntil(lambda: brightness() == 0, timeout=20_000)
    session.show_channel(5)
    qtbot.waitUntil(lambda: brightness() > 200, timeout=20_000)
