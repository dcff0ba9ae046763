"""The torch side of prediction."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from studio.base.errors import UserError
from studio.engine.networks import build_model
from studio.engine.predict import TorchPredictor, load_model, predictor_for
from studio.engine.weight_files import to_bytes
from studio.runs.run import Run
from studio.runtime.card import EncoderCard, HeadCard, ModelCard, read_card, write_card
from studio.runtime.predictor import Predictor
from studio.runtime.preprocess import Preprocess

CARD = ModelCard(
    classes=("disc", "square"),
    preprocess=Preprocess(32, "crop", mean=(0.4, 0.4, 0.4), std=(0.2, 0.2, 0.2)),
    encoder=EncoderCard(name="test_resnet", architecture="test_resnet", features=96),
    head=HeadCard(outputs=2),
)


@pytest.fixture
def finished_run(make_run: Callable[..., Run]) -> Run:
    """A run with a model whose weights are random, norm statistics too."""
    run = make_run()
    torch.manual_seed(0)
    model = build_model(CARD)
    with torch.no_grad():
        for _ in range(3):
            model(torch.randn(8, 3, 32, 32))
    run.weights_file.write_bytes(to_bytes(model.state_dict()))
    write_card(run.card_file, CARD)
    return run


def test_a_model_comes_back_from_its_folder(finished_run: Run) -> None:
    card, model = load_model(finished_run.folder)
    assert card == CARD
    assert not model.training
    again = to_bytes(model.state_dict())
    assert again == finished_run.weights_file.read_bytes()


def test_files_are_predicted_one_after_another(finished_run: Run, pictures: Path) -> None:
    paths = [*sorted(pictures.rglob("*.png")), pictures / "absent.png"]
    predictor: Predictor = TorchPredictor(finished_run.folder)
    found = list(predictor.predict_paths(paths))
    assert [one.path for one in found] == paths
    assert all(one.label in CARD.classes for one in found[:-1])
    assert "no longer exists" in found[-1].reason


def test_predict_gives_plain_numbers(finished_run: Run) -> None:
    batch = np.random.default_rng(0).standard_normal((3, 3, 32, 32)).astype(np.float32)
    outputs = TorchPredictor(finished_run.folder).predict(batch)
    assert outputs.shape == (3, 2)
    assert outputs.dtype == np.float32
    _, model = load_model(finished_run.folder)
    with torch.inference_mode():
        np.testing.assert_allclose(outputs, model(torch.from_numpy(batch)).numpy(), atol=1e-6)


def test_the_processor_takes_the_exported_model_where_there_is_one(finished_run: Run) -> None:
    assert isinstance(predictor_for(finished_run.folder, "cpu"), TorchPredictor)
    finished_run.onnx_file.write_bytes(b"nonsense")
    with pytest.raises(UserError, match=r"model\.onnx is damaged"):
        predictor_for(finished_run.folder, "cpu")


def test_weights_of_another_model_are_noticed(finished_run: Run) -> None:
    card = read_card(finished_run.card_file)
    head = card.head.model_copy(update={"outputs": 3})
    write_card(finished_run.card_file, card.model_copy(update={"classes": ("a", "b", "c"), "head": head}))
    with pytest.raises(UserError, match="do not belong together"):
        TorchPredictor(finished_run.folder)


def test_a_run_without_a_model_says_so(make_run: Callable[..., Run]) -> None:
    with pytest.raises(UserError, match="no trained model"):
        TorchPredictor(make_run().folder)
