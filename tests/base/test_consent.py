"""Consent to run a file: for what was in it, and kept outside of projects."""

import os
from pathlib import Path

import pytest

from studio.base import consent
from studio.base.paths import user_folder


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path / "home"))


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "project.studio" / "labels.py"
    path.parent.mkdir()
    path.write_bytes(b"def label(path): return 'a'\n")
    return path


def allow(path: Path) -> None:
    consent.allow(path, consent.sha256_of(path.read_bytes()))


def test_nothing_is_allowed_until_it_is(script: Path) -> None:
    assert not consent.is_allowed(script)
    allow(script)
    assert consent.is_allowed(script)
    assert consent.is_allowed(script, script.read_bytes())


def test_a_change_needs_a_new_consent(script: Path) -> None:
    allow(script)
    script.write_bytes(script.read_bytes() + b"#\n")
    assert not consent.is_allowed(script)
    allow(script)
    assert consent.is_allowed(script)


def test_what_runs_is_what_was_read(script: Path) -> None:
    allow(script)
    assert not consent.is_allowed(script, b"import os\n")


def test_the_same_content_elsewhere_is_another_file(script: Path, tmp_path: Path) -> None:
    allow(script)
    other = tmp_path / "other.py"
    other.write_bytes(script.read_bytes())
    assert not consent.is_allowed(other)


def test_another_way_to_write_the_path(script: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    allow(script)
    monkeypatch.chdir(script.parent)
    assert consent.is_allowed(Path("labels.py"))
    assert consent.is_allowed(script.parent / ".." / script.parent.name / "labels.py")


def test_a_project_cannot_bring_its_own(script: Path) -> None:
    digits = consent.sha256_of(script.read_bytes())
    (script.parent / "consent.json").write_text(f'{{"{script}": "{digits}"}}')
    assert not consent.is_allowed(script)
    allow(script)
    kept = user_folder("config") / "consent.json"
    assert kept.exists()
    assert script.parent not in kept.parents


def test_consent_can_be_taken_back(script: Path) -> None:
    allow(script)
    consent.forget(script)
    assert not consent.is_allowed(script)


@pytest.mark.parametrize("content", ["", "[1, 2]", "{"])
def test_a_damaged_store_asks_again(script: Path, content: str) -> None:
    allow(script)
    (user_folder("config") / "consent.json").write_text(content)
    assert not consent.is_allowed(script)
    allow(script)
    assert consent.is_allowed(script)


def test_a_file_that_is_gone(script: Path) -> None:
    allow(script)
    os.unlink(script)
    assert not consent.is_allowed(script)
