"""Checkpoints: all that is needed to go on as if nothing had happened. Tensors and JSON, never a pickle."""

import logging
from dataclasses import dataclass
from pathlib import Path

import torch
from pydantic import BaseModel, ConfigDict, ValidationError
from torch import Tensor, nn

from studio.engine.average import AveragedWeights
from studio.engine.weight_files import DAMAGED, WeightFiles, facts_of

log = logging.getLogger(__name__)

_KEPT = 2
_MODEL, _AVERAGE = "model.", "average."


class BestEpoch(BaseModel):
    """The epoch whose weights become the model, counted from 1. `valid_loss` is null when it was not a number.

    stage: the number of the stage that it belongs to, 0 where the recipe has no list of them."""

    model_config = ConfigDict(frozen=True)

    epoch: int
    metrics: dict[str, float]
    valid_loss: float | None
    stage: int = 0


class Standing(BaseModel):
    """Where a run stands, besides its tensors. Losses are sums, so that nothing is rounded on the way."""

    model_config = ConfigDict(frozen=True)

    step: int = 0
    epoch: int = 0  # epochs done, validation included
    epoch_loss: float = 0.0  # the sum over the steps of the unfinished epoch
    smoothed: float = 0.0
    scaling: dict[str, float] = {}  # how losses are enlarged on their way back, with float16
    best: BestEpoch | None = None


@dataclass(frozen=True)
class Checkpoint:
    standing: Standing
    tensors: dict[str, Tensor]


class Checkpoints:
    """The `checkpoints` folder of a run. The last two are kept, and the best weights that they name.

    files: is told whether the encoder stands still.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self.files = WeightFiles(folder)

    def write(
        self,
        standing: Standing,
        model: nn.Module,
        optimizer: torch.optim.Optimizer,
        average: AveragedWeights | None = None,
    ) -> None:
        """Raises UserError when the disk is full; the older ones are then still whole."""
        tensors = {f"{_MODEL}{name}": tensor for name, tensor in model.state_dict().items()}
        tensors |= _optimizer_tensors(optimizer)
        if average is not None:
            tensors |= {f"{_AVERAGE}{name}": tensor for name, tensor in average.state().items()}
        path = self.folder / f"step-{standing.step:08d}.safetensors"
        self.files.write(path, tensors, {"standing": standing.model_dump_json()}, _MODEL)
        self._prune()

    def write_best(self, epoch: int, weights: dict[str, Tensor]) -> None:
        """The weights of the best epoch so far; a checkpoint that names it is written next."""
        self.files.write(self._best_file(epoch), weights, {})

    def best_weights(self, epoch: int) -> dict[str, Tensor] | None:
        """Those of an epoch that was the best; None where they are not kept any more."""
        try:
            return self.files.read(self._best_file(epoch))[0]
        except FileNotFoundError:
            return None

    def newest(self) -> Checkpoint | None:
        """The last one that is whole; None when there is none."""
        for path in reversed(self._files()):
            checkpoint = self._read(path)
            if checkpoint is not None:
                return checkpoint
        return None

    def keep_last(self) -> None:
        """Drop what only an unfinished run needs: its model lies beside this folder now."""
        for path in [*self._files()[:-1], *self.folder.glob("best-*")]:
            path.unlink(missing_ok=True)
        self.files.prune(self._files())

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob("step-*.safetensors"))

    def _best_file(self, epoch: int) -> Path:
        return self.folder / f"best-{epoch:04d}.safetensors"

    def _read(self, path: Path) -> Checkpoint | None:
        try:
            tensors, facts = self.files.read(path, _MODEL)
            return Checkpoint(Standing.model_validate_json(facts["standing"]), tensors)
        except (*DAMAGED, KeyError, ValidationError) as error:
            log.warning("The checkpoint %s is damaged and was skipped: %s", path, error)
            return None

    def _prune(self) -> None:
        files = self._files()
        for path in files[:-_KEPT]:
            path.unlink(missing_ok=True)
        named = {best.epoch for path in files[-_KEPT:] if (best := _best_named(path)) is not None}
        for path in self.folder.glob("best-*"):
            if path not in {self._best_file(epoch) for epoch in named}:
                path.unlink(missing_ok=True)
        self.files.prune([*self._files(), *self.folder.glob("best-*")])


def restore(
    checkpoint: Checkpoint,
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    average: AveragedWeights | None = None,
) -> None:
    """Put weights and the optimizer's memory back, to where and in the order of memory in which they belong."""
    weights = {name.removeprefix(_MODEL): t for name, t in checkpoint.tensors.items() if name.startswith(_MODEL)}
    model.load_state_dict(weights)
    if average is not None:
        known = {name.removeprefix(_AVERAGE): t for name, t in checkpoint.tensors.items() if name.startswith(_AVERAGE)}
        average.restore(known)
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


def _optimizer_tensors(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    return {
        f"optimizer.{number}.{name}": value
        for number, parameter in enumerate(parameters)
        for name, value in optimizer.state.get(parameter, {}).items()
    }


def _best_named(path: Path) -> BestEpoch | None:
    try:
        return Standing.model_validate_json(facts_of(path)["standing"]).best
    except (KeyError, ValidationError):
        return None
