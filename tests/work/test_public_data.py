"""Public data sets: the list holds together, and fetching one works against a server on this machine."""

import functools
import hashlib
import http.server
import io
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.base.download import Patience, StoppedError
from studio.base.errors import UserError
from studio.blocks.public_data import PublicDataSet, public_data_set, public_data_sets
from studio.work.public_data import START_BYTES, data_set_folder, fetch, is_fetched

SHORT = Patience(answer_s=0.5, pause_s=0.3, attempts=2)


def packed(names: list[str]) -> bytes:
    """A .tgz with a small picture under each of these names."""
    whole = io.BytesIO()
    random = np.random.default_rng(5)
    with tarfile.open(fileobj=whole, mode="w:gz") as archive:
        for name in names:
            picture = io.BytesIO()
            Image.fromarray(random.integers(0, 256, (28, 28), np.uint8)).save(picture, "PNG")
            entry = tarfile.TarInfo(name)
            entry.size = picture.tell()
            picture.seek(0)
            archive.addfile(entry, picture)
    return whole.getvalue()


DIGITS = [f"mnist_png/{part}/{digit}/{n}.png" for part in ("training", "testing") for digit in "37" for n in range(40)]


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder whose files a server on this machine serves as the mirror of all data sets."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path / "home"))
    folder = tmp_path / "web"
    folder.mkdir()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    monkeypatch.setenv("STUDIO_DATASETS", f"http://127.0.0.1:{server.server_port}/")
    yield folder
    server.shutdown()
    server.server_close()


def listed(content: bytes, name: str = "mnist") -> PublicDataSet:
    """The entry of that name, as if this were its archive."""
    start = hashlib.md5(content[:START_BYTES]).hexdigest()
    return public_data_set(name).model_copy(update={"size_bytes": len(content), "start_md5": start})


@pytest.mark.parametrize("data_set", public_data_sets(), ids=lambda data_set: data_set.name)
def test_an_entry_says_whose_it_is_and_has_blocks_that_fit(data_set: PublicDataSet, tmp_path: Path) -> None:
    assert data_set.address.startswith("https://")
    assert len(data_set.start_md5) == 32
    assert min(len(data_set.licence), len(data_set.citation), data_set.pictures, data_set.size_bytes) > 10
    recipe = data_set.recipe_at(tmp_path)
    assert recipe.credit == data_set.credit
    assert recipe.source.path.startswith(str(tmp_path))  # type: ignore[union-attr]
    assert recipe.task.target in recipe.labels.gives


def test_an_unknown_name_is_answered_with_what_there_is() -> None:
    with pytest.raises(UserError, match="imagenet") as wrong:
        public_data_set("imagenet")
    assert "camvid" in wrong.value.hint


def test_a_data_set_is_fetched_once(web: Path) -> None:
    content = packed(DIGITS)
    (web / "mnist_png.tgz").write_bytes(content)
    data_set, told = listed(content), list[tuple[int, int]]()
    assert not is_fetched(data_set)
    folder = fetch(data_set, on_bytes=lambda done, total: told.append((done, total)), patience=SHORT)
    assert is_fetched(data_set)
    assert folder == data_set_folder(data_set) / "mnist_png"
    assert sorted(path.relative_to(folder.parent).as_posix() for path in folder.rglob("*.png")) == sorted(DIGITS)
    assert told[-1] == (len(content), len(content))
    (web / "mnist_png.tgz").unlink()
    assert fetch(data_set, patience=SHORT) == folder  # nobody asks the server again


def test_another_archive_is_thrown_away(web: Path) -> None:
    (web / "mnist_png.tgz").write_bytes(packed(DIGITS[:3]))
    data_set = listed(packed(DIGITS))
    with pytest.raises(UserError, match="not the archive that is listed"):
        fetch(data_set, patience=SHORT)
    assert not is_fetched(data_set)
    assert not data_set_folder(data_set).exists()


def test_an_archive_that_leads_out_of_its_folder_is_refused(web: Path, tmp_path: Path) -> None:
    content = packed(["mnist_png/training/3/1.png", "../../../../outside.png"])
    (web / "mnist_png.tgz").write_bytes(content)
    with pytest.raises(UserError, match="outside"):
        fetch(listed(content), patience=SHORT)
    assert not list(tmp_path.rglob("outside.png"))


def test_a_missing_archive_says_where_it_was_looked_for(web: Path) -> None:
    with pytest.raises(UserError, match=r"no longer at http://127\.0\.0\.1"):
        fetch(listed(b"anything"), patience=SHORT)


def test_somebody_may_stop_it(web: Path) -> None:
    content = packed(DIGITS)
    (web / "mnist_png.tgz").write_bytes(content)
    with pytest.raises(StoppedError):
        fetch(listed(content), should_stop=lambda: True, patience=SHORT)
    assert not is_fetched(listed(content))
