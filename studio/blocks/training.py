"""How long and how fast the model learns."""

from typing import Any, ClassVar, Literal

from pydantic import model_validator

from studio.blocks.block import Block, Step, setting
from studio.blocks.stage import Stage

ONE_CYCLE = ("schedule", "one_cycle")
NO_STAGES = ("stages", "")
_FORMER_KIND = "one_cycle"  # when there was only one schedule


class Training(Block):
    """Learns from every training picture once an epoch, with a learning rate that moves as the schedule says.

    Source of schedules and defaults: Smith 2018, arXiv:1803.09820, as fastai 2 has them.
    """

    title: ClassVar[str] = "Training"
    step: ClassVar[Step] = "training"
    icon: ClassVar[str] = "train"

    kind: Literal["training"] = "training"
    epochs: int = setting(
        5,
        title="Epochs",
        ge=1,
        le=1000,
        shown_when=NO_STAGES,
        help="How often the model sees every training picture.",
    )
    learning_rate: float = setting(
        1e-3,
        title="Learning rate",
        gt=0,
        le=10,
        shown_when=NO_STAGES,
        help="How large the steps are. Too large never settles, too small never arrives.",
    )
    stages: tuple[Stage, ...] = setting(
        (),
        title="Stages",
        help="One after the other, each with a size and learning rates of its own, for example small pictures first. "
        "Without any, the training is all of one piece.",
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
        shown_when=NO_STAGES,
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
    learns: Literal["all", "head"] = setting(
        "all",
        title="What learns",
        more=True,
        shown_when=NO_STAGES,
        words={"all": "Everything", "head": "The head alone"},
        help="The head alone: the encoder stays as it is. Without changes by chance it looks at each picture only "
        "once, and an epoch takes a moment. For encoders that know much already.",
    )
    freeze_epochs: int = setting(
        0,
        title="Epochs with a frozen encoder",
        ge=0,
        le=1000,
        more=True,
        shown_when=NO_STAGES,
        help="First train only the head for so many epochs: useful when the encoder is pretrained.",
    )
    first_layers_factor: float = setting(
        0.0,
        title="Learning rate of the first layers",
        unit="times",
        ge=0,
        le=1,
        more=True,
        shown_when=NO_STAGES,
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
    average_decay: float = setting(
        0.0,
        title="Average of the weights",
        ge=0,
        lt=1,
        more=True,
        help="How much the average keeps at each step, 0.999 for example; the averaged weights become the model. "
        "Steadier in long trainings. 0 is off.",
    )
    check_start: bool = setting(
        False,
        title="Check the model before the first step",
        more=True,
        help="For a model that is good already: it stays as it is unless an epoch is at least as good.",
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
    precision: Literal["auto", "float32", "bfloat16", "float16"] = setting(
        "auto",
        title="Precision",
        more=True,
        help="Which numbers the network computes with. 'Automatic' tries out which are fastest on the device.",
        words={
            "auto": "Automatic",
            "float32": "32 bits",
            "bfloat16": "16 bits, coarse (bfloat16)",
            "float16": "16 bits, fine but of short range (float16)",
        },
    )
    compile: Literal["auto", "off"] = setting(
        "auto",
        title="Compile the network",
        more=True,
        help="Takes about half a minute, and may make each step faster afterwards. 'Automatic' does it only in a "
        "training so long that it pays.",
        words={"auto": "Automatic", "off": "Never"},
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

    @property
    def all_epochs(self) -> int:
        """The epochs of all stages; without stages, those of the training."""
        return sum(stage.epochs for stage in self.stages) or self.epochs

    def at_rate(self, learning_rate: float) -> "Training":
        """The same with this learning rate where it begins: in the first stage, if there are stages."""
        if not self.stages:
            return self.model_copy(update={"learning_rate": learning_rate})
        first, *others = self.stages
        return self.model_copy(update={"stages": (first.model_copy(update={"learning_rate": learning_rate}), *others)})

    def summary(self) -> str:
        if self.stages:
            return f"{len(self.stages)} stage{'' if len(self.stages) == 1 else 's'}, {self.all_epochs} epochs"
        words = {"one_cycle": "", "flat_cosine": ", flat, then falling", "constant": ", always the same"}
        return f"{self.epochs} epochs, learning rate {self.learning_rate:g}{words[self.schedule]}"
