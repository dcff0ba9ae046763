"""Where things live: what is shipped with the program, and the user's own folders."""

import os
from pathlib import Path

APP_NAME = "datablock-studio"


def resources() -> Path:
    """The folder of icons, style and sample recipe: inside an installed package, beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "resources"
    return installed if installed.is_dir() else package.parent / "resources"


def user_folder(kind: str) -> Path:
    """The user's folder for `kind` ("cache", "config" or "data"), made if missing.

    STUDIO_HOME, where set, holds all three: tests and portable installations use it.
    """
    home = os.environ.get("STUDIO_HOME")
    if home:
        folder = Path(home) / kind
    else:
        import platformdirs

        folder = Path(getattr(platformdirs, f"user_{kind}_dir")(APP_NAME, appauthor=False))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
