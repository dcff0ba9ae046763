"""What the window's process never loads, and what it loads only when a page needs it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

NEVER = {"torch", "torchvision", "timm", "torchmetrics", "onnxruntime", "onnx"}
ONLY_WHEN_NEEDED = {"pyqtgraph", "pandas", "cv2", "onnxruntime"}

START = """
import sys
from studio.gui.main import make_app, make_window
app = make_app()
window = make_window(app)
window.show()
app.processEvents()
print(",".join(sorted(sys.modules)))
window.close()
"""

EVERY_PAGE = """
import sys
from studio.app.actions import PAGES
from studio.gui.main import make_app, make_window
app = make_app()
window = make_window(app)
window.show()
for page in PAGES:
    window.go_to(page)
    app.processEvents()
print(",".join(sorted(sys.modules)))
window.close()
"""


def loaded(code: str, home: Path) -> set[str]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "STUDIO_HOME": str(home)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.strip().splitlines()[-1].split(","))


def test_the_start_page_needs_only_qt(tmp_path: Path) -> None:
    modules = loaded(START, tmp_path)
    assert "PySide6.QtWidgets" in modules
    assert modules & (NEVER | ONLY_WHEN_NEEDED) == set()


def test_no_page_brings_torch_into_the_window(tmp_path: Path) -> None:
    assert loaded(EVERY_PAGE, tmp_path) & NEVER == set()


@pytest.mark.parametrize("command", ["--help", "doctor --help", "train --help"])
def test_commands_start_without_qt_and_torch(command: str, tmp_path: Path) -> None:
    code = (
        "import sys\nfrom studio.__main__ import main\n"
        f"sys.argv = ['studio', *{command.split()!r}]\nmain()\nprint(','.join(sorted(sys.modules)))"
    )
    modules = loaded(code, tmp_path)
    assert modules & (NEVER | ONLY_WHEN_NEEDED | {"PySide6"}) == set()
