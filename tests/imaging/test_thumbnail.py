"""Thumbnails: the middle of the picture, kept until the picture changes."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.base.errors import UserError
from studio.imaging import thumbnail as thumbnails
from studio.imaging.thumbnail import cached_thumbnail, thumbnail


@pytest.fixture
def wide(tmp_path: Path) -> Path:
    """Red, green and blue thirds, 300 x 100."""
    array = np.zeros((100, 300, 3), np.uint8)
    for third in range(3):
        array[:, third * 100 : (third + 1) * 100, third] = 255
    Image.fromarray(array).save(tmp_path / "wide.png")
    return tmp_path / "wide.png"


def test_a_square_is_cut_from_the_middle(wide: Path) -> None:
    image = thumbnail(wide, 50)
    assert image.shape == (50, 50, 3)
    assert image[:, 2:-2].reshape(-1, 3).mean(0).argmax() == 1
    assert image[25, 25].tolist() == [0, 255, 0]


def test_the_whole_keeps_its_shape_and_small_ones_their_size(wide: Path) -> None:
    assert thumbnail(wide, 60, square=False).shape == (20, 60, 3)
    assert thumbnail(wide, 500).shape == (100, 100, 3)


def test_the_cache_is_used_until_the_picture_changes(
    wide: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    first = cached_thumbnail(wide, 48, cache)
    with Image.open(first) as image:
        assert image.size == (48, 48)
    assert first.parent.parent == cache

    decoded = []
    real = thumbnails.read_shown
    monkeypatch.setattr(thumbnails, "read_shown", lambda *a, **k: (decoded.append(a), real(*a, **k))[1])
    assert cached_thumbnail(wide, 48, cache) == first
    assert decoded == []
    others = {cached_thumbnail(wide, 32, cache), cached_thumbnail(wide, 48, cache, square=False)}
    assert len(others | {first}) == 3
    os.utime(wide, ns=(1, 1))
    assert cached_thumbnail(wide, 48, cache) != first
    assert len(decoded) == 3
    assert [path for path in cache.rglob("*") if path.is_file() and path.suffix != ".jpg"] == []


def test_a_broken_picture_leaves_nothing_behind(wide: Path, tmp_path: Path) -> None:
    wide.write_bytes(wide.read_bytes()[:200])
    with pytest.raises(UserError, match=r"wide\.png ends too early"):
        cached_thumbnail(wide, 48, tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_a_cache_that_cannot_be_written_is_said(wide: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(UserError, match="cache"):
        cached_thumbnail(wide, 48, tmp_path / "cache")
