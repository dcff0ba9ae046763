import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from studio.base.errors import UserError
from studio.blocks.recipe import Recipe
from studio.blocks.source.folder import Folder
from studio.project.images import ImageEntry
from studio.project.store import Project

MANY = {f"folder/image {number:05}.jpg": "cat" for number in range(2000)}

WRITES: dict[str, Callable[[Project], object]] = {
    "labels": lambda project: project.set_labels("classes", MANY),
    "delete class": lambda project: project.delete_class("classes", "dog"),
    "images": lambda project: project.set_images("/pictures", [ImageEntry(path) for path in MANY]),
    "recipe": lambda project: project.set_recipe(Recipe(source=Folder(path="x" * 100_000))),
    "state": lambda project: project.set_state("page", "x" * 100_000),
    "undo": Project.undo,
    "redo": Project.redo,
}


@contextmanager
def no_more_pages(project: Project) -> Iterator[None]:
    """SQLite's own limit: the database may not grow."""
    connection = project._database.connection
    # Pages that are free would be used before the limit is met.
    connection.execute("VACUUM")
    connection.execute("PRAGMA max_page_count = 1")
    yield
    connection.execute("PRAGMA max_page_count = 1073741823")


@contextmanager
def no_larger_files(project: Project) -> Iterator[None]:
    """The system's limit: a write beyond the present size of the log fails in the middle."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = max(path.stat().st_size for path in project.folder.glob("project.sqlite*"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 5000, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def everything(project: Project) -> tuple[object, ...]:
    return (
        project.recipe(),
        project.images(),
        project.image_root(),
        project.classes("classes"),
        project.class_labels("classes"),
        project.get_state("page"),
        project.history(),
    )


@pytest.fixture
def filled(project: Project, request: pytest.FixtureRequest) -> Project:
    """500 pictures are dogs. For "undo" a deletion can be taken back, for "redo" a labeling can be done again."""
    project.set_images("/pictures", [ImageEntry("a.jpg")])
    project.set_labels("classes", dict.fromkeys(list(MANY)[:500], "dog"))
    return project


@pytest.mark.parametrize(
    ("limit", "words"), [(no_more_pages, "disk is full"), (no_larger_files, "could not be written")]
)
@pytest.mark.parametrize("name", WRITES)
def test_a_write_to_a_full_disk_changes_nothing_and_can_be_repeated(
    filled: Project, name: str, limit: Callable[[Project], Iterator[None]], words: str
) -> None:
    if limit is no_larger_files and sys.platform == "win32":
        pytest.skip("the system has no such limit")
    if name == "undo":
        filled.delete_class("classes", "dog")
    if name == "redo":
        filled.set_labels("classes", MANY)
        filled.undo()
    before = everything(filled)
    with limit(filled), pytest.raises(UserError, match=words) as caught:  # type: ignore[attr-defined]
        WRITES[name](filled)
    assert caught.value.hint
    assert everything(filled) == before
    WRITES[name](filled)
    after = everything(filled)
    assert after != before
    filled.close()
    with Project.open(filled.folder, author="Ada", write=False) as again:
        assert everything(again) == after


def test_a_project_that_cannot_be_made_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def disk_full(folder: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("studio.project.layout.sync_folder", disk_full)
    with pytest.raises(UserError, match="disk is full"):
        Project.create(tmp_path / "bees", author="Ada")
    assert list(tmp_path.iterdir()) == []
