import logging
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from studio.base.errors import UserError
from studio.project import backups
from studio.project.store import Project


def names(project: Project) -> list[str]:
    return [path.name for path in backups.daily_copies(project.folder)]


def name_for(age: timedelta) -> str:
    return f"{(datetime.now(UTC) - age).strftime('%Y-%m-%dT%H%M%S')}.sqlite"


def reopen(project: Project) -> None:
    project.close()
    Project.open(project.folder, author="Ada").close()


def test_a_copy_is_made_when_the_project_opens_and_holds_everything(project: Project) -> None:
    project.set_label("classes", "a.jpg", "cat")
    reopen(project)
    (copy,) = backups.daily_copies(project.folder)
    folder = project.folder.with_name("copy.studio")
    folder.mkdir()
    shutil.copyfile(copy, folder / "project.sqlite")
    with Project.open(folder, author="Ada", write=False) as again:
        assert again.counts("classes") == {"cat": 1, "dog": 0, "owl": 0}
        assert again.can_undo() == "Label as 'cat'"
    assert [path.name for path in (project.folder / "backups").iterdir()] == [copy.name]


def test_an_empty_project_needs_no_copy(tmp_path: Path) -> None:
    with Project.create(tmp_path / "bees", author="Ada") as project:
        assert project.back_up() is None
    assert names(project) == []


@pytest.mark.parametrize(
    ("age", "is_made"),
    [(timedelta(hours=23), False), (timedelta(hours=25), True), (timedelta(days=-40), True)],
    ids=["of today", "of yesterday", "of a clock that was wrong"],
)
def test_a_copy_is_made_once_a_day(project: Project, age: timedelta, is_made: bool) -> None:
    old = name_for(age)
    (project.folder / "backups" / old).write_bytes(b"a copy")
    reopen(project)
    assert (len(names(project)) == 2) == is_made
    assert old in names(project)


def test_the_newest_seven_are_kept_and_others_files_are_left_alone(project: Project) -> None:
    old = [name_for(timedelta(days=days)) for days in range(10, 0, -1)]
    folder = project.folder / "backups"
    for name in (*old, "before-0002_x-2020-01-01T000000.sqlite", "mine.sqlite"):
        (folder / name).write_bytes(b"a copy")
    reopen(project)
    assert names(project)[:-1] == old[-6:]
    assert len(names(project)) == backups.KEPT
    assert {"before-0002_x-2020-01-01T000000.sqlite", "mine.sqlite"} < {path.name for path in folder.iterdir()}


def test_a_copy_that_fails_does_not_keep_anybody_from_the_project(
    project: Project, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def disk_full(path: Path) -> None:
        raise OSError(28, "No space left on device")

    project.set_label("classes", "a.jpg", "cat")
    project.close()
    monkeypatch.setattr(backups, "_sync", disk_full)
    with caplog.at_level(logging.WARNING), Project.open(project.folder, author="Ada") as again:
        assert "disk is full" in caplog.text
        assert list((project.folder / "backups").iterdir()) == []
        again.set_label("classes", "b.jpg", "cat")
        with pytest.raises(UserError, match="disk is full"):
            again.back_up()


def test_a_damaged_project_is_put_back_from_a_copy(project: Project) -> None:
    project.set_label("classes", "a.jpg", "cat")
    copy = backups.back_up(project._database, "copy.sqlite")
    project.set_label("classes", "b.jpg", "cat")
    project.close()
    file = project.folder / "project.sqlite"
    file.write_bytes(b"damaged")
    # A log of the old file that is left behind must not be read into the copy.
    log = file.with_name("project.sqlite-wal")
    log.write_bytes(b"old log")
    aside = backups.restore(project.folder, copy)
    assert (aside / "project.sqlite").read_bytes() == b"damaged"
    assert (aside / "project.sqlite-wal").read_bytes() == b"old log"
    with Project.open(project.folder, author="Ada") as again:
        assert list(again.class_labels("classes")) == ["a.jpg"]
        again.undo()


def test_a_damaged_copy_is_not_put_back(project: Project) -> None:
    project.set_label("classes", "a.jpg", "cat")
    project.close()
    copy = project.folder / "backups" / "copy.sqlite"
    copy.write_bytes(b"damaged" * 1000)
    before = (project.folder / "project.sqlite").read_bytes()
    with pytest.raises(UserError):
        backups.restore(project.folder, copy)
    with pytest.raises(UserError):
        backups.restore(project.folder, copy.with_name("missing.sqlite"))
    assert (project.folder / "project.sqlite").read_bytes() == before


def test_a_project_that_is_open_is_not_replaced(project: Project) -> None:
    copy = backups.back_up(project._database, "copy.sqlite")
    with pytest.raises(UserError, match="in use by"):
        backups.restore(project.folder, copy)
    project.set_label("classes", "a.jpg", "cat")


def test_what_a_killed_process_left_of_a_copy_goes(project: Project) -> None:
    for name in (".2026-01-01T000000.sqlite.part", ".2026-01-01T000000.sqlite.part-journal"):
        (project.folder / "backups" / name).write_bytes(b"half a copy")
    copy = backups.back_up(project._database, "copy.sqlite")
    assert list((project.folder / "backups").iterdir()) == [copy]


def test_a_copy_is_one_whole_file(project: Project) -> None:
    copy = backups.back_up(project._database, "copy.sqlite")
    connection = sqlite3.connect(copy)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
