"""Weights from files, and what of them fits."""

import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from studio.base.errors import UserError
from studio.engine.encoders import Encoder, create_encoder
from studio.engine.tensors import fill, read_tensors
from studio.jobs.messages import Event, WeightsTaken

SMALL = "test_resnet"
FIRST = "conv1.0.weight"


@pytest.fixture
def encoder() -> Encoder:
    torch.manual_seed(0)
    return create_encoder(SMALL, side_px=64)


@pytest.fixture
def other() -> dict[str, torch.Tensor]:
    """Weights of the same network, drawn anew."""
    torch.manual_seed(1)
    state: dict[str, torch.Tensor] = create_encoder(SMALL, side_px=64).net.state_dict()
    return state


def is_filled(encoder: Encoder, state: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(tensor, state[name]) for name, tensor in encoder.net.state_dict().items())


def nobody(event: Event) -> None:
    """Hears that all was taken, and nothing else."""
    assert isinstance(event, WeightsTaken), event
    assert event.taken == event.total, event.not_taken
    assert not event.not_taken


@pytest.mark.parametrize("beginning", ["", "module.", "encoder.net.", "a.module.backbone."])
@pytest.mark.parametrize("suffix", [".safetensors", ".pth", ".pt"])
def test_files_are_read_whatever_their_names_begin_with(
    tmp_path: Path, encoder: Encoder, other: dict[str, torch.Tensor], beginning: str, suffix: str
) -> None:
    path = tmp_path / f"weights{suffix}"
    named = {f"{beginning}{name}": tensor for name, tensor in other.items()} | {"head.weight": torch.ones(3, 3)}
    save_file(named, path) if suffix == ".safetensors" else torch.save(named, path)
    fill(encoder, read_tensors(path), path.name, nobody)
    assert is_filled(encoder, other)


@pytest.mark.parametrize("wrap", [["state_dict"], ["model"], ["model", "state_dict"], ["model_ema"]])
def test_checkpoints_are_unwrapped(
    tmp_path: Path, encoder: Encoder, other: dict[str, torch.Tensor], wrap: list[str]
) -> None:
    held: object = other
    for key in reversed(wrap):
        held = {key: held, "epoch": 3, "optimizer": {"lr": 0.1}, "name": "x"}
    torch.save(held, tmp_path / "checkpoint.pt")
    fill(encoder, read_tensors(tmp_path / "checkpoint.pt"), "checkpoint.pt", nobody)
    assert is_filled(encoder, other)


def test_what_does_not_fit_is_reported(encoder: Encoder, other: dict[str, torch.Tensor]) -> None:
    before = {name: tensor.clone() for name, tensor in encoder.net.state_dict().items()}
    del other["layer4.0.conv1.weight"]
    other[FIRST] = torch.zeros(7, 3, 3, 3)
    said: list[Event] = []
    fill(encoder, other, "theirs.pt", said.append)
    (told,) = said
    assert isinstance(told, WeightsTaken)
    assert told.source == "theirs.pt"
    assert told.total - told.taken == 2
    first, absent = told.not_taken
    assert first.startswith(f"{FIRST}: ")
    assert "7x3x3x3 there" in first
    assert absent == "not there, so they start from random: layer4.0.conv1.weight"
    after = encoder.net.state_dict()
    assert torch.equal(after[FIRST], before[FIRST])
    assert torch.equal(after["layer2.0.conv1.weight"], other["layer2.0.conv1.weight"])


def test_half_precision_fills_single_precision(encoder: Encoder, other: dict[str, torch.Tensor]) -> None:
    halves = {name: tensor.half() if tensor.is_floating_point() else tensor for name, tensor in other.items()}
    fill(encoder, halves, "x", nobody)
    found = encoder.net.state_dict()[FIRST]
    assert found.dtype == torch.float32
    assert torch.equal(found, other[FIRST].half().float())


def test_another_network_is_refused_and_changes_nothing(encoder: Encoder) -> None:
    before = {name: tensor.clone() for name, tensor in encoder.net.state_dict().items()}
    with pytest.raises(UserError, match=r"Nothing in theirs\.pt fits"):
        fill(encoder, create_encoder("mobilenetv3_small_050", side_px=64).net.state_dict(), "theirs.pt", nobody)
    assert is_filled(encoder, before)


def test_values_that_are_no_numbers_are_refused(encoder: Encoder, other: dict[str, torch.Tensor]) -> None:
    before = {name: tensor.clone() for name, tensor in encoder.net.state_dict().items()}
    other[FIRST][0, 0, 0, 0] = float("nan")
    with pytest.raises(UserError, match=r"no numbers, in conv1\.0\.weight"):
        fill(encoder, other, "x", nobody)
    assert is_filled(encoder, before)


def test_names_that_timm_has_changed_are_known() -> None:
    """The first ConvNeXt files call their stages and blocks otherwise."""
    torch.manual_seed(1)
    state = create_encoder("convnext_atto", side_px=64).net.state_dict()
    stem = {"stem.0": "downsample_layers.0.0", "stem.1": "downsample_layers.0.1", "head.norm": "norm"}
    old = {}
    for name, tensor in state.items():
        for now, then in stem.items():
            name = name.replace(f"{now}.", f"{then}.")
        if name.startswith("stages."):
            _, stage, kind, number, *rest = name.split(".")
            rest_name = ".".join(rest).replace("conv_dw", "dwconv").replace("mlp.fc", "pwconv")
            start = f"stages.{stage}.{number}" if kind == "blocks" else f"downsample_layers.{stage}.{number}"
            name = f"{start}.{rest_name}" if rest_name else start
        old[name] = tensor
    former = {name for name in old if name not in state}
    assert len(former) > 0.9 * len(state)
    encoder = create_encoder("convnext_atto", side_px=64)
    fill(encoder, old, "old.pth", nobody)
    found = encoder.net.state_dict()
    assert all(torch.equal(found[name], tensor) for name, tensor in state.items())


class Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return exec, ("raise SystemExit('code of the file was run')",)


def test_a_file_that_would_run_code_is_refused(tmp_path: Path) -> None:
    torch.save({"state_dict": {"conv1.weight": torch.ones(1)}, "args": Evil()}, tmp_path / "evil.pt")
    (tmp_path / "plain.pth").write_bytes(pickle.dumps(Evil()))
    with pytest.raises(UserError, match="run code"):
        read_tensors(tmp_path / "evil.pt")
    with pytest.raises(UserError):
        read_tensors(tmp_path / "plain.pth")


@pytest.mark.parametrize("name", ["a.safetensors", "a.pt"])
def test_damaged_missing_and_foreign_files_are_named(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with pytest.raises(UserError, match="does not exist"):
        read_tensors(path)
    for content in (b"", b"\x00" * 5, b"not weights at all" * 20):
        path.write_bytes(content)
        with pytest.raises(UserError, match="damaged"):
            read_tensors(path)


def test_half_a_file_is_damaged(tmp_path: Path, other: dict[str, torch.Tensor]) -> None:
    for path, save in ((tmp_path / "a.safetensors", save_file), (tmp_path / "a.pt", torch.save)):
        save(other, path)
        path.write_bytes(path.read_bytes()[:100_000])
        with pytest.raises(UserError, match="damaged"):
            read_tensors(path)


def test_files_without_weights_are_refused(tmp_path: Path) -> None:
    torch.save({"epoch": 3}, tmp_path / "a.pt")
    with pytest.raises(UserError, match="no weights in"):
        read_tensors(tmp_path / "a.pt")
    torch.save(torch.ones(3), tmp_path / "b.pt")
    with pytest.raises(UserError, match="no weights in"):
        read_tensors(tmp_path / "b.pt")
    (tmp_path / "c.txt").write_text("x")
    with pytest.raises(UserError, match="not a weights file"):
        read_tensors(tmp_path / "c.txt")
