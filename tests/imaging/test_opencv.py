"""OpenCV comes in late and leaves the environment alone."""

import subprocess
import sys

PROGRAM = """
import os, sys
os.environ["QT_QPA_FONTDIR"] = "mine"
before = dict(os.environ)
import studio.imaging.decode, studio.imaging.warp, studio.imaging.thumbnail
assert "cv2" not in sys.modules, "imported too early"
from concurrent.futures import ThreadPoolExecutor
from studio.imaging.opencv import opencv
with ThreadPoolExecutor(8) as pool:
    modules = set(pool.map(lambda _: opencv(), range(8)))
assert modules == {sys.modules["cv2"]}
assert dict(os.environ) == before, set(os.environ.items()) ^ set(before.items())
assert opencv().getNumThreads() == 1
"""


def test_import_is_lazy_shared_and_leaves_no_trace() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
