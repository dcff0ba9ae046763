"""`studio shots`: every page in its states, both themes, three sizes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from studio.app.actions import PAGES

nightly = pytest.mark.skipif(
    os.environ.get("STUDIO_NIGHTLY") != "1", reason="draws and trains the sample: minutes; STUDIO_NIGHTLY=1 runs it"
)


@nightly
def test_every_page_is_drawn(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "studio", "shots", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=1800, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    drawn = {path.stem for path in tmp_path.glob("*.png")}
    for page in PAGES:
        for state in ("empty", "done"):
            for theme in ("light", "dark"):
                assert {f"{page}-{state}-{theme}-{size}" for size in ("small", "large")} <= drawn
        assert f"{page}-done-dark-double" in drawn
