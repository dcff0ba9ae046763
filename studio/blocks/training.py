"""How long and how fast the model learns."""

from typing import ClassVar, Literal

from studio.blocks.block import Block, Step, setting


class Training(Block):
    """Trains with one-cycle learning rates: they rise for the first part of the run and fall for the rest.

    Source of schedule and defaults: Smith 2018, arXiv:1803.09820, as fastai 2 has them.
    """

    title: ClassVar[str] = "Training"
    step: ClassVar[Step] = "training"
    icon: ClassVar[str] = "train"

    kind: Literal["one_cycle"] = "one_cycle"
    epochs: int = setting(5, title="Epochs", ge=1, le=1000, help="How often the model sees every training picture.")
    learning_rate: float = setting(
        1e-3,
        title="Learning rate",
        gt=0,
        le=10,
        help="How large the steps are. Too large never settles, too small never arrives.",
    )
    freeze_epochs: int = setting(
        0,
        title="Epochs with a frozen encoder",
        ge=0,
        le=1000,
        more=True,
        help="First train only the head for so many epochs: useful when the encoder is pretrained.",
    )
    weight_decay: float = setting(
        0.01,
        title="Weight decay",
        ge=0,
        le=1,
        more=True,
        help="Keeps the weights small, against overfitting.",
    )
    seed: int = setting(
        0, title="Seed", ge=0, le=2**31 - 1, more=True, help="The same seed and machine give the same run."
    )
    device: Literal["auto", "cpu", "cuda", "mps"] = setting(
        "auto",
        title="Device",
        more=True,
        help="What computes. 'Automatic' takes a graphics card where there is one.",
        words={
            "auto": "Automatic",
            "cpu": "Processor",
            "cuda": "NVIDIA graphics card",
            "mps": "Apple graphics",
        },
    )

    def summary(self) -> str:
        return f"{self.epochs} epochs, learning rate {self.learning_rate:g}"
