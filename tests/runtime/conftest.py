"""A run's folder with a model.onnx small enough to be written by hand."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from studio.runtime.card import EncoderCard, HeadCard, ModelCard, write_card
from studio.runtime.preprocess import Preprocess

COLOURS = ("red", "green", "blue")
SIDE_PX = 32


def colour_model(outputs: int = 3) -> bytes:
    """A model that answers with the mean of each channel, times 20."""
    graph = helper.make_graph(
        [
            helper.make_node("ReduceMean", ["pictures", "axes"], ["means"], keepdims=0),
            helper.make_node("MatMul", ["means", "weights"], ["outputs"]),
        ],
        "colours",
        [helper.make_tensor_value_info("pictures", TensorProto.FLOAT, ["batch", 3, SIDE_PX, SIDE_PX])],
        [helper.make_tensor_value_info("outputs", TensorProto.FLOAT, ["batch", outputs])],
        [
            numpy_helper.from_array(np.array([2, 3], np.int64), "axes"),
            numpy_helper.from_array(20 * np.eye(3, outputs, dtype=np.float32), "weights"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    onnx.checker.check_model(model)
    return model.SerializeToString()


@pytest.fixture
def colour_run(tmp_path: Path) -> Path:
    """A run whose model tells which colour a picture mostly has."""
    run = tmp_path / "0001-colours"
    run.mkdir()
    card = ModelCard(
        classes=COLOURS,
        preprocess=Preprocess(SIDE_PX, "crop"),
        encoder=EncoderCard(name="mean", architecture="mean", features=3),
        head=HeadCard(outputs=3),
    )
    write_card(run / "model.json", card)
    (run / "model.onnx").write_bytes(colour_model())
    return run
