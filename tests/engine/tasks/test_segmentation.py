"""A class for each pixel: loss and metrics worked out by hand, and six drawn pictures learned."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from torch.nn import functional
from torchmetrics.segmentation import DiceScore, MeanIoU

from studio.base.errors import UserError
from studio.base.targets import MaskFile
from studio.blocks.recipe import Recipe
from studio.blocks.table import Row
from studio.blocks.tasks.segmentation import Segmentation
from studio.engine.augment import Placed
from studio.engine.encoders import create_encoder
from studio.engine.export import LARGEST_DIFFERENCE, export_run
from studio.engine.networks import build_model
from studio.engine.pixel_counts import PixelCounts
from studio.engine.rows import RunRows
from studio.engine.self_attention import SelfAttention
from studio.engine.tasks.segmentation import SegmentationTask
from studio.engine.train import forget, train_run
from studio.imaging.masks import read_mask
from studio.jobs.messages import Finished
from studio.runs.labels import write_labels
from studio.runs.predictions import read_predictions
from studio.runs.run import Run, create_run
from studio.runtime.card import EncoderCard, ModelCard, UnetSettings, WeightsOrigin, read_card
from studio.runtime.predictor import OnnxPredictor
from studio.runtime.preprocess import Preprocess

CLASSES = ("sky", "road", "void")
NO_PICTURE = np.empty((0, 0, 3), np.uint8)


@pytest.fixture
def make_task(rows_with: Callable[..., RunRows]) -> Callable[..., SegmentationTask]:
    def make(**settings: Any) -> SegmentationTask:
        masks = [MaskFile(f"{number}.png") for number in range(3)]
        return SegmentationTask(Segmentation(**settings), rows_with(*masks, classes=CLASSES), Preprocess(2, "squish"))

    return make


def scores_for(chosen: list[list[list[int]]]) -> torch.Tensor:
    """Scores of 1 for these classes, and 0 for the others."""
    return functional.one_hot(torch.tensor(chosen), len(CLASSES)).permute(0, 3, 1, 2).float()


# Two pictures of 2 x 2: sky 0, road 1, void 2, undecided 255.
TRUTH = torch.tensor([[[0, 0], [1, 2]], [[1, 255], [255, 255]]], dtype=torch.uint8)
SAID = scores_for([[[0, 1], [1, 0]], [[2, 0], [1, 2]]])


def test_the_loss_is_the_mean_of_the_decided_pixels(make_task: Callable[..., SegmentationTask]) -> None:
    task = make_task()
    right, wrong = -np.log(np.e / (np.e + 2)), -np.log(1 / (np.e + 2))
    pixels = [[right, wrong, right, wrong], [wrong]]
    assert task.loss(SAID, TRUTH).item() == pytest.approx(np.mean([*pixels[0], *pixels[1]]))
    losses = task.losses(SAID, TRUTH)
    assert losses.tolist() == pytest.approx([np.mean(pixels[0]), wrong])
    weights = task.weights(TRUTH, losses)
    assert weights.tolist() == [4, 1]
    assert task.loss(SAID, TRUTH).item() == pytest.approx(((losses * weights).sum() / weights.sum()).item())


def test_void_is_a_class_like_any_other_unless_it_is_not_to_be_learned(
    make_task: Callable[..., SegmentationTask],
) -> None:
    assert make_task(void="void").loss(SAID, TRUTH) == make_task().loss(SAID, TRUTH)
    task = make_task(void="void", learns_void=False)
    scores = SAID.clone().requires_grad_()
    task.loss(scores, TRUTH).backward()
    assert scores.grad is not None
    assert scores.grad[0, :, 1, 1].tolist() == [0, 0, 0]
    assert (scores.grad[0, :, 0, 0] != 0).all()
    assert task.weights(TRUTH, torch.zeros(2)).tolist() == [3, 1]
    assert task.facts() == {"unlearned": ("void",)}
    assert make_task(void="void").facts() == {"unlearned": ()}
    # Its highest score is never an answer.
    assert 2 not in task.kept(SAID)
    assert 2 in make_task(void="void").kept(SAID)


def test_a_batch_of_which_nothing_is_known_teaches_nothing(make_task: Callable[..., SegmentationTask]) -> None:
    scores = SAID.clone().requires_grad_()
    loss = make_task().loss(scores, torch.full_like(TRUTH, 255))
    loss.backward()
    assert loss.item() == 0
    assert scores.grad is not None
    assert scores.grad.abs().sum() == 0


def test_a_void_that_is_no_class_is_named(make_task: Callable[..., SegmentationTask]) -> None:
    with pytest.raises(UserError, match="'Void', which is to be left out of the score, is not among the classes: sky"):
        make_task(void="Void").metrics()


def test_what_is_chosen_of_the_network_is_in_its_card(rows_with: Callable[..., RunRows]) -> None:
    masks = [MaskFile(f"{number}.png") for number in range(3)]
    chosen = Segmentation(self_attention=True, blur="inner", last_cross="narrow")
    task = SegmentationTask(chosen, rows_with(*masks, classes=CLASSES), Preprocess(64, "squish"))
    assert task.head.unet == UnetSettings(blur=True, blur_final=False, self_attention=True, bottle=True)
    network = task.network(create_encoder("test_resnet", side_px=64))
    assert any(isinstance(layer, SelfAttention) for layer in network.modules())
    card = task.card(EncoderCard(name="test_resnet", architecture="test_resnet", features=96), WeightsOrigin())
    again = ModelCard.model_validate_json(card.model_dump_json())
    assert build_model(again).load_state_dict(network.state_dict())
    head = SegmentationTask(Segmentation(last_cross="none", blur="all"), task.rows, task.preprocess).head
    assert head.unet == UnetSettings(blur=True, last_cross=False)
    assert SegmentationTask(Segmentation(), task.rows, task.preprocess).head.unet == UnetSettings()


def test_metrics_by_hand(make_task: Callable[..., SegmentationTask]) -> None:
    metrics = make_task().metrics()
    metrics.update(SAID, TRUTH)
    # Right: sky 1 of 2, road 1 of 2, void 0 of 1. Answered: sky 2, road 2, void 1.
    expected = {"pixel_accuracy": 2 / 5, "batch_pixel_accuracy": 2 / 5}
    expected["mean_iou"] = (1 / 3 + 1 / 3 + 0) / 3
    expected["mean_dice"] = (1 / 2 + 1 / 2 + 0) / 3
    assert metrics.compute() == pytest.approx(expected)
    assert set(metrics.compute()) == set(Segmentation.metrics)


def test_metrics_without_void(make_task: Callable[..., SegmentationTask]) -> None:
    metrics = make_task(void="void").metrics()
    metrics.update(SAID[:1], TRUTH[:1])
    metrics.update(SAID[1:], TRUTH[1:])
    # The pixel whose truth is void is gone; the one of road that was taken for void is an error of road.
    # Right: sky 1 of 2, road 1 of 2. Answered: sky 1, road 2.
    found = metrics.compute()
    assert found["pixel_accuracy"] == pytest.approx(2 / 4)
    assert found["mean_iou"] == pytest.approx((1 / 2 + 1 / 3) / 2)
    assert found["mean_dice"] == pytest.approx((2 / 3 + 1 / 2) / 2)
    # As the lecture has it, each batch counts with its pictures, whatever their pixels.
    assert found["batch_pixel_accuracy"] == pytest.approx((2 / 3 + 0) / 2)
    sky, road, void = metrics.counts.by_class()
    assert (sky.pixels, road.pixels, void.pixels) == (2, 2, 1)
    assert np.isnan(void.iou)


def test_a_batch_of_void_alone_is_no_number_and_changes_none(make_task: Callable[..., SegmentationTask]) -> None:
    metrics = make_task(void="void").metrics()
    metrics.update(SAID, torch.full_like(TRUTH, 2))
    assert all(np.isnan(value) for value in metrics.compute().values())
    metrics.update(SAID[:1], TRUTH[:1])
    assert metrics.compute()["batch_pixel_accuracy"] == pytest.approx(2 / 3)


def test_a_class_that_is_nowhere_does_not_count(make_task: Callable[..., SegmentationTask]) -> None:
    metrics = make_task().metrics()
    metrics.update(scores_for([[[0, 0], [0, 1]]]), torch.tensor([[[0, 0], [1, 1]]], dtype=torch.uint8))
    assert metrics.compute()["mean_iou"] == pytest.approx((2 / 3 + 1 / 2) / 2)


def test_sums_are_exact_however_batches_are_cut() -> None:
    random = torch.Generator().manual_seed(0)
    said = torch.randint(0, 4, (12, 9, 7), generator=random)
    truth = torch.randint(0, 5, (12, 9, 7), generator=random).to(torch.uint8)
    truth[truth == 4] = 255
    whole, parts = PixelCounts(4), PixelCounts(4)
    whole.update(said, truth)
    for start in range(0, 12, 5):
        parts.update(said[start : start + 5], truth[start : start + 5])
    assert torch.equal(whole.counts, parts.counts)
    assert whole.counts.dtype == torch.int64
    assert int(whole.counts.sum()) == int((truth != 255).sum())


def test_agrees_with_torchmetrics() -> None:
    random = torch.Generator().manual_seed(1)
    said, truth = (torch.randint(0, 4, (6, 9, 7), generator=random) for _ in range(2))
    counts = PixelCounts(4)
    counts.update(said, truth.to(torch.uint8))
    # One picture as wide as all of them: theirs are otherwise means over pictures.
    one_said, one_truth = said.flatten()[None, None], truth.flatten()[None, None]
    theirs = MeanIoU(4, per_class=True, input_format="index")(one_said, one_truth)
    assert [overlap.iou for overlap in counts.by_class()] == pytest.approx(theirs.tolist())
    dice = DiceScore(4, average="none", input_format="index")(one_said, one_truth)
    assert [overlap.dice for overlap in counts.by_class()] == pytest.approx(dice.flatten().tolist())


def test_targets_are_the_masks_and_nothing_where_there_is_none(make_task: Callable[..., SegmentationTask]) -> None:
    mask_hw = np.array([[0, 1], [2, 255]], np.uint8)
    targets = make_task().collate([Placed(NO_PICTURE, mask_hw=mask_hw), Placed(NO_PICTURE)])
    assert targets.tolist() == [mask_hw.tolist(), [[255, 255], [255, 255]]]


def test_pictures_are_not_mixed(make_task: Callable[..., SegmentationTask]) -> None:
    with pytest.raises(UserError, match="cannot be mixed"):
        make_task().mixable(np.zeros((2, 2, 2), np.uint8))


@pytest.mark.parametrize(("classes", "message"), [(("sky",), "only 'sky'"), (tuple(map(str, range(256))), "at most")])
def test_classes_that_masks_cannot_tell_apart(
    rows_with: Callable[..., RunRows], classes: tuple[str, ...], message: str
) -> None:
    rows = rows_with(MaskFile("a.png"), MaskFile("b.png"), classes=classes)
    with pytest.raises(UserError, match=message):
        SegmentationTask.check_labels(rows)


# --- a run ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def road_run(tmp_path: Path) -> Callable[..., Run]:
    """Six pictures of a road below a sky, void at the right edge of each mask; checked on the same six."""
    random = np.random.default_rng(0)
    rows = []
    for number in range(6):
        horizon_px = int(random.integers(20, 40))
        image = Image.fromarray(random.integers(0, 60, (60, 80, 3)).astype(np.uint8) + np.uint8(150))
        ImageDraw.Draw(image).rectangle((0, horizon_px, 80, 60), fill=(60, 50, 40))
        mask = Image.new("L", (80, 60), 10)
        ImageDraw.Draw(mask).rectangle((0, horizon_px, 80, 60), fill=20)
        ImageDraw.Draw(mask).rectangle((72, 0, 80, 60), fill=30)
        image.save(tmp_path / f"{number}.png")
        mask.save(tmp_path / f"{number}_mask.png")
        target = MaskFile(f"{number}_mask.png", values=(10, 20, 30))
        rows += [Row(f"{number}.png", target, "file", "train"), Row(f"{number}.png", target, "file", "valid")]

    def make(
        method: str = "squish", transforms: list[dict[str, Any]] | None = None, epochs: int = 2, **settings: Any
    ) -> Run:
        recipe = Recipe.model_validate(
            {
                "task": {"kind": "segmentation", **settings},
                "source": {"kind": "folder", "path": str(tmp_path)},
                "transforms": [{"kind": "resize", "side_px": 32, "method": method}, *(transforms or [])],
                "batch": {"size": 3},
                "model": {"encoder": "test_resnet"},
                "training": {"epochs": epochs, "learning_rate": 3e-3, "device": "cpu"},
            }
        )
        run = create_run(tmp_path / "runs", recipe, None)
        run.write_facts(run.facts().model_copy(update={"image_root": str(tmp_path), "classes": CLASSES}))
        write_labels(run.labels_file, rows)
        return run

    return make


def test_a_batch_in_parts_has_the_loss_of_the_whole(
    road_run: Callable[..., Run], in_parts: Callable[[Run], None]
) -> None:
    in_parts(road_run(void="void", learns_void=False))


def test_six_pictures_are_learned_and_said_without_torch(road_run: Callable[..., Run]) -> None:
    run = road_run(transforms=[{"kind": "flip"}], epochs=12, void="void", learns_void=False)
    end = train_run(run, lambda event: None, lambda: False, resume=False)
    assert isinstance(end, Finished)
    assert set(end.metrics) == {*Segmentation.metrics, "valid_loss"}
    assert end.metrics["pixel_accuracy"] > 0.95
    assert end.metrics["mean_iou"] > 0.9
    assert read_card(run.card_file).unlearned == ("void",)

    exported = export_run(run, lambda event: None)
    assert exported.metrics["largest_difference"] <= LARGEST_DIFFERENCE
    root = Path(run.facts().image_root)
    written = read_predictions(run.predictions_file)
    assert len(written) == 6
    for item, seen in zip(
        written, OnnxPredictor(run.folder).predict_paths(root / w.image for w in written), strict=True
    ):
        truth = read_mask(root / item.target.path) // 10 - 1  # type: ignore[union-attr]
        assert seen.mask_hw is not None
        assert seen.mask_hw.shape == truth.shape
        assert (seen.mask_hw == truth)[truth != 2].mean() > 0.93
        assert set(np.unique(seen.mask_hw)) == {0, 1}
        assert seen.probabilities["sky"] == pytest.approx((seen.mask_hw == 0).mean())
        assert isinstance(item.predicted, MaskFile)
        kept = read_mask(run.folder / item.predicted.path)
        assert kept.shape == (32, 43)  # as fine as the model's picture is along its finer side
        assert item.probabilities["road"] == pytest.approx(seen.probabilities["road"], abs=0.05)


def test_training_again_forgets_the_masks(road_run: Callable[..., Run]) -> None:
    run = road_run()
    train_run(run, lambda event: None, lambda: False, resume=False)
    assert len(list((run.folder / "masks").iterdir())) == 6
    forget(run)
    assert not (run.folder / "masks").exists()


@pytest.mark.parametrize("method", ["crop", "pad"])
def test_other_ways_to_resize_learn_as_well(road_run: Callable[..., Run], method: str) -> None:
    end = train_run(road_run(method, epochs=6), lambda event: None, lambda: False, resume=False)
    assert end.metrics["pixel_accuracy"] > 0.8  # type: ignore[union-attr]
