import shutil
import sqlite3
from pathlib import Path

import pytest

from studio.base.errors import UserError
from studio.blocks.table import GivenLabel
from studio.project import migrations
from studio.project.store import Project

GOLDEN = sorted((Path(__file__).parents[1] / "golden").glob("project-*.sqlite"))


def add_comments(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE comment (image TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT")
    connection.execute("INSERT INTO comment SELECT DISTINCT image, 'labeled' FROM label")


def fail(connection: sqlite3.Connection) -> None:
    connection.execute("DROP TABLE label")
    connection.execute("INSERT INTO nothing VALUES (1)")


def orphan_labels(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM class")


def add_migrations(monkeypatch: pytest.MonkeyPatch, *more: migrations.Migration) -> None:
    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, *more))


@pytest.fixture
def old_project(project: Project) -> Path:
    project.set_label("classes", "a.jpg", "cat")
    project.close()
    return project.folder


def test_there_is_a_golden_project_of_every_migration() -> None:
    assert [path.stem for path in GOLDEN] == [f"project-{name[:4]}" for name, _ in migrations.MIGRATIONS]


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda path: path.stem)
def test_a_golden_project_opens_with_all_that_is_in_it(tmp_path: Path, golden: Path) -> None:
    folder = tmp_path / "golden.studio"
    folder.mkdir()
    shutil.copyfile(golden, folder / "project.sqlite")
    dog = 'it\'s a "dog"'
    with Project.open(folder, author="Ben") as project:
        assert [entry.path for entry in project.images()] == ["cat/été.jpg", "b.jpg"]
        assert project.image_count() == 2
        recipe = project.recipe()
        assert recipe is not None
        assert recipe.source.path == "pictures"
        assert [(entry.name, entry.colour_index, entry.key) for entry in project.classes("classes")] == [
            ("kitten", 0, "1"),
            (dog, 1, "2"),
        ]
        labels = {
            "cat/été.jpg": GivenLabel("kitten", "labels.csv", False),
            "b.jpg": GivenLabel(dog, "labels.csv", True),
        }
        assert project.class_labels("classes") == labels
        assert project.get_state("page") == "label"
        assert {edit.state for edit in project.history()} == {"done", "undone", "abandoned"}
        assert project.can_redo() == f"Delete class '{dog}'"
        project.redo()
        assert list(project.class_labels("classes")) == ["cat/été.jpg"]
        while project.undo():
            pass
        assert project.label_sets() == []
        while project.redo():
            pass
        project.undo()
        assert project.class_labels("classes") == labels


def test_an_older_project_is_brought_up_to_date_after_a_copy(
    old_project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_migrations(monkeypatch, ("0002_comments", add_comments), ("0003_nothing", lambda connection: None))
    with Project.open(old_project, author="Ada") as project:
        assert [tuple(row) for row in project._database.rows("SELECT * FROM comment")] == [("a.jpg", "labeled")]
        names = [row["name"] for row in project._database.rows("SELECT name FROM migration ORDER BY rowid")]
        assert names == ["0001_initial", "0002_comments", "0003_nothing"]
        assert project.label("classes", "a.jpg") is not None
    copies = [path for path in (old_project / "backups").iterdir() if path.name.startswith("before-0002_comments-")]
    assert len(copies) == 1
    connection = sqlite3.connect(copies[0])
    assert connection.execute("SELECT image FROM label").fetchall() == [("a.jpg",)]
    assert connection.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'comment'").fetchone() == (0,)
    connection.close()
    with Project.open(old_project, author="Ada"):
        again = [path for path in (old_project / "backups").iterdir() if path.name.startswith("before-")]
        assert again == copies


def test_an_older_project_is_not_read_before_it_is_up_to_date(
    old_project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_migrations(monkeypatch, ("0002_comments", add_comments))
    before = (old_project / "project.sqlite").read_bytes()
    with pytest.raises(UserError, match="older version"):
        Project.open(old_project, author="Ada", write=False)
    assert (old_project / "project.sqlite").read_bytes() == before


@pytest.mark.parametrize("step", [fail, orphan_labels])
def test_a_step_that_fails_changes_nothing(
    old_project: Path, monkeypatch: pytest.MonkeyPatch, step: migrations.Callable[[sqlite3.Connection], None]
) -> None:
    with monkeypatch.context() as patch:
        add_migrations(patch, ("0002_comments", lambda connection: None), ("0003_fails", step))
        # The schema that the steps should give is made by taking them, so a step fails on the project's rows alone.
        patch.setattr(migrations, "pending", lambda connection: list(migrations.MIGRATIONS[1:]))
        with pytest.raises((sqlite3.Error, UserError)):
            Project.open(old_project, author="Ada")
    with Project.open(old_project, author="Ada") as project:
        assert project.label("classes", "a.jpg") == GivenLabel("cat", "Ada", False)
        assert project._database.connection.execute("PRAGMA foreign_keys").fetchone()[0] == 1


def test_no_step_is_taken_when_the_copy_cannot_be_made(old_project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_migrations(monkeypatch, ("0002_comments", add_comments))
    shutil.rmtree(old_project / "backups")
    (old_project / "backups").write_bytes(b"in the way")
    with pytest.raises(UserError, match="could not be written"):
        Project.open(old_project, author="Ada")
    monkeypatch.undo()
    with Project.open(old_project, author="Ada") as project:
        assert project.label("classes", "a.jpg") is not None


@pytest.mark.parametrize("write", [True, False])
def test_a_newer_project_is_refused_and_left_as_it_is(
    old_project: Path, monkeypatch: pytest.MonkeyPatch, write: bool
) -> None:
    with monkeypatch.context() as patch:
        add_migrations(patch, ("0002_comments", add_comments))
        Project.open(old_project, author="Ada").close()
    before = (old_project / "project.sqlite").read_bytes()
    with pytest.raises(UserError, match="newer version of the program"):
        Project.open(old_project, author="Ada", write=write)
    assert (old_project / "project.sqlite").read_bytes() == before


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TRIGGER trap AFTER INSERT ON label BEGIN DELETE FROM label; END",
        "CREATE VIEW trap AS SELECT * FROM label",
        "DROP TABLE state",
        "ALTER TABLE label ADD COLUMN more TEXT",
    ],
)
def test_tables_that_the_program_did_not_make_are_refused(old_project: Path, sql: str) -> None:
    connection = sqlite3.connect(old_project / "project.sqlite")
    connection.execute(sql)
    connection.close()
    with pytest.raises(UserError, match="tables are not as this program makes them"):
        Project.open(old_project, author="Ada")
