"""How long and how fast the model learns."""

from typing import Any, ClassVar, Literal

from pydantic import model_validator

from studio.blocks.block import Block, Step, setting

ONE_CYCLE = ("schedule", "one_cycle")
_FORMER_KIND = "one_cycle"  # when there was only one schedule


class Training(Block):
    """Learns from every training picture once an epoch, with a learning rate that moves as the schedule says.

    Source of schedules and defaults: Smith 2018, arXiv:1803.09820, as fastai 2 has them.
    """

    title: ClassVar[str] = "Training"
    step: ClassVar[Step] = "training"
    icon: ClassVar[str] = "train"

    kind: Literal["training"] = "training"
    epochs: int = setting(5, title="Epochs", ge=1, le=1000, help="How often the model sees every training picture.")
    learning_rate: float = setting(
        1e-3,
        title="Learning rate",
        gt=0,
        le=10,
        help="How large the steps are. Too large never settles, too small never arrives.",
    )
    schedule: Literal["one_cycle", "flat_cosine", "constant"] = setting(
        "one_cycle",
        title="Schedule",
        more=True,
        help="How the learning rate moves over the training.",
        words={
            "one_cycle": "One cycle: rises, then falls",
            "flat_cosine": "Flat, then falls",
            "constant": "Always the same",
        },
    )
    pct_start: float = setting(
        0.0,
        title="Share of the training before the rate falls",
        ge=0,
        le=1,
        more=True,
        help="0 is as usual: a quarter for one cycle, 0.3 after frozen epochs, three quarters for a flat rate.",
    )
    momentum_high: float = setting(
        0.95,
        title="Momentum while the rate is low",
        ge=0,
        lt=1,
        more=True,
        shown_when=ONE_CYCLE,
        help="How much a step goes on in the direction of those before it. One cycle moves it against the rate.",
    )
    momentum_low: float = setting(
        0.85,
        title="Momentum while the rate is high",
        ge=0,
        lt=1,
        more=True,
        shown_when=ONE_CYCLE,
        help="Lower than the other one, or the same to keep it still.",
    )
    freeze_epochs: int = setting(
        0,
        title="Epochs with a frozen encoder",
        ge=0,
        le=1000,
        more=True,
        help="First train only the head for so many epochs: useful when the encoder is pretrained.",
    )
    first_layers_factor: float = setting(
        0.0,
        title="Learning rate of the first layers",
        unit="times",
        ge=0,
        le=1,
        more=True,
        help="What they learn at, against the last ones; layers between them lie between. Pretrained first layers need "
        "little. 0 is as usual: the same rate for all, a hundredth after frozen epochs.",
    )
    weight_decay: float = setting(
        0.01,
        title="Weight decay",
        ge=0,
        le=1,
        more=True,
        help="Keeps the weights small, against overfitting. Norm layers and biases are left out.",
    )
    gradient_norm: float = setting(
        0.0,
        title="Longest gradient",
        ge=0,
        le=1000,
        more=True,
        help="A longer one is shortened, so that one wild batch does not spoil the model. 0 is off.",
    )
    patience_epochs: int = setting(
        0,
        title="End early after",
        unit="epochs",
        ge=0,
        le=1000,
        more=True,
        help="End the training when it has not become better for so many epochs. 0 is off.",
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

    @model_validator(mode="before")
    @classmethod
    def _take_former_kind(cls, values: Any) -> Any:
        if isinstance(values, dict) and values.get("kind") == _FORMER_KIND:
            return {**values, "kind": "training"}
        return values

    @model_validator(mode="after")
    def _momentums_in_order(self) -> "Training":
        if self.momentum_low > self.momentum_high:
            raise ValueError("The momentum while the rate is high must not be more than while the rate is low.")
        return self

    def summary(self) -> str:
        words = {"one_cycle": "", "flat_cosine": ", flat, then falling", "constant": ", always the same"}
        return f"{self.epochs} epochs, learning rate {self.learning_rate:g}{words[self.schedule]}"
