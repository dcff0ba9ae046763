"""Files of tensors that are written again and again; weights that stay as they are meanwhile are written once, beside
them."""

import struct
from dataclasses import dataclass, field
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from studio.base.files import write_atomically

_BODY = "encoder."  # what may stand still
_STILL = "still"  # names the file with it

DAMAGED = (OSError, SafetensorError, struct.error)


@dataclass
class WeightFiles:
    """Those of a folder. Names of tensors begin with `prefix` where they are the network's.

    still_since: how many steps were done when the encoder changed for the last time; None while it changes.
    """

    folder: Path
    still_since: int | None = None
    _written: set[Path] = field(default_factory=set)

    def write(self, path: Path, tensors: dict[str, Tensor], facts: dict[str, str], prefix: str = "") -> None:
        """Raises UserError when the disk is full; what was there before is then still whole."""
        if self.still_since is not None:
            body, rest = _parted(tensors, prefix + _BODY)
            still = self.folder / f"still-{self.still_since:08d}.safetensors"
            if still not in self._written:
                write_atomically(still, to_bytes({name.removeprefix(prefix): value for name, value in body.items()}))
                self._written.add(still)
            tensors, facts = rest, {**facts, _STILL: still.name}
        write_atomically(path, to_bytes(tensors, facts))

    def read(self, path: Path, prefix: str = "") -> tuple[dict[str, Tensor], dict[str, str]]:
        """All tensors, wherever they were written, and the facts. Raises one of DAMAGED."""
        tensors, facts = _read(path)
        if _STILL in facts:
            body, _ = _read(self.folder / facts[_STILL])
            tensors |= {prefix + name: value for name, value in body.items()}
        return tensors, facts

    def prune(self, users: list[Path]) -> None:
        """Remove what none of these files needs."""
        needed = {facts_of(path).get(_STILL) for path in users}
        for path in self.folder.glob("still-*"):
            if path.name not in needed:
                path.unlink(missing_ok=True)


def facts_of(path: Path) -> dict[str, str]:
    """What a file says besides its tensors; nothing where it is damaged."""
    try:
        with safe_open(path, framework="pt") as file:
            return dict(file.metadata() or {})
    except DAMAGED:
        return {}


def to_bytes(tensors: dict[str, Tensor], facts: dict[str, str] | None = None) -> bytes:
    """A safetensors file."""
    return save({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}, facts)


def _read(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    with safe_open(path, framework="pt") as file:
        return {name: file.get_tensor(name) for name in file.keys()}, dict(file.metadata() or {})  # noqa: SIM118


def _parted(tensors: dict[str, Tensor], beginning: str) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Those whose names have this beginning, and the others."""
    body = {name: tensor for name, tensor in tensors.items() if name.startswith(beginning)}
    return body, {name: tensor for name, tensor in tensors.items() if name not in body}
