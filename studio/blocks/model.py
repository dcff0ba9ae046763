"""Which network is trained, and from what it starts."""

from typing import ClassVar, Literal, Self

from pydantic import model_validator

from studio.blocks.block import Block, Step, setting
from studio.blocks.encoders import shipped_names


class Model(Block):
    """The network: an encoder that turns a picture into features, and a head that answers the question."""

    title: ClassVar[str] = "Model"
    step: ClassVar[Step] = "model"
    icon: ClassVar[str] = "model"

    kind: Literal["model"] = "model"
    encoder: str = setting(
        "resnet18",
        title="Encoder",
        widget="encoder",
        min_length=1,
        help="The part that turns a picture into features. Small ones are fast, large ones see more.",
    )
    weights: Literal["shipped", "pretrained", "file", "run", "none"] = setting(
        "none",
        title="Start from",
        help="What the network knows already when training starts.",
        words={
            "shipped": "The built-in weights",
            "pretrained": "Pretrained, by download",
            "file": "Weights from a file",
            "run": "Another run",
            "none": "Nothing: random weights",
        },
    )
    weights_file: str = setting(
        "",
        title="Weights file",
        widget="file",
        shown_when=("weights", "file"),
        help="A .safetensors file, or a .pt file that holds only weights.",
    )
    weights_run: str = setting(
        "",
        title="Run",
        widget="run",
        shown_when=("weights", "run"),
        help="A run of this project with the same encoder; the folder of any run can be typed too. Of the last layer "
        "it gives the classes that have the same name.",
    )
    keep_parts: bool = setting(
        True,
        title="Pictures keep the part that they had in that run",
        more=True,
        shown_when=("weights", "run"),
        help="Else the model would be checked on pictures that it has learned from already.",
    )

    @model_validator(mode="after")
    def _start_named(self) -> Self:
        if self.weights == "file" and not self.weights_file:
            raise ValueError("Choose the weights file, or start from something else.")
        if self.weights == "run" and not self.weights_run:
            raise ValueError("Choose the run, or start from something else.")
        return self

    def summary(self) -> str:
        words = {
            "shipped": "shipped weights",
            "pretrained": "pretrained",
            "file": "weights from a file",
            "run": f"from {self.weights_run}",
            "none": "no weights",
        }
        return f"{self.encoder}, {words[self.weights]}"


def starting_model() -> Model:
    """What a new project starts with: the encoder that comes with the program, which needs no download."""
    shipped = shipped_names()
    return Model(encoder=shipped[0], weights="shipped") if shipped else Model()
