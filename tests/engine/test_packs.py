"""Which packs go when there is no room."""

import os
from pathlib import Path

import numpy as np
import pytest

from studio.engine.packs import Pack, PackWriter, evict, mark_used, open_packs, used_bytes

IMAGE_HWC = np.arange(30, dtype=np.uint8).reshape(2, 5, 3)


def make_pack(folder: Path, key: str, used_at_s: float) -> Path:
    writer = PackWriter(folder)
    writer.add(key, IMAGE_HWC, (50, 20))
    index = writer.finish()
    os.utime(index, (used_at_s, used_at_s))
    return index


def keys(folder: Path) -> set[str]:
    return {key for pack in open_packs(folder) for key in pack}


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    oldest, middle, newest = (make_pack(tmp_path, name, used) for name, used in [("a", 1), ("b", 2), ("c", 3)])
    evict(tmp_path, limit_bytes=60, keep=set())
    assert keys(tmp_path) == {"b", "c"}
    mark_used(middle)
    evict(tmp_path, limit_bytes=30, keep=set())
    assert keys(tmp_path) == {"b"}
    assert used_bytes(tmp_path) == 30
    assert not oldest.exists()
    assert not newest.exists()


def test_what_is_in_use_stays(tmp_path: Path) -> None:
    oldest, _ = make_pack(tmp_path, "a", 1), make_pack(tmp_path, "b", 2)
    evict(tmp_path, limit_bytes=0, keep={oldest})
    assert keys(tmp_path) == {"a"}


def test_pixels_without_an_index_are_nobodys_after_a_day(tmp_path: Path) -> None:
    fresh, old = PackWriter(tmp_path), PackWriter(tmp_path)
    os.utime(old.path, (1, 1))
    evict(tmp_path, limit_bytes=1000, keep=set())
    assert fresh.path.exists()
    assert not old.path.exists()
    assert open_packs(tmp_path) == []


def test_an_index_beyond_its_pixels_is_refused(tmp_path: Path) -> None:
    index = make_pack(tmp_path, "a", 1)
    np.testing.assert_array_equal(Pack(index)["a"], IMAGE_HWC)
    assert Pack(index).original_wh("a") == (50, 20)
    index.with_suffix(".pixels").write_bytes(b"short")
    with pytest.raises(ValueError, match="not there"):
        Pack(index)
