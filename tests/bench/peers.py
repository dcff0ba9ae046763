"""Makes the environments of the tools that we compare with, in the user's cache; never among our dependencies."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from studio.base.paths import user_folder

# fastai 2.8 needs torch below 3; the newest that it accepts is taken.
PACKAGES = {"fastai": ["fastai>=2.8", "torch>=2.10,<3", "torchvision"]}


def python_of(peer: str) -> Path | None:
    """The interpreter of a peer's environment; None where it was not made."""
    folder = Path(os.environ.get("STUDIO_PEERS") or user_folder("cache") / "peers") / peer
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    return python if python.exists() else None


def measure() -> tuple[dict[str, float], str | None]:
    uv = shutil.which("uv")
    if uv is None:
        return {}, "uv is not installed: it makes the environments"
    made = {}
    for peer, packages in PACKAGES.items():
        folder = Path(os.environ.get("STUDIO_PEERS") or user_folder("cache") / "peers") / peer
        subprocess.run([uv, "venv", "--quiet", "--allow-existing", "-p", sys.executable, str(folder)], check=True)
        python = python_of(peer)
        subprocess.run([uv, "pip", "install", "--quiet", "-p", str(python), *packages], check=True)
        made[f"{peer}_made"] = 1.0
    return made, None
