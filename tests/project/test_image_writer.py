"""Pictures are written in another thread, in portions; edits get their turn, and an unfinished list is mended."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.base.errors import UserError
from studio.project import image_writer, images
from studio.project.changes import Changes
from studio.project.image_list import ImageEntry, ImageList
from studio.project.store import Project

PORTION = 10
entries = st.builds(ImageEntry, st.sampled_from("abcdefgh"), st.sampled_from([None, "cat", "dog"]))
lists = st.lists(entries, max_size=12).map(ImageList.of)


def pictures(count: int, rule_target: str = "cat") -> ImageList:
    return ImageList((f"folder/{number:04d}.jpg" for number in range(count)), [rule_target] * count)


class Stops:
    """Holds the writer after each of its portions, until it may go on."""

    def __init__(self) -> None:
        self._reached, self._goes_on = threading.Semaphore(0), threading.Semaphore(0)
        self.is_free = False

    def pause(self, seconds: float) -> None:
        if not self.is_free:
            self._reached.release()
            assert self._goes_on.acquire(timeout=30)

    def wait(self) -> None:
        """Until the writer has written one more portion."""
        assert self._reached.acquire(timeout=30)

    def go_on(self, to_the_end: bool = False) -> None:
        self.is_free = to_the_end
        self._goes_on.release()


@pytest.fixture
def stops(monkeypatch: pytest.MonkeyPatch) -> Stops:
    stops = Stops()
    monkeypatch.setattr(images, "PORTION", PORTION)
    monkeypatch.setattr(image_writer.time, "sleep", stops.pause)
    return stops


@pytest.fixture
def begin(project: Project, tmp_path: Path) -> Callable[[ImageList], "Future[Changes]"]:
    """Begins to write pictures in a thread."""
    pool = ThreadPoolExecutor()
    return lambda what: pool.submit(project.write_images, tmp_path, what)


def test_it_writes_what_set_images_writes(project: Project, tmp_path: Path) -> None:
    with ThreadPoolExecutor() as pool:
        assert pool.submit(project.write_images, tmp_path, pictures(5000)).result() == Changes(images=True)
        assert project.images() == pictures(5000)
        assert project.image_root() == tmp_path
        assert pool.submit(project.write_images, tmp_path, pictures(5000)).result() == Changes()
    assert project.set_images(tmp_path, pictures(5000)) == Changes()


def test_a_label_is_committed_between_two_portions(
    project: Project, begin: Callable[[ImageList], "Future[Changes]"], stops: Stops
) -> None:
    writing = begin(pictures(5 * PORTION))
    stops.wait()  # after the root
    stops.go_on()
    stops.wait()
    project.set_label("classes", "folder/0049.jpg", "owl")
    assert len(project.images()) == PORTION
    with Project.open(project.folder, author="", write=False) as reader:
        assert reader.counts("classes")["owl"] == 1
    stops.go_on(to_the_end=True)
    assert writing.result(timeout=30) == Changes(images=True)
    assert project.images() == pictures(5 * PORTION)


def test_a_list_that_was_not_written_to_its_end_is_completed_by_the_next_one(
    project: Project, begin: Callable[[ImageList], "Future[Changes]"], stops: Stops, tmp_path: Path
) -> None:
    project.set_images(tmp_path, pictures(3 * PORTION, "dog"))
    project.set_label("classes", "folder/0000.jpg", "owl")
    writing = begin(pictures(4 * PORTION))
    stops.wait()
    project.close()  # as a kill would leave it: the first portion is on the disk, and nothing more
    stops.go_on(to_the_end=True)
    writing.result(timeout=30)
    with Project.open(project.folder, author="Ada") as again:
        assert again.images() == [*pictures(PORTION), *pictures(3 * PORTION, "dog")[PORTION:]]
        assert again.counts("classes")["owl"] == 1
        assert again.set_images(tmp_path, pictures(4 * PORTION)) == Changes(images=True)
        assert again.images() == pictures(4 * PORTION)


def test_a_later_list_ends_an_earlier_one(
    project: Project, begin: Callable[[ImageList], "Future[Changes]"], stops: Stops
) -> None:
    earlier = begin(pictures(5 * PORTION))
    stops.wait()
    later = begin(pictures(2 * PORTION, "dog"))
    while project._image_writer._newest != 2:
        pass
    stops.go_on(to_the_end=True)
    assert earlier.result(timeout=30) == Changes(images=True)
    assert later.result(timeout=30) == Changes(images=True)
    assert project.images() == pictures(2 * PORTION, "dog")


def test_a_project_that_is_closed_is_not_written_any_more(project: Project, tmp_path: Path) -> None:
    project.close()
    assert project.write_images(tmp_path, pictures(10)) == Changes()
    with Project.open(project.folder, author="", write=False) as reader:
        assert reader.image_count() == 0


def test_a_full_disk_is_told_and_what_was_written_is_completed_later(project: Project, tmp_path: Path) -> None:
    # SQLite's own limit, which belongs to a connection: here that of the thread's.
    def write() -> None:
        with pytest.MonkeyPatch.context() as patch:
            connect = project._database._connect
            patch.setattr(type(project._database), "_connect", lambda self, mode: limited(connect(mode)))
            project.write_images(tmp_path, pictures(20_000))

    def limited(connection: "object") -> "object":
        connection.execute("PRAGMA max_page_count = 300")  # type: ignore[attr-defined]
        return connection

    with ThreadPoolExecutor() as pool:
        with pytest.raises(UserError, match="disk is full"):
            pool.submit(write).result()
        assert 0 < project.image_count() < 20_000
        pool.submit(project.write_images, tmp_path, pictures(20_000)).result()
    assert project.images() == pictures(20_000)


def test_pictures_of_another_folder_take_the_place_of_all(project: Project, tmp_path: Path) -> None:
    project.set_images(tmp_path / "one", pictures(30))
    project.set_images(tmp_path / "two", pictures(20))
    assert (project.images(), project.image_root()) == (pictures(20), tmp_path / "two")


@settings(deadline=None, max_examples=40)
@given(scans=st.lists(st.tuples(lists, st.integers(0, 12)), max_size=5), last=lists)
def test_whatever_was_there_the_last_scan_is_what_is_kept(
    tmp_path_factory: pytest.TempPathFactory, scans: list[tuple[ImageList, int]], last: ImageList
) -> None:
    """Scans that were ended after some portions of one row, and then a whole one."""
    folder = tmp_path_factory.mktemp("pictures")
    with pytest.MonkeyPatch.context() as patch, Project.create(folder / "p", author="Ada") as project:
        patch.setattr(images, "PORTION", 1)
        for scan, portions in scans:
            steps = project._images.take_in_portions(folder, scan, lambda: True)
            for _ in zip(range(portions), steps, strict=False):
                pass
        project.set_images(folder, last)
        assert project.images() == last
        assert project.set_images(folder, last) == Changes()
