"""A changed file gets another key, an unchanged one keeps it."""

import os
from pathlib import Path

import pytest

from studio.base.errors import UserError
from studio.imaging.identity import cache_key, content_hash, identity


def test_identity_follows_length_and_time_not_place(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"one")
    os.utime(path, ns=(0, 1_700_000_000_123_456_789))
    before = identity(path)
    moved = path.rename(tmp_path / "b.jpg")
    assert identity(moved) == before
    os.utime(moved, ns=(0, 1_700_000_000_123_456_790))
    assert identity(moved) != before
    moved.write_bytes(b"longer")
    os.utime(moved, ns=(0, 1_700_000_000_123_456_789))
    assert identity(moved) != before


def test_cache_keys_tell_twins_apart(tmp_path: Path) -> None:
    twins = [tmp_path / "a.bmp", tmp_path / "b.bmp"]
    for path, content in zip(twins, (b"aa", b"bb"), strict=True):
        path.write_bytes(content)
        os.utime(path, ns=(0, 5))
    assert identity(twins[0]) == identity(twins[1])
    keys = {cache_key(path, side) for path in twins for side in (64, 128)}
    assert len(keys) == 4
    assert cache_key(twins[0], 64) in keys


def test_content_hash_sees_a_change_that_keeps_length_and_time(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"one")
    first = content_hash(path)
    copy = tmp_path / "copy"
    copy.write_bytes(b"one")
    assert content_hash(copy) == first
    path.write_bytes(b"two")
    assert content_hash(path) != first


def test_a_missing_file_is_the_users_to_mend(tmp_path: Path) -> None:
    for key in (identity, content_hash):
        with pytest.raises(UserError, match="no longer exists"):
            key(tmp_path / "gone.jpg")
