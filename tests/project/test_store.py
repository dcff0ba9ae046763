import os
import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from studio.base.errors import UserError
from studio.blocks.recipe import Recipe
from studio.blocks.source.folder import Folder
from studio.project.store import Project


def contents(folder: Path) -> dict[str, bytes]:
    """The files of a project, without SQLite's shared memory, which every reader touches."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".sqlite-shm"
    }


def test_a_new_project_has_its_folders_and_its_name(tmp_path: Path) -> None:
    with Project.create(tmp_path / "deep" / "bees", author="Ada") as project:
        assert project.folder == tmp_path / "deep" / "bees.studio"
        assert project.name == "bees"
        assert project.is_writable
        assert project.runs_folder.is_dir()
        assert {"runs", "grabs", "backups", "project.sqlite"} <= {path.name for path in project.folder.iterdir()}
        assert project.recipe() is None
        assert project.images() == []
        assert project.can_undo() is None
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["bees.studio"]


def test_a_project_may_be_made_in_an_empty_folder_but_not_over_something(tmp_path: Path) -> None:
    (tmp_path / "bees.studio").mkdir()
    Project.create(tmp_path / "bees", author="Ada").close()
    before = contents(tmp_path)
    with pytest.raises(UserError, match="not empty"):
        Project.create(tmp_path / "bees", author="Ada")
    assert contents(tmp_path) == before


def test_everything_is_there_after_reopening(project: Project) -> None:
    recipe = Recipe(source=Folder(path="/pictures/été 'quoted'"))
    project.set_recipe(recipe)
    project.set_label("classes", "a.jpg", "dog", reviewed=True)
    project.set_state("page", {"open": "label", "zoom": 1.5})
    project.close()
    with Project.open(project.folder, author="Ben") as again:
        assert again.recipe() == recipe
        assert again.class_names("classes") == ["cat", "dog", "owl"]
        label = again.label("classes", "a.jpg")
        assert label is not None
        assert (label.class_name, label.given_by, label.reviewed) == ("dog", "Ada", True)
        assert again.get_state("page") == {"open": "label", "zoom": 1.5}
        assert again.get_state("nothing") is None


def test_a_project_is_found_without_its_ending(project: Project) -> None:
    project.close()
    with Project.open(project.folder.with_suffix(""), author="Ada") as again:
        assert again.folder == project.folder


def test_every_commit_is_synced_and_the_file_is_not_trusted(project: Project) -> None:
    connection = project._database.connection
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "trusted_schema": 0, "busy_timeout": 5000}
    assert {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted} == wanted


def test_a_second_window_is_refused_and_told_who_holds_the_project(tmp_path: Path) -> None:
    with (
        Project.create(tmp_path / "bees", author="Ada", holder="the window (process 123)") as project,
        pytest.raises(UserError, match=r"in use by the window \(process 123\)"),
    ):
        Project.open(project.folder, author="Ben")
    Project.open(project.folder, author="Ben").close()


def test_a_second_process_is_refused_until_the_first_closes(project: Project) -> None:
    script = (
        "import sys; from pathlib import Path; from studio.project.store import Project\n"
        "Project.open(Path(sys.argv[1]), author='Ben').close()"
    )

    def open_elsewhere() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", script, str(project.folder)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    refused = open_elsewhere()
    assert refused.returncode != 0
    assert f"in use by process {os.getpid()}" in refused.stderr
    project.close()
    assert open_elsewhere().returncode == 0


def test_a_reader_sees_what_the_writer_has_committed_and_writes_nothing(project: Project) -> None:
    with Project.open(project.folder, author="", write=False) as reader:
        assert not reader.is_writable
        for number in range(20):
            project.set_label("classes", f"{number}.jpg", "cat")
            assert len(reader.class_labels("classes")) == number + 1
        with pytest.raises(UserError, match="reading only"):
            reader.set_label("classes", "x.jpg", "cat")
        with pytest.raises(UserError, match="reading only"):
            reader.undo()
        with pytest.raises(UserError, match="reading only"):
            reader.set_state("page", 1)
        with pytest.raises(UserError, match="reading only"):
            reader.set_images("/pictures", [])
    assert project.counts("classes")["cat"] == 20


def test_a_reader_does_not_see_half_an_edit(project: Project) -> None:
    with Project.open(project.folder, author="", write=False) as reader:
        with project.as_one_edit("Two labels"):
            project.set_label("classes", "a.jpg", "cat")
            project.set_label("classes", "b.jpg", "cat")
            assert reader.class_labels("classes") == {}
        assert len(reader.class_labels("classes")) == 2


@pytest.mark.parametrize("write", [True, False])
def test_a_folder_that_is_no_project_is_refused(tmp_path: Path, write: bool) -> None:
    with pytest.raises(UserError, match="does not exist"):
        Project.open(tmp_path / "missing", author="Ada", write=write)
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "a.jpg").write_bytes(b"x")
    with pytest.raises(UserError, match="not the folder of a project"):
        Project.open(tmp_path / "pictures", author="Ada", write=write)
    assert contents(tmp_path) == {"pictures/a.jpg": b"x"}


def test_another_programs_file_is_refused(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "project.sqlite")
    connection.execute("CREATE TABLE label (x)")
    connection.close()
    with pytest.raises(UserError, match="not made by this program"):
        Project.open(tmp_path, author="Ada")
    assert set(contents(tmp_path)) == {"project.sqlite"}


def damage_nothing_left(content: bytes) -> bytes:
    return b""


def damage_header(content: bytes) -> bytes:
    return b"not a database" + content[14:]


def damage_half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def damage_pages(content: bytes) -> bytes:
    """The type and the cell pointers of every page but the first are gone."""
    page = int.from_bytes(content[16:18], "big")
    return b"".join(
        content[start : start + page] if start == 0 else b"\xff" * 64 + content[start + 64 : start + page]
        for start in range(0, len(content), page)
    )


@pytest.mark.parametrize("damage", [damage_nothing_left, damage_header, damage_half, damage_pages])
def test_a_damaged_file_is_named_and_left_as_it_is(project: Project, damage: object) -> None:
    project.set_labels("classes", {f"{number}.jpg": "cat" for number in range(500)})
    project.close()
    file = project.folder / "project.sqlite"
    file.write_bytes(damage(file.read_bytes()))  # type: ignore[operator]
    before = contents(project.folder)
    with pytest.raises(UserError, match=r"project\.sqlite is damaged") as caught:
        Project.open(project.folder, author="Ada")
    assert "backups" in caught.value.hint
    after = contents(project.folder)
    assert {name: after[name] for name in before} == before


@pytest.mark.parametrize("seed", range(60))
def test_flipped_bytes_never_do_more_than_refuse(project: Project, seed: int) -> None:
    project.set_labels("classes", {f"{number}.jpg": "cat" for number in range(200)})
    project.close()
    file = project.folder / "project.sqlite"
    content, chance = bytearray(file.read_bytes()), random.Random(seed)
    for _ in range(30):
        content[chance.randrange(len(content))] = chance.randrange(256)
    file.write_bytes(content)
    with suppress(UserError):
        with Project.open(project.folder, author="Ada", write=False) as reader:
            reader.class_labels("classes")
            reader.history()
            reader.images()
        with Project.open(project.folder, author="Ada") as again:
            again.undo()
            again.redo()


def test_where_nothing_may_be_written_the_project_can_still_be_read(project: Project) -> None:
    if os.name != "posix" or os.geteuid() == 0:
        pytest.skip("permissions do not bind this user")
    project.set_label("classes", "a.jpg", "cat")
    project.close()
    copy = shutil.copytree(project.folder, project.folder.with_name("copy.studio"))
    for path in (*copy.rglob("*"), copy):
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        with Project.open(copy, author="Ben", write=False) as reader:
            assert reader.counts("classes")["cat"] == 1
        with pytest.raises(UserError, match="may not be written"):
            Project.open(copy, author="Ben")
    finally:
        copy.chmod(0o755)
