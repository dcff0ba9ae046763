"""Where a model looked: the map by hand, on a picture with one bright corner, and back in its original."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from studio.base.errors import UserError
from studio.base.targets import Skeleton
from studio.engine.activation import Explainer, check_explained, grad_cam, in_picture
from studio.engine.encoders import Encoder, create_encoder
from studio.engine.model import EncoderAndHead
from studio.engine.train import train_run
from studio.imaging.heat import heat_colours, laid_over
from studio.runtime.card import EncoderCard, HeadCard, ModelCard
from studio.runtime.preprocess import Preprocess
from studio.runtime.view import View


class Squares(nn.Module):
    """Features (N, 2, 4, 4): the mean of each of sixteen squares, and the same, negative."""

    num_features = 2

    def forward(self, batch: Tensor) -> Tensor:
        means = nn.functional.avg_pool2d(batch.mean(1, keepdim=True), 8)
        return torch.cat([means, -means], dim=1)


class Sums(nn.Module):
    """Outputs (N, 2): twice the first feature's sum, and thrice that of the second."""

    weight = nn.Parameter(torch.tensor([2.0, 3.0]))

    def forward(self, features: Tensor) -> Tensor:
        return features.sum((2, 3)) * self.weight


@pytest.fixture
def squares() -> EncoderAndHead:
    return EncoderAndHead(Encoder(Squares()), Sums()).eval()


def a_picture() -> Tensor:
    """Bright in the first square of the second row, half as bright in the last one, dark elsewhere."""
    picture = torch.zeros(1, 3, 32, 32)
    picture[..., 8:16, :8], picture[..., 24:, 24:] = 1.0, 0.5
    return picture


def test_what_speaks_for_a_score_is_warm(squares: EncoderAndHead) -> None:
    heat = grad_cam(squares, a_picture().requires_grad_(), lambda outputs: outputs[0, 0])
    expected = np.zeros((4, 4))
    expected[1, 0], expected[3, 3] = 1, 0.5
    assert heat == pytest.approx(expected)


def test_what_speaks_against_it_is_left_out(squares: EncoderAndHead) -> None:
    assert not grad_cam(squares, a_picture().requires_grad_(), lambda outputs: outputs[0, 1]).any()
    heat = grad_cam(squares, -a_picture().requires_grad_(), lambda outputs: outputs[0, 1])
    assert heat[1, 0] == 1


def test_the_map_lies_where_it_belongs_in_the_original() -> None:
    """A crop of the middle of a picture twice as wide as high, shown at half its size."""
    heat = np.zeros((4, 4), np.float32)
    heat[0, 3] = 1  # the upper right of what the model saw
    view = View((128, 64), np.array([[0.5, 0, -16], [0, 0.5, 0], [0, 0, 1]]))
    shown = in_picture(heat, view, (32, 32), (64, 32))
    assert shown.shape == (32, 64)
    assert not shown[:, :16].any()  # the model did not look there
    assert not shown[:, 48:].any()
    row, column = np.unravel_index(shown.argmax(), shown.shape)
    assert row < 8
    assert 40 <= column < 48
    assert shown[0, 47] == 255


def test_a_small_picture_is_explained_by_an_earlier_map() -> None:
    """At 64 px the last map of a resnet has 2 x 2 cells: nobody could tell where it looked."""
    torch.manual_seed(0)
    encoder = create_encoder("resnet18", side_px=64)
    model = EncoderAndHead(encoder, nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 2))).eval()
    heat = grad_cam(model, torch.randn(1, 3, 64, 64), lambda outputs: outputs[0, 0])
    assert heat.shape == (4, 4)


@pytest.mark.parametrize("architecture", ["vit_tiny_patch16_224", "swin_tiny_patch4_window7_224"])
def test_transformers_have_a_grid_too(architecture: str) -> None:
    torch.manual_seed(0)
    encoder = create_encoder(architecture, side_px=224)
    head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(encoder.features, 2))
    heat = grad_cam(EncoderAndHead(encoder, head).eval(), torch.randn(1, 3, 224, 224), lambda outputs: outputs[0, 0])
    assert heat.shape in [(14, 14), (7, 7)]
    assert heat.max() == 1


def test_a_trained_run_says_where_it_looked(make_run, pictures: Path) -> None:  # type: ignore[no-untyped-def]
    run = make_run(epochs=1)
    train_run(run, lambda event: None, lambda: False, resume=False)
    explainer = Explainer(run.folder)
    path = pictures / "disc" / "00.png"
    shown = explainer.show(path)
    assert shown.image_hwc.shape == (64, 96, 3)
    assert shown.heat_hw.shape == (64, 96)
    assert set(shown.others) == {"disc", "square"}
    assert shown.about == shown.others[0]
    assert shown.share is not None
    assert shown.share >= 0.5
    assert not shown.heat_hw[:, :15].any()  # cropped: the model saw the middle of the wide picture
    other = explainer.show(path, shown.others[1])
    assert other.share == pytest.approx(1 - shown.share, abs=1e-6)
    with pytest.raises(UserError, match="'horse'"):
        explainer.show(path, "horse")


def test_heat_covers_what_counts_and_leaves_the_rest() -> None:
    picture, heat = np.full((2, 2, 3), 100, np.uint8), np.array([[0, 255], [128, 0]], np.uint8)
    over = laid_over(picture, heat, 1.0)
    assert over[0, 0].tolist() == [100, 100, 100]
    assert over[0, 1].tolist() == [240, 228, 66]
    assert (laid_over(picture, heat, 0.0) == picture).all()
    brightness = heat_colours().astype(int) @ [2, 7, 1]
    assert (np.diff(brightness) > 0).all()


def test_points_and_boxes_show_themselves() -> None:
    card = ModelCard(
        task="keypoints",
        skeleton=Skeleton(("nose",)),
        preprocess=Preprocess(32, "crop"),
        encoder=EncoderCard(name="e", architecture="e", features=1),
        head=HeadCard(outputs=2),
    )
    with pytest.raises(UserError, match="by themselves"):
        check_explained(card)


def test_a_folder_without_a_model_says_so(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no trained model"):
        Explainer(tmp_path)
