"""From a trained run to a model that needs no torch."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from torch import nn

from studio.base.errors import UserError
from studio.engine import export
from studio.engine.export import compare, export_run, onnx_bytes, validation_pictures
from studio.engine.networks import build_model
from studio.engine.predict import TorchPredictor
from studio.engine.weight_files import to_bytes
from studio.jobs.messages import Event, Progressed, Warned
from studio.runs.labels import read_labels
from studio.runs.run import Run
from studio.runtime.card import EncoderCard, HeadCard, ModelCard, write_card
from studio.runtime.predictor import OnnxPredictor
from studio.runtime.preprocess import Preprocess

CARD = ModelCard(
    classes=("disc", "square"),
    preprocess=Preprocess(32, "crop", mean=(0.4, 0.4, 0.4), std=(0.2, 0.2, 0.2)),
    encoder=EncoderCard(name="test_resnet", architecture="test_resnet", features=96),
    head=HeadCard(outputs=2),
)


def finish(run: Run) -> Run:
    """Give a run a model with random weights, norm statistics included."""
    torch.manual_seed(0)
    model = build_model(CARD)
    with torch.no_grad():
        for _ in range(3):
            model(torch.randn(8, 3, 32, 32))
    run.weights_file.write_bytes(to_bytes(model.state_dict()))
    write_card(run.card_file, CARD)
    return run


@pytest.fixture
def finished_run(make_run: Callable[..., Run]) -> Run:
    return finish(make_run())


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_an_exported_run_says_the_same_from_the_file_on(
    finished_run: Run, pictures: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    before = names(finished_run.folder)
    said: list[Event] = []
    finished = export_run(finished_run, said.append)
    assert capfd.readouterr().out == ""
    assert names(finished_run.folder) == before | {"model.onnx"}
    assert finished.files == ("model.onnx",)
    assert finished.metrics["pictures_compared"] == 10
    assert finished.metrics["largest_difference"] <= 1e-4
    assert [event.done for event in said if isinstance(event, Progressed)] == [0, 1, 2, 3]
    assert not [event for event in said if isinstance(event, Warned)]

    every = sorted(pictures.rglob("*.png"))
    trained, exported = TorchPredictor(finished_run.folder), OnnxPredictor(finished_run.folder)
    compared, difference = compare(trained, exported, every)
    assert compared == len(every)
    assert difference <= 1e-4
    shares = [one.probabilities["disc"] for one in exported.predict_paths(every)]
    assert max(shares) - min(shares) > 1e-3  # the model does look at the pictures


def test_the_file_is_whole_and_takes_any_number_of_pictures(finished_run: Run) -> None:
    export_run(finished_run, lambda event: None)
    model = onnx.load_from_string(finished_run.onnx_file.read_bytes())
    onnx.checker.check_model(model)
    assert not any(tensor.external_data for tensor in model.graph.initializer)
    predictor = OnnxPredictor(finished_run.folder, threads=1)
    for count in (1, 2, 7):
        assert predictor.predict(np.zeros((count, 3, 32, 32), np.float32)).shape == (count, 2)


def test_another_answer_is_refused_and_removed(finished_run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def slightly_wrong(model: nn.Module, preprocess: Preprocess, name: str) -> bytes:
        with torch.no_grad():
            model.head[-1].weight.mul_(1.05)  # type: ignore[index, operator, union-attr]
        content = onnx_bytes(model, preprocess, name)
        with torch.no_grad():
            model.head[-1].weight.div_(1.05)  # type: ignore[index, operator, union-attr]
        return content

    monkeypatch.setattr(export, "onnx_bytes", slightly_wrong)
    before = names(finished_run.folder)
    finished_run.onnx_file.write_bytes(b"of earlier weights")
    with pytest.raises(UserError, match="says something else"):
        export_run(finished_run, lambda event: None)
    assert names(finished_run.folder) == before


def test_no_number_is_another_answer(finished_run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "compare", lambda *_: (3, float("nan")))
    with pytest.raises(UserError, match="says something else"):
        export_run(finished_run, lambda event: None)
    assert not finished_run.onnx_file.exists()


def test_without_its_pictures_a_run_is_exported_with_a_warning(finished_run: Run, tmp_path: Path) -> None:
    facts = finished_run.facts()
    finished_run.write_facts(facts.model_copy(update={"image_root": str(tmp_path / "gone")}))
    said: list[Event] = []
    finished = export_run(finished_run, said.append)
    assert finished.metrics["pictures_compared"] == 0
    assert finished.metrics["largest_difference"] <= 1e-4
    assert any(isinstance(event, Warned) and "without pictures" in event.message for event in said)
    assert finished_run.onnx_file.exists()


def test_validation_pictures_are_spread_over_all(finished_run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    valid = [row.image for row in read_labels(finished_run.labels_file) if row.part == "valid"]
    root = Path(finished_run.facts().image_root)
    assert validation_pictures(finished_run) == [root / image for image in valid]
    monkeypatch.setattr(export, "CHECKED_PICTURES", 4)
    assert validation_pictures(finished_run) == [root / valid[place] for place in (0, 3, 6, 9)]


def test_an_answer_of_one_alone_counts_as_different(finished_run: Run, pictures: Path) -> None:
    class Mute(TorchPredictor):
        def predict(self, batch_nchw: np.ndarray) -> np.ndarray:
            return np.full_like(super().predict(batch_nchw), np.nan)

    whole = TorchPredictor(finished_run.folder)
    some = validation_pictures(finished_run)[:2]
    assert compare(whole, Mute(finished_run.folder), some) == (2, float("inf"))
    assert compare(whole, whole, [pictures / "absent.png"]) == (0, 0.0)


class Wandering(nn.Module):
    """What the graph is depends on the numbers: there is no ONNX for that."""

    def forward(self, batch_nchw: torch.Tensor) -> torch.Tensor:
        if batch_nchw.sum().item() > 0:
            return batch_nchw.mean((2, 3))
        return batch_nchw.amax((2, 3))


def test_a_network_without_a_graph_says_so() -> None:
    with pytest.raises(UserError, match="wandering cannot be exported"):
        onnx_bytes(Wandering().eval(), Preprocess(32, "crop"), "wandering")


def test_a_run_without_a_model_says_so(make_run: Callable[..., Run]) -> None:
    with pytest.raises(UserError, match="no trained model"):
        export_run(make_run(), lambda event: None)
