"""What was found out about this machine by trying, kept in the user's cache folder: found out once."""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import torch

from studio.base.errors import UserError
from studio.base.files import write_atomically
from studio.base.paths import user_folder

Facts = dict[str, float]


def recall(key: str) -> Facts | None:
    """What was found, by name; None when nobody has tried yet, or the file is damaged."""
    return _read(_file()).get(key)


def remember(key: str, facts: Mapping[str, float]) -> None:
    """Replaces what was known. Where it cannot be written, it is found out again next time."""
    with suppress(UserError):
        write_atomically(_file(), json.dumps({**_read(_file()), key: dict(facts)}, indent=1).encode())


def machine(device: str, threads: int) -> str:
    """What figures hold for: the device, and what it is programmed by."""
    name = torch.cuda.get_device_name() if device.startswith("cuda") else torch.backends.cpu.get_cpu_capability()
    return f"{device} {name} {threads} {torch.__version__}"


def _file() -> Path:
    return user_folder("cache") / "probes.json"


def _read(file: Path) -> dict[str, Facts]:
    try:
        known = json.loads(file.read_bytes())
        return {str(key): _facts(value) for key, value in known.items() if isinstance(value, dict)}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def _facts(value: dict[str, float]) -> Facts:
    return {str(name): float(number) for name, number in value.items()}
