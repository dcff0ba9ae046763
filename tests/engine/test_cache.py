"""Pictures decoded once."""

import errno
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.engine import packs
from studio.engine.cache import PictureCache
from studio.runtime.preprocess import Preprocess

PREPROCESS = Preprocess(32, "crop")


@pytest.fixture
def names(pictures: Path) -> list[str]:
    return sorted(path.relative_to(pictures).as_posix() for path in pictures.rglob("*.png"))


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are decoded from now on."""
    seen: list[str] = []
    read = Preprocess.read_sized

    def counted(self: Preprocess, path: Path) -> tuple[np.ndarray, tuple[int, int]]:  # type: ignore[type-arg]
        seen.append(path.name)
        return read(self, path)

    monkeypatch.setattr(Preprocess, "read_sized", counted)
    return seen


def test_a_kept_picture_is_the_decoded_one_and_decoded_once(
    pictures: Path, names: list[str], tmp_path: Path, decoded: list[str]
) -> None:
    progress: list[tuple[int, int]] = []
    first = PictureCache(pictures, PREPROCESS, folder=tmp_path)
    assert first.fill(names, threads=2, on_progress=lambda done, total: progress.append((done, total))) == []
    assert progress[0] == (0, 40)
    assert progress[-1] == (40, 40)
    assert len(decoded) == 40
    for name in names:
        np.testing.assert_array_equal(first.read(name), PREPROCESS.read(pictures / name))
        assert first.original_wh(name) == Image.open(pictures / name).size
    decoded.clear()
    later = PictureCache(pictures, PREPROCESS, folder=tmp_path)
    assert later.fill(names, threads=2) == []
    for name in names:
        later.read(name)
    assert decoded == []


def test_a_changed_file_is_decoded_again(pictures: Path, names: list[str], tmp_path: Path, decoded: list[str]) -> None:
    root = tmp_path / "pictures"
    shutil.copytree(pictures, root)
    PictureCache(root, PREPROCESS, folder=tmp_path / "kept").fill(names, threads=2)
    shutil.copy(root / names[1], root / names[0])
    decoded.clear()
    cache = PictureCache(root, PREPROCESS, folder=tmp_path / "kept")
    cache.fill(names, threads=2)
    assert decoded == [Path(names[0]).name]
    np.testing.assert_array_equal(cache.read(names[0]), cache.read(names[1]))


def test_broken_and_missing_pictures_are_named_with_a_reason(pictures: Path, names: list[str], tmp_path: Path) -> None:
    root = tmp_path / "pictures"
    shutil.copytree(pictures, root)
    (root / names[3]).write_bytes((root / names[3]).read_bytes()[:300])
    (root / names[5]).unlink()
    left_out = PictureCache(root, PREPROCESS, folder=tmp_path / "kept").fill(names, threads=2)
    assert [item.image for item in left_out] == [names[3], names[5]]
    assert left_out[0].reason == "Ends too early: a part of the picture is missing."
    assert left_out[1].reason == "No longer exists."


@pytest.mark.parametrize("place", ["write_all", "write_atomically"])
def test_a_full_disk_costs_time_only(
    pictures: Path, names: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    def full(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(packs, place, full)
    cache = PictureCache(pictures, PREPROCESS, folder=tmp_path)
    assert cache.fill(names, threads=2) == []
    assert cache.is_full
    assert list(tmp_path.rglob("*.pixels")) == []
    np.testing.assert_array_equal(cache.read(names[0]), PREPROCESS.read(pictures / names[0]))


def test_the_limit_is_kept(pictures: Path, names: list[str], tmp_path: Path) -> None:
    one = PREPROCESS.read(pictures / names[0]).nbytes
    cache = PictureCache(pictures, PREPROCESS, folder=tmp_path, limit_bytes=10 * one)
    assert cache.fill(names, threads=2) == []
    assert cache.is_full
    assert 0 < packs.used_bytes(tmp_path) <= 10 * one
    for name in names:
        np.testing.assert_array_equal(cache.read(name), PREPROCESS.read(pictures / name))


def test_a_damaged_pack_is_made_again(pictures: Path, names: list[str], tmp_path: Path, decoded: list[str]) -> None:
    PictureCache(pictures, PREPROCESS, folder=tmp_path).fill(names, threads=2)
    (pixels,) = tmp_path.rglob("*.pixels")
    pixels.write_bytes(pixels.read_bytes()[:1000])
    decoded.clear()
    cache = PictureCache(pictures, PREPROCESS, folder=tmp_path)
    cache.fill(names, threads=2)
    assert len(decoded) == 40
    np.testing.assert_array_equal(cache.read(names[7]), PREPROCESS.read(pictures / names[7]))


def test_it_stops_when_asked(pictures: Path, names: list[str], tmp_path: Path, decoded: list[str]) -> None:
    answers = iter([False] * 5 + [True] * 100)
    PictureCache(pictures, PREPROCESS, folder=tmp_path).fill(names, threads=1, should_stop=lambda: next(answers))
    assert 5 <= len(decoded) < 40
