"""Makes tests/golden/project-NNNN.sqlite: a small project in the form of the newest migration.

Run `python tests/project/make_golden_project.py` from the checkout once, when a migration is released; files that
are there already are never made again.
"""

import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from studio.blocks.recipe import Recipe  # noqa: E402
from studio.blocks.source.folder import Folder  # noqa: E402
from studio.project.backups import back_up  # noqa: E402
from studio.project.images import ImageEntry  # noqa: E402
from studio.project.migrations import MIGRATIONS  # noqa: E402
from studio.project.store import Project  # noqa: E402


def main() -> None:
    target = ROOT / "tests" / "golden" / f"project-{MIGRATIONS[-1][0][:4]}.sqlite"
    if target.exists():
        raise SystemExit(f"{target} is there already.")
    with tempfile.TemporaryDirectory() as folder:
        with Project.create(Path(folder) / "golden", author="Ada") as project:
            fill(project)
            copy = back_up(project._database, "golden.sqlite")
        shutil.copyfile(copy, target)


def fill(project: Project) -> None:
    """Some of everything, with an edit in each state. `test_migrations` knows what is in it."""
    project.set_images("/pictures/golden", [ImageEntry("cat/été.jpg", "cat", "train"), ImageEntry("b.jpg")])
    project.set_recipe(Recipe(source=Folder(path="pictures")))
    project.add_label_set("classes", "class")
    for name in ("cat", 'it\'s a "dog"'):
        project.add_class("classes", name)
    project.set_labels(
        "classes", {"cat/été.jpg": "cat", "b.jpg": 'it\'s a "dog"'}, source="import", given_by="labels.csv"
    )
    project.set_reviewed("classes", "b.jpg")
    project.set_label("classes", "b.jpg", "cat")
    project.undo()
    project.rename_class("classes", "cat", "kitten")
    project.delete_class("classes", 'it\'s a "dog"')
    project.undo()
    project.set_state("page", "label")


if __name__ == "__main__":
    main()
