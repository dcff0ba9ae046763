"""Every kind of detector: anchors, losses and what is found, held against torchvision's."""

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, get_args

import numpy as np
import pytest
import torch
from torch import Tensor
from torchvision.models.detection._utils import BoxCoder, Matcher, SSDMatcher
from torchvision.models.detection.anchor_utils import AnchorGenerator, DefaultBoxGenerator
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.retinanet import RetinaNet
from torchvision.models.detection.ssd import SSD
from torchvision.ops import box_iou

from studio.base.errors import UserError
from studio.blocks.tasks.detection import Detection
from studio.engine.detector import DetectorNetwork
from studio.engine.encoders import create_encoder
from studio.engine.export import onnx_bytes
from studio.engine.networks import MAKE_DETECTOR
from studio.engine.retinanet import RetinaNetHead, retinanet_anchors
from studio.engine.ssdlite import ssdlite_anchors
from studio.runtime.boxes import anchors_of
from studio.runtime.detectors import DETECTORS, DetectorKind
from studio.runtime.preprocess import Preprocess
from studio.runtime.tasks.detection import CANDIDATES, LEAST_SCORE, MOST_BOXES, find_boxes

SIDE_PX, CLASSES = 64, 2
KINDS = sorted(DETECTORS)
BOXES = [
    torch.tensor([[3.0, 5, 21, 30], [10, 11, 61, 59], [40, 2, 50, 9]]),
    torch.empty(0, 4),
    torch.tensor([[30.5, 20.5, 45, 44]]),
]
PLACES = [torch.tensor([0, 1, 1]), torch.empty(0, dtype=torch.int64), torch.tensor([1])]


def network_of(
    kind: str, encoder: str = "test_resnet", size_hw: tuple[int, int] = (SIDE_PX, SIDE_PX)
) -> DetectorNetwork:
    torch.manual_seed(0)
    return MAKE_DETECTOR[kind](create_encoder(encoder, side_px=size_hw[1], height_px=size_hw[0]), CLASSES, size_hw)


def outputs_for(network: DetectorNetwork, kind: str, pictures: int) -> Tensor:
    random = torch.Generator().manual_seed(1)
    outputs = CLASSES + DETECTORS[kind].besides_classes
    return torch.randn(pictures, len(network.head.anchors), outputs, generator=random)


# --- the networks -----------------------------------------------------------------------------------------------------


def test_a_choice_of_the_task_is_a_network_and_a_way_to_read_it() -> None:
    choices = get_args(Detection.model_fields["detector"].annotation)
    assert set(choices) == set(MAKE_DETECTOR) == set(DETECTORS) == set(get_args(DetectorKind))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("encoder", "size_hw"), [("test_resnet", (64, 64)), ("test_resnet", (45, 97)), ("test_convnext", (96, 96))]
)
def test_every_anchor_gets_its_outputs(kind: str, encoder: str, size_hw: tuple[int, int]) -> None:
    network = network_of(kind, encoder, size_hw)
    outputs = network(torch.randn(1, 3, *size_hw))  # one picture alone can be trained on
    assert outputs.shape == (1, len(network.head.anchors), CLASSES + DETECTORS[kind].besides_classes)
    outputs.square().sum().backward()
    assert [name for name, parameter in network.named_parameters() if parameter.grad is None] == []
    assert {name.split(".")[0] for name in network.state_dict()} == {"encoder", "head"}


@pytest.mark.parametrize("kind", KINDS)
def test_told_to_see_another_size_it_is_as_if_made_for_it(kind: str) -> None:
    made, told = network_of(kind, size_hw=(56, 60)), network_of(kind, size_hw=(64, 64))
    told.load_state_dict(made.state_dict())
    told.see((56, 60))
    assert told.head.grids == made.head.grids
    assert told.head.anchor_sizes == made.head.anchor_sizes
    assert torch.equal(told.head.anchors, made.head.anchors)
    assert all(
        torch.equal(one, other) for one, other in zip(told.head.matches(BOXES), made.head.matches(BOXES), strict=True)
    )


@pytest.mark.parametrize("kind", KINDS)
def test_an_encoder_of_one_size_is_refused_by_its_name(kind: str) -> None:
    with pytest.raises(UserError, match="test_vit looks at a picture of 160 x 160 px in one size only"):
        MAKE_DETECTOR[kind](create_encoder("test_vit", side_px=160), 2, (160, 160))


@pytest.mark.parametrize("kind", KINDS)
def test_says_the_same_without_torch(kind: str) -> None:
    import onnxruntime

    network = network_of(kind).eval()
    content = onnx_bytes(network, Preprocess(SIDE_PX, "squish"), "test_resnet")
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    pictures = torch.randn(3, 3, SIDE_PX, SIDE_PX)
    (found,) = session.run(None, {"pictures": pictures.numpy()})
    with torch.inference_mode():
        mine = network(pictures).numpy()
    np.testing.assert_allclose(found, mine, atol=1e-4)
    anchors = network.head.anchors.double().numpy()
    for (one, one_boxes), (other, other_boxes) in [
        [DETECTORS[kind].read(outputs.astype(np.float64), anchors) for outputs in (found, mine)]
    ]:
        np.testing.assert_allclose(one, other, atol=1e-4)
        np.testing.assert_allclose(one_boxes, other_boxes, atol=0.1)


def test_light_is_light() -> None:
    parameters = {kind: sum(one.numel() for one in network_of(kind).head.parameters()) for kind in KINDS}
    assert parameters["ssdlite"] < 0.1 * parameters["fcos"] < 0.1 * parameters["retinanet"]


# --- anchors ----------------------------------------------------------------------------------------------------------


def test_anchors_of_retinanet_are_those_of_torchvision_in_the_middle_of_cells() -> None:
    grids, size_wh = ((16, 8), (8, 4)), (128, 64)  # cells of 8 and 16 px
    sizes = [tuple(4 * cell_px * 2 ** (third / 3) for third in range(3)) for cell_px in (8, 16)]
    theirs = AnchorGenerator(tuple(sizes), ((0.5, 1.0, 2.0),) * 2)(  # type: ignore[arg-type]
        ImageList(torch.zeros(1, 3, 64, 128), [(64, 128)]), [torch.zeros(1, 1, *grid[::-1]) for grid in grids]
    )[0]
    mine = anchors_of(grids, retinanet_anchors(grids, size_wh), size_wh)
    half_cells = np.repeat([4, 8], [16 * 8 * 9, 8 * 4 * 9])[:, None]
    # torchvision's begin at the corner of their cell, and are rounded to whole pixels.
    np.testing.assert_allclose(mine, theirs.numpy() + half_cells, atol=0.51)


def test_anchors_of_ssdlite_are_those_of_torchvision() -> None:
    grids, size_wh = ((10, 6), (5, 3), (3, 2)), (160, 96)
    generator = DefaultBoxGenerator([[2, 3]] * 3, min_ratio=0.2, max_ratio=0.95)
    theirs = generator(
        ImageList(torch.zeros(1, 3, 96, 160), [(96, 160)]), [torch.zeros(1, 1, *grid[::-1]) for grid in grids]
    )[0]
    np.testing.assert_allclose(anchors_of(grids, ssdlite_anchors(3, size_wh), size_wh), theirs, atol=1e-3)


# --- losses -----------------------------------------------------------------------------------------------------------


def retinanet_loss(network: DetectorNetwork, outputs: Tensor, rows: Sequence[int]) -> float:
    """What torchvision's second RetinaNet says, given the same anchors."""
    assert isinstance(network.head, RetinaNetHead)
    towers: Any = network.head.towers
    towers.regression_head._loss_type = "giou"
    matcher = Matcher(0.5, 0.4, allow_low_quality_matches=True)
    model: Any = SimpleNamespace(head=towers, proposal_matcher=matcher)
    targets = [{"boxes": BOXES[row], "labels": PLACES[row]} for row in rows]
    said = {"cls_logits": outputs[..., :-4], "bbox_regression": outputs[..., -4:]}
    parts = RetinaNet.compute_loss(model, targets, said, [network.head.anchors] * len(rows))
    return float(sum(parts.values()).detach())


def ssd_loss(network: DetectorNetwork, outputs: Tensor, rows: Sequence[int]) -> float:
    model: Any = SimpleNamespace(box_coder=BoxCoder((10.0, 10, 5, 5)), neg_to_pos_ratio=3)
    targets = [{"boxes": BOXES[row], "labels": PLACES[row] + 1} for row in rows]  # 0 is nothing
    said = {"cls_logits": outputs[..., :-4], "bbox_regression": outputs[..., -4:]}
    anchors = network.head.anchors
    matches = [
        SSDMatcher(0.5)(box_iou(BOXES[row], anchors)) if len(BOXES[row]) else torch.full((len(anchors),), -1)
        for row in rows
    ]
    return float(sum(SSD.compute_loss(model, targets, said, [anchors] * len(rows), matches).values()).detach())


THEIRS: dict[str, Callable[[DetectorNetwork, Tensor, Sequence[int]], float]] = {
    "retinanet": retinanet_loss,
    "ssdlite": ssd_loss,
}


@pytest.mark.parametrize("kind", sorted(THEIRS))
@pytest.mark.parametrize("rows", [(0, 1, 2), (0, 2), (1,), (1, 1), (2,)])
def test_the_loss_is_that_of_torchvision(kind: str, rows: tuple[int, ...]) -> None:
    network = network_of(kind)
    head, outputs = network.head, outputs_for(network, kind, len(rows)).requires_grad_()
    boxes, classes = [BOXES[row] for row in rows], [PLACES[row] for row in rows]
    matches = head.matches(boxes)
    loss = head.loss(outputs, boxes, classes, matches)
    assert loss.item() == pytest.approx(THEIRS[kind](network, outputs, rows), rel=1e-4, abs=1e-6)
    loss.backward()  # even where there is nothing to learn
    assert outputs.grad is not None
    assert torch.isfinite(outputs.grad).all()
    alone = [
        head.loss(outputs[place : place + 1], [boxes[place]], [classes[place]], [matches[place]])
        for place in range(len(rows))
    ]
    weights = head.weights(matches)
    mean = sum(one * weight for one, weight in zip(alone, weights, strict=True)) / max(1, int(weights.sum()))
    assert float(mean.detach()) == pytest.approx(loss.item(), rel=1e-4, abs=1e-6)


# --- what is found ----------------------------------------------------------------------------------------------------


def found_by(kind: str) -> tuple[Tensor, np.ndarray]:
    """Outputs of which some are sure enough, and the boxes read from them."""
    network = network_of(kind)
    outputs = outputs_for(network, kind, 1)
    outputs[..., :-4] *= 2
    found = find_boxes(outputs[0].numpy(), DETECTORS[kind], network.head.anchors.double().numpy(), (SIDE_PX, SIDE_PX))
    assert found is not None
    return outputs.double(), found


def compare(found: np.ndarray, theirs: dict[str, Tensor], first_class: int) -> None:
    """torchvision keeps boxes of which nothing is left at the picture's edge."""
    is_box = (theirs["boxes"][:, 2:] > theirs["boxes"][:, :2]).all(1)
    kept = {name: values[is_box][:MOST_BOXES].numpy() for name, values in theirs.items()}
    np.testing.assert_allclose(found[:, :4], kept["boxes"], atol=1e-4)
    np.testing.assert_allclose(found[:, 4], kept["scores"], atol=1e-6)
    np.testing.assert_array_equal(found[:, 5] + first_class, kept["labels"])


def test_boxes_of_retinanet_are_those_that_torchvision_finds() -> None:
    outputs, found = found_by("retinanet")
    model: Any = SimpleNamespace(
        score_thresh=LEAST_SCORE,
        nms_thresh=DETECTORS["retinanet"].overlap,
        detections_per_img=CANDIDATES,
        topk_candidates=CANDIDATES,
        box_coder=BoxCoder((1.0, 1, 1, 1)),
    )
    anchors = network_of("retinanet").head.anchors.double()
    said = {"cls_logits": [outputs[..., :-4]], "bbox_regression": [outputs[..., -4:]]}
    (theirs,) = RetinaNet.postprocess_detections(model, said, [[anchors]], [(SIDE_PX, SIDE_PX)])
    compare(found, theirs, first_class=0)
    assert len(found) == MOST_BOXES


def test_boxes_of_ssdlite_are_those_that_torchvision_finds() -> None:
    outputs, found = found_by("ssdlite")
    model: Any = SimpleNamespace(
        score_thresh=LEAST_SCORE,
        nms_thresh=DETECTORS["ssdlite"].overlap,
        detections_per_img=CANDIDATES,
        topk_candidates=CANDIDATES,
        box_coder=BoxCoder((10.0, 10, 5, 5)),
    )
    anchors = network_of("ssdlite").head.anchors.double()
    said = {"cls_logits": outputs[..., :-4], "bbox_regression": outputs[..., -4:]}
    (theirs,) = SSD.postprocess_detections(model, said, [anchors], [(SIDE_PX, SIDE_PX)])
    compare(found, theirs, first_class=1)
    assert len(found) > 20
