"""Checkpoints: all that is needed to go on as if nothing had happened. Tensors and JSON, never a pickle."""

import logging
import struct
from dataclasses import dataclass
from pathlib import Path

import torch
from pydantic import BaseModel, ConfigDict, ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from studio.base.files import write_atomically

log = logging.getLogger(__name__)

_KEPT = 2


class BestEpoch(BaseModel):
    """The epoch whose weights become the model, counted from 1. `valid_loss` is null when it was not a number."""

    model_config = ConfigDict(frozen=True)

    epoch: int
    metrics: dict[str, float]
    valid_loss: float | None


class Standing(BaseModel):
    """Where a run stands, besides its tensors. Losses are sums, so that nothing is rounded on the way."""

    model_config = ConfigDict(frozen=True)

    step: int = 0
    epoch: int = 0  # epochs done, validation included
    epoch_loss: float = 0.0  # the sum over the steps of the unfinished epoch
    smoothed: float = 0.0
    best: BestEpoch | None = None


@dataclass(frozen=True)
class Checkpoint:
    standing: Standing
    tensors: dict[str, Tensor]


class Checkpoints:
    """The `checkpoints` folder of a run. The last two are kept, and the best weights that they name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)

    def write(self, standing: Standing, model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
        """Raises UserError when the disk is full; the older ones are then still whole."""
        tensors = {f"model.{name}": tensor for name, tensor in model.state_dict().items()}
        tensors |= _optimizer_tensors(optimizer)
        path = self.folder / f"step-{standing.step:08d}.safetensors"
        write_atomically(path, to_bytes(tensors, {"standing": standing.model_dump_json()}))
        self._prune()

    def write_best(self, epoch: int, model: nn.Module) -> None:
        """The weights of the best epoch so far; a checkpoint that names it is written next."""
        write_atomically(self.best_file(epoch), to_bytes(model.state_dict()))

    def best_file(self, epoch: int) -> Path:
        return self.folder / f"best-{epoch:04d}.safetensors"

    def newest(self) -> Checkpoint | None:
        """The last one that is whole; None when there is none."""
        for path in reversed(self._files()):
            checkpoint = _read(path)
            if checkpoint is not None:
                return checkpoint
        return None

    def keep_last(self) -> None:
        """Drop what only an unfinished run needs: its model lies beside this folder now."""
        for path in [*self._files()[:-1], *self.folder.glob("best-*")]:
            path.unlink(missing_ok=True)

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob("step-*.safetensors"))

    def _prune(self) -> None:
        files = self._files()
        for path in files[:-_KEPT]:
            path.unlink(missing_ok=True)
        named = {best.epoch for path in files[-_KEPT:] if (best := _best_named(path)) is not None}
        for path in self.folder.glob("best-*"):
            if path not in {self.best_file(epoch) for epoch in named}:
                path.unlink(missing_ok=True)


def restore(checkpoint: Checkpoint, model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    """Put weights and the optimizer's memory back, to where and in the order of memory in which they belong."""
    weights = {name.removeprefix("model."): t for name, t in checkpoint.tensors.items() if name.startswith("model.")}
    model.load_state_dict(weights)
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    for number, parameter in enumerate(parameters):
        prefix = f"optimizer.{number}."
        names = [name for name in checkpoint.tensors if name.startswith(prefix)]
        for name in names:
            saved = checkpoint.tensors[name]
            # The fused step runs through memory in order: moments must lie exactly as their parameter does.
            own = parameter.detach() if saved.shape == parameter.shape else saved
            place = torch.empty_like(own, device=parameter.device)
            optimizer.state[parameter][name.removeprefix(prefix)] = place.copy_(saved)


def to_bytes(tensors: dict[str, Tensor], facts: dict[str, str] | None = None) -> bytes:
    """A safetensors file."""
    return save({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}, facts)


def _optimizer_tensors(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    return {
        f"optimizer.{number}.{name}": value
        for number, parameter in enumerate(parameters)
        for name, value in optimizer.state.get(parameter, {}).items()
    }


def _read(path: Path) -> Checkpoint | None:
    try:
        with safe_open(path, framework="pt") as file:
            standing = Standing.model_validate_json((file.metadata() or {})["standing"])
            return Checkpoint(standing, {name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118
    except (OSError, SafetensorError, KeyError, ValidationError, struct.error) as error:
        log.warning("The checkpoint %s is damaged and was skipped: %s", path, error)
        return None


def _best_named(path: Path) -> BestEpoch | None:
    try:
        with safe_open(path, framework="pt") as file:
            return Standing.model_validate_json((file.metadata() or {})["standing"]).best
    except (OSError, SafetensorError, KeyError, ValidationError):
        return None
