from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.project.store import Project


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """A new project with a label set "classes" of the classes cat, dog and owl."""
    with Project.create(tmp_path / "pets", author="Ada") as project:
        project.add_label_set("classes", "class")
        for name in ("cat", "dog", "owl"):
            project.add_class("classes", name)
        yield project
