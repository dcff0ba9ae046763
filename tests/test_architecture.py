"""The house keeps its shape: the import contract of pyproject.toml, and folders that only hold their rooms."""

import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "core", "misc"}


def lint(repository: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    return subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)


def test_imports_keep_the_contract() -> None:
    done = lint(REPOSITORY)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_package_files_are_empty() -> None:
    full = [path for path in (REPOSITORY / "studio").rglob("__init__.py") if path.read_text().strip()]
    assert full == []


def test_no_room_is_a_drawer() -> None:
    drawers = [path for path in (REPOSITORY / "studio").rglob("*.py") if path.stem in BANNED_NAMES]
    assert drawers == []


def test_a_task_has_one_file_in_each_layer() -> None:
    layers = ("blocks", "engine", "runtime", "gui")
    names = {
        layer: {path.stem for path in (REPOSITORY / "studio" / layer / "tasks").glob("[a-z]*.py")} for layer in layers
    }
    assert names["blocks"] == names["gui"]
    assert names["engine"] == names["runtime"] <= names["blocks"], names
