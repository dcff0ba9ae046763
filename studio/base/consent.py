"""Which program files the user has allowed to run: kept in the user's folder, so that no project brings its own."""

import hashlib
import json
import os
from pathlib import Path

from studio.base.files import write_atomically
from studio.base.paths import user_folder


def sha256_of(content: bytes) -> str:
    """The 64 hexadecimal digits that consent is given for."""
    return hashlib.sha256(content).hexdigest()


def is_allowed(path: Path, content: bytes | None = None) -> bool:
    """Whether this file, with what is in it now, has been allowed.

    content: what is about to run, where it was read already: so nothing can change between question and run.
    """
    if content is None:
        try:
            content = path.read_bytes()
        except OSError:
            return False
    return _given().get(_key(path)) == sha256_of(content)


def allow(path: Path, sha256: str) -> None:
    """Remember that the user has seen the file with this content and lets it run; replaces an earlier consent.

    Raises UserError when that cannot be written.
    """
    write_atomically(_file(), json.dumps(_given() | {_key(path): sha256}, indent=1).encode())


def forget(path: Path) -> None:
    """Take a consent back. Raises UserError when that cannot be written."""
    others = {key: value for key, value in _given().items() if key != _key(path)}
    write_atomically(_file(), json.dumps(others, indent=1).encode())


def _key(path: Path) -> str:
    return os.path.normcase(os.path.realpath(path))


def _file() -> Path:
    return user_folder("config") / "consent.json"


def _given() -> dict[str, str]:
    """Consents by file; none where they cannot be read: then the user is asked again."""
    try:
        found = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}
