"""Checkpoints: whole, exact, and never a pickle."""

from pathlib import Path

import pytest
import torch
from torch import nn

from studio.engine.checkpoint import BestEpoch, Checkpoints, Standing, restore
from studio.engine.optimizer import make_optimizer, set_rates


def make(channels_last: bool = False) -> tuple[nn.Module, torch.optim.Optimizer]:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(4 * 36, 2))
    if channels_last:
        model = model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return model, make_optimizer([list(model.parameters())], 0.01)


def step(model: nn.Module, optimizer: torch.optim.Optimizer, number: int) -> None:
    torch.manual_seed(number)
    set_rates(optimizer, [1e-2], 0.9)
    model(torch.rand(4, 3, 8, 8)).square().sum().backward()
    optimizer.step()
    optimizer.zero_grad()


@pytest.mark.parametrize("channels_last", [False, True])
def test_going_on_gives_the_same_weights(tmp_path: Path, channels_last: bool) -> None:
    model, optimizer = make(channels_last)
    for number in range(3):
        step(model, optimizer, number)
    Checkpoints(tmp_path).write(Standing(step=3), model, optimizer)
    for number in range(3, 6):
        step(model, optimizer, number)
    other, other_optimizer = make(channels_last)
    checkpoint = Checkpoints(tmp_path).newest()
    assert checkpoint is not None
    restore(checkpoint, other, other_optimizer)
    for number in range(3, 6):
        step(other, other_optimizer, number)
    for name, value in model.state_dict().items():
        assert torch.equal(other.state_dict()[name], value), name


def test_the_last_two_and_the_best_that_they_name_are_kept(tmp_path: Path) -> None:
    model, optimizer = make()
    checkpoints = Checkpoints(tmp_path)
    for epoch, best in enumerate([1, 1, 3, 4, 4], start=1):
        if best == epoch:
            checkpoints.write_best(epoch, model.state_dict())
        best_epoch = BestEpoch(epoch=best, metrics={"accuracy": 0.5}, valid_loss=None)
        checkpoints.write(Standing(step=10 * epoch, epoch=epoch, best=best_epoch), model, optimizer)
    kept = {path.name for path in tmp_path.iterdir()}
    assert kept == {"step-00000040.safetensors", "step-00000050.safetensors", "best-0004.safetensors"}
    checkpoints.keep_last()
    assert {path.name for path in tmp_path.iterdir()} == {"step-00000050.safetensors"}


@pytest.mark.parametrize("damage", ["cut", "empty", "noise"])
def test_a_damaged_checkpoint_is_passed_over(tmp_path: Path, damage: str) -> None:
    model, optimizer = make()
    checkpoints = Checkpoints(tmp_path)
    standing = Standing(
        step=1, smoothed=0.1 + 0.2, best=BestEpoch(epoch=1, metrics={"accuracy": 1 / 3}, valid_loss=0.7)
    )
    checkpoints.write(standing, model, optimizer)
    checkpoints.write(Standing(step=2), model, optimizer)
    newest = tmp_path / "step-00000002.safetensors"
    content = newest.read_bytes()
    newest.write_bytes({"cut": content[: len(content) // 2], "empty": b"", "noise": b"\xff" * 500}[damage])
    found = checkpoints.newest()
    assert found is not None
    assert found.standing == standing  # exact, to the last bit of each number


def test_an_encoder_that_stands_still_is_written_once(tmp_path: Path) -> None:
    class Body(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder, self.head = nn.Linear(100, 100), nn.Linear(100, 2)

        def forward(self, values: torch.Tensor) -> torch.Tensor:
            return self.head(self.encoder(values))

    model = Body()
    optimizer = make_optimizer([list(model.head.parameters())], 0.01)
    checkpoints = Checkpoints(tmp_path)
    checkpoints.write(Standing(step=1), model, optimizer)
    checkpoints.files.still_since = 1
    for number in (2, 3):
        with torch.no_grad():
            model.head.weight += 1
        checkpoints.write_best(number, model.state_dict())
        best = BestEpoch(epoch=number, metrics={}, valid_loss=None)
        checkpoints.write(Standing(step=number, best=best), model, optimizer)
    sizes = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
    assert sizes.keys() == {f"{name}.safetensors" for name in ("step-00000002", "step-00000003", "still-00000001",
                                                               "best-0002", "best-0003")}  # fmt: skip
    assert max(size for name, size in sizes.items() if not name.startswith("still")) < 4000
    found = checkpoints.newest()
    assert found is not None
    assert found.standing.step == 3
    weights = checkpoints.best_weights(3)
    assert weights is not None
    for name, value in model.state_dict().items():
        assert value.equal(weights[name])
        assert value.equal(found.tensors[f"model.{name}"])
    checkpoints.files.still_since = None
    checkpoints.write(Standing(step=4), model, optimizer)
    assert (tmp_path / "still-00000001.safetensors").exists()  # the one before last needs it
    checkpoints.write(Standing(step=5), model, optimizer)
    assert {path.name for path in tmp_path.iterdir()} == {"step-00000004.safetensors", "step-00000005.safetensors"}


def test_a_checkpoint_without_its_encoder_is_passed_over(tmp_path: Path) -> None:
    model, optimizer = make()
    checkpoints = Checkpoints(tmp_path)
    checkpoints.write(Standing(step=1), model, optimizer)
    checkpoints.files.still_since = 1
    checkpoints.write(Standing(step=2), model, optimizer)
    (tmp_path / "still-00000001.safetensors").write_bytes(b"")
    found = checkpoints.newest()
    assert found is not None
    assert found.standing.step == 1


def test_there_may_be_none(tmp_path: Path) -> None:
    assert Checkpoints(tmp_path).newest() is None
