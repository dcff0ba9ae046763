"""Starting from another run: what its network knows of each class goes to the class of the same name."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from studio.base.errors import UserError
from studio.base.targets import Skeleton
from studio.blocks.recipe import Recipe
from studio.engine.encoders import create_encoder
from studio.engine.model import EncoderAndHead
from studio.engine.networks import make_network
from studio.engine.start import start_from_run
from studio.jobs.messages import Event, WeightsTaken
from studio.runs.run import Run, create_run
from studio.runtime.card import EncoderCard, HeadCard, ModelCard, WeightsOrigin, write_card
from studio.runtime.detectors import DETECTORS
from studio.runtime.preprocess import Preprocess

SMALL = "test_resnet"
THEN, NOW = ("cat", "dog", "hen", "owl"), ("dog", "fox", "owl", "cat", "elk")
SIDE_PX = 64


def make(task: str, kind: str, names: tuple[str, ...], seed: int, encoder: str = SMALL) -> tuple[ModelCard, Any]:
    """A network whose answers are about these names, and its card."""
    preprocess = Preprocess(side_px=SIDE_PX, method="squish", mean=(0.5,) * 3, std=(0.5,) * 3)
    outputs = len(names) + (DETECTORS[kind].besides_classes if kind in DETECTORS else 0)
    outputs *= 2 if (task, kind) == ("keypoints", "concat_pool") else 1
    head = HeadCard.model_validate({"kind": kind, "outputs": outputs})
    torch.manual_seed(seed)
    body = create_encoder(encoder, side_px=SIDE_PX)
    model = make_network(body, head, preprocess)
    facts: dict[str, Any] = {"classes": names}
    if task == "keypoints":
        facts = {"skeleton": Skeleton(names)}
    if task == "regression":
        facts = {"number_names": names, "number_ranges": ((0.0, 1.0),) * len(names)}
    if kind in DETECTORS:
        facts |= {"grids": model.head.grids, "anchor_sizes": model.head.anchor_sizes}  # type: ignore[union-attr]
    if kind == "heat_maps":
        facts |= {"grids": (model.grid,)}  # type: ignore[attr-defined]
    card = ModelCard.model_validate(
        {
            "task": task,
            "preprocess": preprocess,
            "encoder": EncoderCard(name=encoder, architecture=encoder, features=body.features),
            "head": head,
            "weights": WeightsOrigin(kind="shipped", licence="Apache-2.0", citation="us"),
            **facts,
        }
    )
    return card, model


def keep(folder: Path, card: ModelCard, model: EncoderAndHead) -> Run:
    run = create_run(folder, Recipe.model_validate({"source": {"kind": "folder", "path": "x"}}), None, "old")
    write_card(run.card_file, card)
    save_file({name: tensor.clone() for name, tensor in model.state_dict().items()}, run.weights_file)
    return run


def new_run(folder: Path) -> Run:
    return create_run(folder, Recipe.model_validate({"source": {"kind": "folder", "path": "x"}}), None, "new")


def classes_last(outputs: torch.Tensor, kind: str) -> torch.Tensor:
    """Outputs with what belongs to a name along the last dimension."""
    if kind in ("unet", "heat_maps"):
        return outputs.movedim(1, -1)
    if kind == "ssdlite":
        return outputs[..., 1:]  # the first one says that nothing is there
    return outputs


@pytest.mark.parametrize(
    ("task", "kind"),
    [
        ("classification", "concat_pool"),
        ("tagging", "concat_pool"),
        ("regression", "concat_pool"),
        ("segmentation", "unet"),
        ("keypoints", "concat_pool"),
        ("keypoints", "heat_maps"),
        ("detection", "fcos"),
        ("detection", "retinanet"),
        ("detection", "ssdlite"),
    ],
)
def test_same_names_answer_the_same(tmp_path: Path, task: str, kind: str) -> None:
    old_card, old = make(task, kind, THEN, seed=1)
    now_card, now = make(task, kind, NOW, seed=2)
    fresh = {name: tensor.clone() for name, tensor in now.state_dict().items()}
    run = keep(tmp_path, old_card, old)
    said: list[Event] = []
    origin = start_from_run(now, now_card, run.name, new_run(tmp_path), said.append)
    picture = torch.rand(2, 3, SIDE_PX, SIDE_PX)
    with torch.no_grad():
        before, after = (classes_last(model.eval()(picture), kind) for model in (old, now))
    each = 2 if (task, kind) == ("keypoints", "concat_pool") else 1
    for name in set(THEN) & set(NOW):
        for part in range(each):
            then_place, now_place = THEN.index(name) * each + part, NOW.index(name) * each + part
            torch.testing.assert_close(after[..., now_place], before[..., then_place])
    (told,) = said
    assert isinstance(told, WeightsTaken)
    assert told.taken < told.total
    partly = [note for note in told.not_taken if "same-named rows taken" in note]
    assert len(partly) == len(told.not_taken) == told.total - told.taken
    assert f"{len(NOW) * each} " in partly[0]
    assert f"{3 * each} same-named rows taken" in partly[0]
    assert (origin.kind, origin.source, origin.licence) == ("run", run.name, "Apache-2.0")
    assert (origin.taken, origin.total, origin.not_taken) == (told.taken, told.total, told.not_taken)
    own = partly[0].split(":")[0]
    assert not torch.equal(now.state_dict()[own], fresh[own])


@pytest.mark.parametrize("kind", ["concat_pool", "unet"])
def test_the_same_classes_take_all(tmp_path: Path, kind: str) -> None:
    task = "segmentation" if kind == "unet" else "classification"
    old_card, old = make(task, kind, THEN, seed=1)
    now_card, now = make(task, kind, THEN, seed=2)
    origin = start_from_run(now, now_card, keep(tmp_path, old_card, old).name, new_run(tmp_path), lambda event: None)
    assert all(torch.equal(tensor, now.state_dict()[name]) for name, tensor in old.state_dict().items())
    assert origin.taken == origin.total
    assert not origin.not_taken


def test_another_task_gives_its_encoder(tmp_path: Path) -> None:
    old_card, old = make("classification", "concat_pool", THEN, seed=1)
    now_card, now = make("segmentation", "unet", THEN, seed=2)
    before = now.head.last.weight.clone()
    origin = start_from_run(now, now_card, keep(tmp_path, old_card, old).name, new_run(tmp_path), lambda event: None)
    mine, theirs = now.encoder.state_dict(), old.encoder.state_dict()
    assert all(torch.equal(mine[name], tensor) for name, tensor in theirs.items())
    assert torch.equal(now.head.last.weight, before)
    assert "head.last.weight" in " ".join(origin.not_taken)


def test_classes_in_another_order_are_not_mixed_up(tmp_path: Path) -> None:
    """Nothing in the shapes would show it."""
    old_card, old = make("classification", "concat_pool", THEN, seed=1)
    now_card, now = make("classification", "concat_pool", THEN[::-1], seed=2)
    origin = start_from_run(now, now_card, keep(tmp_path, old_card, old).name, new_run(tmp_path), lambda event: None)
    picture = torch.rand(2, 3, SIDE_PX, SIDE_PX)
    with torch.no_grad():
        torch.testing.assert_close(now.eval()(picture), old.eval()(picture).flip(1))
    assert origin.taken == origin.total


def test_random_numbers_go_on_as_if_nothing_had_been_asked(tmp_path: Path) -> None:
    old_card, old = make("classification", "concat_pool", THEN, seed=1)
    now_card, now = make("classification", "concat_pool", NOW, seed=2)
    run = keep(tmp_path, old_card, old)
    torch.manual_seed(5)
    expected = torch.rand(4)
    torch.manual_seed(5)
    start_from_run(now, now_card, run.name, new_run(tmp_path), lambda event: None)
    assert torch.equal(torch.rand(4), expected)


Spoil = Callable[[Run], None]


def with_nan(run: Run) -> None:
    save_file({"head.2.weight": torch.full((3,), float("nan"))}, run.weights_file)


@pytest.mark.parametrize(
    ("name", "spoil", "message"),
    [
        ("0001-old", lambda run: run.card_file.unlink(), "There is no trained model"),
        ("0001-old", lambda run: run.weights_file.write_bytes(b"x"), "damaged"),
        ("0001-old", with_nan, "no numbers"),
        ("0009-gone", lambda run: None, r"There is no run '0009-gone'"),
    ],
)
def test_a_run_that_cannot_be_used_says_why(tmp_path: Path, name: str, spoil: Spoil, message: str) -> None:
    old_card, old = make("classification", "concat_pool", THEN, seed=1)
    now_card, now = make("classification", "concat_pool", THEN, seed=2)
    spoil(keep(tmp_path, old_card, old))
    with pytest.raises(UserError, match=message):
        start_from_run(now, now_card, name, new_run(tmp_path), lambda event: None)


def test_another_encoder_is_refused(tmp_path: Path) -> None:
    old_card, old = make("classification", "concat_pool", THEN, seed=1, encoder="test_vit")
    now_card, now = make("classification", "concat_pool", THEN, seed=2)
    with pytest.raises(UserError, match=r"has the encoder test_vit, and this one is to have test_resnet"):
        start_from_run(now, now_card, keep(tmp_path, old_card, old).name, new_run(tmp_path), lambda event: None)


def test_another_number_of_channels_takes_what_was_learned_of_colours(tmp_path: Path) -> None:
    old_card, old = make("classification", "concat_pool", THEN, seed=1)
    torch.manual_seed(2)
    now = make_network(create_encoder(SMALL, side_px=SIDE_PX, channels=1), old_card.head, old_card.preprocess)
    grey = replace(old_card.preprocess, read_as="grey", channels=1, mean=(0.5,), std=(0.5,))
    now_card = old_card.model_copy(update={"preprocess": grey})
    origin = start_from_run(now, now_card, keep(tmp_path, old_card, old).name, new_run(tmp_path), lambda event: None)
    picture = torch.rand(2, 1, SIDE_PX, SIDE_PX)
    with torch.no_grad():
        torch.testing.assert_close(now.eval()(picture), old.eval()(picture.expand(-1, 3, -1, -1)))
    assert origin.taken == origin.total
