"""Boxes: matching, loss and metrics held against torchvision's, and squares and discs learned."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from torch import Tensor
from torchvision.models.detection import FCOS
from torchvision.models.detection._utils import BoxLinearCoder
from torchvision.ops import batched_nms

from studio.base.errors import UserError
from studio.base.targets import Objects, Target, Thing
from studio.blocks.recipe import Recipe
from studio.blocks.table import Row
from studio.blocks.tasks.detection import Detection
from studio.engine.augment import Placed
from studio.engine.encoders import create_encoder
from studio.engine.export import LARGEST_DIFFERENCE, export_run
from studio.engine.fcos import make_fcos
from studio.engine.keeper import Pace
from studio.engine.matching import BACKGROUND, match_around, reach_px
from studio.engine.networks import build_model
from studio.engine.rows import RunRows
from studio.engine.tasks.detection import BoxTargets, DetectionTask
from studio.engine.train import train_run
from studio.jobs.messages import EpochEnded, Event, Finished, StepDone, Stopped, Warned
from studio.runs.labels import write_labels
from studio.runs.predictions import read_predictions
from studio.runs.run import Run, create_run
from studio.runtime.boxes import cells_of, suppress
from studio.runtime.card import EncoderCard, ModelCard, WeightsOrigin, read_card
from studio.runtime.detectors import DETECTORS
from studio.runtime.predictor import OnnxPredictor
from studio.runtime.preprocess import Preprocess
from studio.runtime.tasks.detection import CANDIDATES, LEAST_SCORE, MOST_BOXES, find_boxes
from studio.runtime.view import View

CLASSES = ("square", "disc")
NO_PICTURE = np.empty((0, 0, 3), np.uint8)
SIDE_PX = 64
GRIDS = (16, 16), (8, 8), (4, 4), (2, 2)


def thing(name: str, *sides_px: float, **facts: Any) -> Thing:
    return Thing(name, *sides_px, **facts)  # type: ignore[arg-type]


@pytest.fixture
def make_task(rows_with: Callable[..., RunRows]) -> Callable[..., DetectionTask]:
    """A task that has its network already, for pictures of 64 px."""

    def make(*targets: Target, **settings: Any) -> DetectionTask:
        task = DetectionTask(Detection(**settings), rows_with(*targets, classes=CLASSES), Preprocess(SIDE_PX, "squish"))
        torch.manual_seed(0)
        task.network(create_encoder("test_resnet", side_px=SIDE_PX))
        return task

    return make


def placed(*things: Thing, original_wh: tuple[int, int] = (SIDE_PX, SIDE_PX)) -> Placed:
    view = View.of(original_wh, original_wh, Preprocess(SIDE_PX, "squish").base_homography(*original_wh))
    return Placed(NO_PICTURE, Objects(things), view=view)


def tensors(targets: BoxTargets[Any]) -> BoxTargets[Tensor]:
    return BoxTargets(*(torch.from_numpy(array) for array in targets))


BUSY = placed(thing("square", 3, 5, 21, 30), thing("disc", 10, 11, 61, 59), thing("disc", 40, 2, 50, 9))
ONE = placed(thing("disc", 30.5, 20.5, 45, 44))
EMPTY = placed()


# --- the network ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoder", "size_hw", "grids"),
    [
        ("test_resnet", (64, 64), GRIDS),
        ("test_resnet", (128, 128), ((32, 32), (16, 16), (8, 8), (4, 4))),
        ("test_resnet", (96, 160), ((40, 24), (20, 12), (10, 6), (5, 3))),
        ("test_convnext", (224, 224), ((28, 28), (14, 14), (7, 7))),
        ("test_resnet", (256, 384), ((48, 32), (24, 16), (12, 8), (6, 4))),
    ],
)
def test_cells_suit_the_size_of_the_pictures(
    encoder: str, size_hw: tuple[int, int], grids: tuple[tuple[int, int], ...]
) -> None:
    network = make_fcos(create_encoder(encoder, side_px=size_hw[1], height_px=size_hw[0]), 3, size_hw).eval()
    assert network.head.grids == grids
    cells = sum(across * down for across, down in grids)
    with torch.no_grad():
        outputs = network(torch.zeros(2, 3, *size_hw))
    assert outputs.shape == (2, cells, 8)
    assert network.head.anchors.shape == (cells, 4)
    # Boxes have an inside from the start, so that they can be learned.
    assert (outputs[..., 3:7] > 0).all()
    names = {name.split(".")[0] for name in network.state_dict()}
    assert names == {"encoder", "head"}
    groups = network.layer_groups()
    assert sum(len(group) for group in groups) == len(list(network.parameters()))
    assert {id(parameter) for parameter in groups[-1]} == {id(parameter) for parameter in network.head.parameters()}


def test_every_weight_is_learned() -> None:
    network = make_fcos(create_encoder("test_resnet", side_px=SIDE_PX), 2, (SIDE_PX, SIDE_PX))
    network(torch.randn(2, 3, SIDE_PX, SIDE_PX)).sum().backward()
    assert [name for name, parameter in network.named_parameters() if parameter.grad is None] == []


def test_an_encoder_of_one_size_is_refused() -> None:
    encoder = create_encoder("test_vit", side_px=160)
    with pytest.raises(UserError, match="looks at a picture of 160 x 160 px in one size only"):
        make_fcos(encoder, 2, (160, 160))


@pytest.mark.parametrize(("detector", "outputs"), [("retinanet", (3060, 6)), ("ssdlite", (504, 7))])
def test_a_card_with_anchors_is_enough_to_build_it_again(
    make_task: Callable[..., DetectionTask], detector: str, outputs: tuple[int, int]
) -> None:
    task = make_task(detector=detector)
    network = task.network(create_encoder("test_resnet", side_px=SIDE_PX))
    card = task.card(EncoderCard(name="test_resnet", architecture="test_resnet", features=96), WeightsOrigin())
    assert card.output_shape == outputs
    assert ModelCard.model_validate_json(card.model_dump_json()) == card
    assert build_model(card).load_state_dict(network.state_dict())
    np.testing.assert_allclose(card.anchors, task.detector.anchors, atol=1e-4)


def test_boxes_without_an_inside_are_not_to_be_found(make_task: Callable[..., DetectionTask]) -> None:
    flat = thing("disc", 20, 20, 20, 40)
    for detector in sorted(DETECTORS):
        task = make_task(detector=detector)
        outputs = torch.zeros(1, len(task.detector.anchors), len(CLASSES) + DETECTORS[detector].besides_classes)
        losses = [task.loss(outputs, tensors(task.collate([placed(*some)]))) for some in ((flat,), ())]
        assert losses[0] == losses[1]
        assert torch.isfinite(losses[0])


def test_a_card_is_enough_to_build_it_again(make_task: Callable[..., DetectionTask]) -> None:
    task = make_task()
    encoder = create_encoder("test_resnet", side_px=SIDE_PX)
    network = task.network(encoder)
    card = task.card(EncoderCard(name="test_resnet", architecture="test_resnet", features=96), WeightsOrigin())
    assert (card.task, card.classes, card.grids, card.threshold) == ("detection", CLASSES, GRIDS, 0.3)
    assert card.output_shape == (340, 7)
    assert build_model(card).load_state_dict(network.state_dict())


# --- matching and loss ------------------------------------------------------------------------------------------------


def test_cells_find_the_smallest_box_around_their_centre() -> None:
    size_wh = (32, 32)
    grids = (4, 4), (2, 2)  # cells of 8 and 16 px
    cells, reach = torch.from_numpy(cells_of(grids, size_wh)).float(), reach_px(grids, size_wh)
    assert reach[:16].tolist() == [[0, 64]] * 16
    assert reach[16:].tolist() == [[64, np.inf]] * 4
    large, small = [0.0, 0, 32, 32], [5.0, 5, 15, 13]
    found = match_around(cells, reach, torch.tensor([large, small]))
    # Centres at 4, 12, 20, 28: all within 12 px of the large one's middle, but for the corners; one in the small one.
    grid = found[:16].reshape(4, 4).tolist()
    assert grid == [[-1, -1, -1, -1], [-1, 1, 0, -1], [-1, 0, 0, -1], [-1, -1, -1, -1]]
    assert (found[16:] == BACKGROUND).all()
    assert (match_around(cells, reach, torch.empty(0, 4)) == BACKGROUND).all()


def torchvision_loss(task: DetectionTask, outputs: Tensor, pictures: list[Placed]) -> float:
    """What torchvision's FCOS says, given the same cells."""
    targets = []
    for picture in pictures:
        things = picture.target.things  # type: ignore[union-attr]
        sides = [[one.left_px, one.top_px, one.right_px, one.bottom_px] for one in things]
        places = [CLASSES.index(one.class_name) for one in things]
        targets.append({"boxes": torch.tensor(sides).reshape(-1, 4), "labels": torch.tensor(places, dtype=torch.long)})
    said = {"cls_logits": outputs[..., :2], "bbox_regression": outputs[..., 2:6], "bbox_ctrness": outputs[..., 6:]}
    model: Any = SimpleNamespace(center_sampling_radius=1.5, head=task.detector.towers)
    counts = [across * down for across, down in GRIDS]
    parts = FCOS.compute_loss(model, targets, said, [task.detector.anchors] * len(pictures), counts)
    return float(sum(parts.values()).detach())


def outputs_for(pictures: int) -> Tensor:
    random = torch.Generator().manual_seed(1)
    outputs = torch.randn(pictures, 340, 7, generator=random)
    outputs[..., 2:6] = outputs[..., 2:6].abs() * 4
    return outputs


def test_the_loss_is_that_of_torchvision(make_task: Callable[..., DetectionTask]) -> None:
    task, outputs = make_task(), outputs_for(2)
    loss = task.loss(outputs, tensors(task.collate([BUSY, ONE])))
    assert loss.item() == pytest.approx(torchvision_loss(task, outputs, [BUSY, ONE]), rel=1e-5)


def test_the_loss_is_the_mean_of_losses_by_weight(make_task: Callable[..., DetectionTask]) -> None:
    task, pictures = make_task(), [BUSY, EMPTY, ONE]
    outputs = outputs_for(3).requires_grad_()
    targets = tensors(task.collate(pictures))
    losses = task.losses(outputs, targets)
    alone = [torchvision_loss(task, outputs[row : row + 1], [picture]) for row, picture in enumerate(pictures)]
    assert losses.tolist() == pytest.approx(alone, rel=1e-5)
    weights = task.weights(targets, losses)
    assert weights[1] == 1  # nothing is to be found in it: its cells are background
    assert weights.min() >= 1
    loss = task.loss(outputs, targets)
    assert loss.item() == pytest.approx(((losses * weights).sum() / weights.sum()).item(), rel=1e-5)
    loss.backward()
    assert outputs.grad is not None
    assert outputs.grad[1, :, :2].abs().sum() > 0
    assert outputs.grad[1, :, 2:].abs().sum() == 0


def test_pictures_without_anything_are_background(make_task: Callable[..., DetectionTask]) -> None:
    task = make_task()
    targets = tensors(task.collate([EMPTY, EMPTY]))
    assert targets.boxes.shape == (2, 1, 4)
    quiet, loud = torch.full((2, 340, 7), -8.0), torch.full((2, 340, 7), 8.0)
    assert task.loss(quiet, targets) < 1e-3 < 100 < task.loss(loud, targets)


def test_crowds_are_not_to_be_found(make_task: Callable[..., DetectionTask]) -> None:
    task = make_task()
    crowd = thing("disc", 2, 2, 60, 60, is_crowd=True)
    targets = tensors(task.collate([placed(crowd, thing("square", 8, 8, 24, 24)), placed(crowd)]))
    assert targets.counts.tolist() == [2, 1]
    assert targets.is_crowd.tolist() == [[True, False], [True, False]]
    assert targets.classes.tolist() == [[1, 0], [1, -1]]
    without = tensors(task.collate([placed(thing("square", 8, 8, 24, 24)), EMPTY]))
    outputs = outputs_for(2)
    assert torch.equal(task.losses(outputs, targets), task.losses(outputs, without))


# --- decoding and metrics ---------------------------------------------------------------------------------------------


def test_what_stays_is_what_torchvision_keeps() -> None:
    random = torch.Generator().manual_seed(0)
    for most in (5, 300):
        places = torch.rand(200, 2, generator=random) * 50
        boxes = torch.cat([places, places + 5 + 20 * torch.rand(200, 2, generator=random)], 1).double()
        scores, classes = torch.rand(200, generator=random).double(), torch.randint(0, 3, (200,), generator=random)
        kept = suppress(boxes.numpy(), scores.numpy(), classes.numpy(), overlap=0.4, most=most)
        theirs = batched_nms(boxes, scores, classes, 0.4)
        assert len(theirs) > 20
        assert kept.tolist() == theirs[:most].tolist()


def test_boxes_are_those_that_torchvision_finds() -> None:
    cells = cells_of(GRIDS, (SIDE_PX, SIDE_PX))
    outputs = outputs_for(1).double()
    counts = [across * down for across, down in GRIDS]
    model: Any = SimpleNamespace(
        score_thresh=LEAST_SCORE,
        nms_thresh=DETECTORS["fcos"].overlap,
        detections_per_img=MOST_BOXES,
        topk_candidates=CANDIDATES,
        box_coder=BoxLinearCoder(normalize_by_size=True),
    )
    names = {"cls_logits": slice(0, 2), "bbox_regression": slice(2, 6), "bbox_ctrness": slice(6, 7)}
    said = {name: list(outputs[..., part].split(counts, dim=1)) for name, part in names.items()}
    anchors = [list(torch.from_numpy(cells).split(counts))]
    (theirs,) = FCOS.postprocess_detections(model, said, anchors, [(SIDE_PX, SIDE_PX)])
    found = find_boxes(outputs[0].numpy(), DETECTORS["fcos"], cells, (SIDE_PX, SIDE_PX))
    assert found is not None
    assert len(found) > 20
    np.testing.assert_allclose(found[:, :4], theirs["boxes"], atol=1e-9)
    np.testing.assert_allclose(found[:, 4], theirs["scores"])
    np.testing.assert_array_equal(found[:, 5], theirs["labels"])


def sure_of(*boxes: tuple[int, float, list[float]]) -> Tensor:
    """Outputs for one picture: in a cell of its own each a class, its score before the root, and a box."""
    outputs = torch.full((1, 340, 7), -20.0)
    cells = cells_of(GRIDS, (SIDE_PX, SIDE_PX))
    for cell, (place, score, (left, top, right, bottom)) in enumerate(boxes):
        (x, y), side = (cells[cell, :2] + cells[cell, 2:]) / 2, cells[cell, 2] - cells[cell, 0]
        outputs[0, cell, place] = torch.logit(torch.tensor(score))
        outputs[0, cell, 2:6] = torch.tensor([x - left, y - top, right - x, bottom - y]) / side
        outputs[0, cell, 6] = 20
    return outputs


def test_metrics_by_hand(make_task: Callable[..., DetectionTask]) -> None:
    """In a picture squeezed to half its width; overlaps are the same in both."""
    task = make_task()
    truth = placed(thing("square", 0, 0, 20, 20), thing("disc", 30, 30, 50, 50), original_wh=(128, 64))
    targets = tensors(task.collate([truth]))
    metrics = task.metrics()
    # The square exactly; the disc with 16 of 20 px, an overlap of 0.801, behind a surer one that is none.
    metrics.update(sure_of((0, 0.81, [0, 0, 20, 20]), (1, 0.6, [30, 30, 50, 46.02]), (1, 0.9, [0, 40, 9, 60])), targets)
    # Half of what is found of discs is right, up to an overlap of 0.8: seven of the ten that are asked for.
    found = metrics.compute()
    assert found["map_50"] == pytest.approx((1 + 0.5) / 2, abs=0.01)
    assert found["map"] == pytest.approx((1 + 0.5 * 7 / 10) / 2, abs=0.01)
    assert set(found) == set(Detection.metrics)


def test_the_threshold_and_crowds_do_not_change_the_metrics(make_task: Callable[..., DetectionTask]) -> None:
    outputs = sure_of((0, 0.81, [0, 0, 20, 20]), (0, 0.9, [40, 40, 52, 60]), (1, 0.04, [30, 30, 50, 50]))
    square, crowd = thing("square", 0, 0, 20, 20), thing("square", 36, 36, 64, 64, is_crowd=True)
    scores = []
    for threshold, things in ((0.3, (square, crowd)), (0.9, (square, crowd)), (0.3, (square,))):
        task = make_task(threshold=threshold)
        metrics = task.metrics()
        metrics.update(outputs, tensors(task.collate([placed(*things)])))
        scores.append(metrics.compute()["map_50"])
    # What is found in the crowd is no error; without the crowd it is, and a surer one than the right one.
    assert scores == pytest.approx([1, 1, 0.5], abs=0.01)


def test_nothing_to_find_is_no_number(make_task: Callable[..., DetectionTask]) -> None:
    task = make_task()
    metrics = task.metrics()
    broken = torch.full((1, 340, 7), torch.nan)
    metrics.update(broken, tensors(task.collate([EMPTY])))
    assert all(np.isnan(value) for value in metrics.compute().values())


def test_what_is_kept_is_enough_for_the_answer(make_task: Callable[..., DetectionTask]) -> None:
    task = make_task()
    card = task.card(EncoderCard(name="test_resnet", architecture="test_resnet", features=96), WeightsOrigin())
    outputs = torch.cat(
        [sure_of((0, 0.81, [4, 4, 20, 20]), (1, 0.04, [0, 0, 9, 9])), torch.full((1, 340, 7), torch.nan)]
    )
    kept = task.kept(torch.cat([outputs, torch.full((1, 340, 7), -20.0)]))
    assert kept.shape == (3, 100, 6)
    view = placed(original_wh=(128, 32)).view
    assert view is not None
    seen, broken, empty = task.answers(kept, card, [view] * 3)
    assert isinstance(seen.target, Objects)
    (one,) = seen.target.things
    assert (one.class_name, one.score) == ("square", pytest.approx(0.9))
    assert (one.left_px, one.top_px, one.right_px, one.bottom_px) == pytest.approx((8, 2, 40, 10), abs=1e-3)
    assert broken.target is None
    assert "no numbers" in broken.reason
    assert empty.target == Objects(())


# --- labels -----------------------------------------------------------------------------------------------------------


def test_labels_that_cannot_be_learned(rows_with: Callable[..., RunRows]) -> None:
    told: list[Event] = []
    square, crowd = thing("square", 0, 0, 9, 9), thing("square", 0, 0, 9, 9, is_crowd=True)
    some, many, none = Objects((square,)), Objects((crowd,)), Objects(())
    with pytest.raises(UserError, match="There are no classes"):
        DetectionTask.check_labels(rows_with(none, none))
    with pytest.raises(UserError, match=r"0\.png has the class 'square', which this run does not know"):
        DetectionTask.check_labels(rows_with(some, none, classes=("disc",)))
    with pytest.raises(UserError, match="No picture to train on has a box"):
        DetectionTask.check_parts(rows_with(none, many, some, classes=CLASSES), told.append)
    with pytest.raises(UserError, match="No picture to check the model on has a box"):
        DetectionTask.check_parts(rows_with(some, none, classes=CLASSES), told.append)
    DetectionTask.check_parts(rows_with(some, none, some, classes=CLASSES), told.append)
    assert [type(event) for event in told] == [Warned]
    assert "'disc' has no pictures" in told[0].message  # type: ignore[attr-defined]


# --- a run ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Row]]:
    """Sixty pictures of 80 x 64 px, some with a green square, some with a red disc, some with both or nothing."""
    root = tmp_path_factory.mktemp("things")
    random = np.random.default_rng(2)
    rows = []
    for number in range(60):
        noise = random.integers(0, 40, (64, 80, 3)).astype(np.uint8)
        image = Image.fromarray(noise)
        things: list[Thing] = []
        for name, colour in (("square", (40, 220, 40)), ("disc", (220, 40, 40))):
            radius = int(random.integers(8, 14))
            x, y = (int(random.integers(radius, side - radius)) for side in (80, 64))
            is_covered = any(
                abs(x - (one.left_px + one.right_px) / 2) < radius + 14
                and abs(y - (one.top_px + one.bottom_px) / 2) < radius + 14
                for one in things
            )
            if random.random() < 0.25 or is_covered:
                continue
            shape = ImageDraw.Draw(image).rectangle if name == "square" else ImageDraw.Draw(image).ellipse
            shape((x - radius, y - radius, x + radius - 1, y + radius - 1), fill=colour)
            things.append(thing(name, x - radius, y - radius, x + radius, y + radius))
        path = f"{number:02d}.png"
        image.save(root / path)
        rows.append(Row(path, Objects(tuple(things)), "file", "valid" if number % 5 == 0 else "train"))
    return root, rows


@pytest.fixture
def make_run(tmp_path: Path, drawn: tuple[Path, list[Row]]) -> Callable[..., Run]:
    root, rows = drawn

    def make(
        transforms: list[dict[str, Any]] | None = None, side_px: int = 40, detector: str = "fcos", **training: Any
    ) -> Run:
        recipe = Recipe.model_validate(
            {
                "task": {"kind": "detection", "detector": detector, "threshold": 0.15},
                "source": {"kind": "folder", "path": str(root)},
                "transforms": [{"kind": "resize", "side_px": side_px, "method": "squish"}, *(transforms or [])],
                "batch": {"size": 8},
                "model": {"encoder": "test_resnet"},
                "training": {"device": "cpu", **training},
            }
        )
        run = create_run(tmp_path / "runs", recipe, None)
        run.write_facts(run.facts().model_copy(update={"image_root": str(root), "classes": CLASSES}))
        write_labels(run.labels_file, rows)
        return run

    return make


@pytest.mark.parametrize("detector", ["fcos", "retinanet", "ssdlite"])
def test_a_batch_in_parts_has_the_loss_of_the_whole(
    make_run: Callable[..., Run], in_parts: Callable[[Run], None], detector: str
) -> None:
    in_parts(make_run(detector=detector))


def sides(things: tuple[Thing, ...]) -> np.ndarray:
    return np.array([[one.left_px, one.top_px, one.right_px, one.bottom_px] for one in things]).reshape(-1, 4)


@pytest.mark.parametrize(("detector", "epochs"), [("fcos", 6), ("retinanet", 12), ("ssdlite", 10)])
def test_squares_and_discs_are_learned_and_found_without_torch(
    make_run: Callable[..., Run], detector: str, epochs: int
) -> None:
    run = make_run(epochs=epochs, detector=detector, learning_rate=6e-3)
    events: list[Event] = []
    end = train_run(run, events.append, lambda: False, resume=False)
    assert isinstance(end, Finished)
    assert set(end.metrics) == {"map", "map_50", "valid_loss"}
    assert end.metrics["map_50"] > 0.5
    epochs = [event for event in events if isinstance(event, EpochEnded)]
    assert epochs[-1].train_loss < 0.7 * epochs[0].train_loss

    card = read_card(run.card_file)
    outputs = len(CLASSES) + DETECTORS[detector].besides_classes
    assert (card.task, card.classes, card.head.outputs) == ("detection", CLASSES, outputs)
    exported = export_run(run, lambda event: None)
    assert exported.metrics["pictures_compared"] == 12
    assert exported.metrics["largest_difference"] <= LARGEST_DIFFERENCE

    written = read_predictions(run.predictions_file)
    root = Path(run.facts().image_root)
    again = OnnxPredictor(run.folder).predict_paths(root / item.image for item in written)
    hits = count = 0
    for item, seen in zip(written, again, strict=True):
        assert isinstance(item.target, Objects)
        assert isinstance(item.predicted, Objects)
        assert isinstance(seen.target, Objects)
        mine, theirs = item.predicted.things, seen.target.things
        assert [one.class_name for one in mine] == [one.class_name for one in theirs]
        np.testing.assert_allclose(sides(mine), sides(theirs), atol=0.1)
        assert all(one.score is not None and one.score > card.threshold for one in mine)
        for right in item.target.things:
            count += 1
            same = sides(tuple(one for one in mine if one.class_name == right.class_name))
            hits += bool((np.abs(same - sides((right,))).max(axis=1, initial=0) < 8).any()) if len(same) else 0
    assert hits / count > 0.6


@pytest.mark.parametrize("detector", sorted(DETECTORS))
def test_a_stopped_run_goes_on_as_if_it_had_not_been(make_run: Callable[..., Run], detector: str) -> None:
    transforms = [{"kind": "flip"}, {"kind": "rotate"}, {"kind": "zoom"}]
    whole, parted = (make_run(transforms, side_px=32, detector=detector, epochs=2) for _ in range(2))
    train_run(whole, lambda event: None, lambda: False, resume=False, pace=Pace(steps=1))
    events: list[Event] = []

    def should_stop() -> bool:
        return any(isinstance(event, StepDone) and event.step >= 8 for event in events)

    assert isinstance(train_run(parted, events.append, should_stop, resume=False, pace=Pace(steps=1)), Stopped)
    train_run(parted, events.append, lambda: False, resume=True, pace=Pace(steps=1))
    assert parted.weights_file.read_bytes() == whole.weights_file.read_bytes()
    assert parted.predictions_file.read_bytes() == whole.predictions_file.read_bytes()
