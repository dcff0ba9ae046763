"""What every test starts from: no display, no network folders of the user, and the real data where it lies."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data sets: STUDIO_DATA, or `shared/data` beside the repository."""
    folder = Path(os.environ.get("STUDIO_DATA") or REPOSITORY.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("the real data sets are not here (set STUDIO_DATA to their folder)")
    return folder


@pytest.fixture(autouse=True, scope="session")
def studio_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The user's folders for all tests: nothing of the real user is read or written."""
    home = tmp_path_factory.mktemp("home")
    before = os.environ.get("STUDIO_HOME")
    os.environ["STUDIO_HOME"] = str(home)
    yield home
    if before is None:
        os.environ.pop("STUDIO_HOME", None)
    else:
        os.environ["STUDIO_HOME"] = before
