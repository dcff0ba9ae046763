"""A stage of a training, and lists of stages that have proved themselves."""

from typing import ClassVar, Literal

from pydantic import field_validator

from studio.base.wording import count_words
from studio.blocks.block import Item, ReadyList, setting

LEAST_SIDE_PX = 16


class Stage(Item):
    """Some epochs with a size, learning rates and a schedule of their own. The model goes on with its weights."""

    title: ClassVar[str] = "Stage"

    name: str = setting(
        "",
        title="Name",
        help="What its weights are called in the run's folder. Empty: what it does.",
        max_length=40,
    )
    side_px: int = setting(
        0,
        title="Width",
        unit="px",
        ge=0,
        le=1024,
        multiple_of=4,
        help="How wide the model sees the pictures; the height follows the shape in the Resize block. 0: as there.",
    )
    epochs: int = setting(5, title="Epochs", ge=1, le=1000, help="How often the model sees every training picture.")
    learns: Literal["head", "last", "all"] = setting(
        "all",
        title="What learns",
        help="The norm layers of the encoder always do, unless the head learns alone from pictures that chance does "
        "not change: the encoder then looks at each of them only once.",
        words={"head": "The head alone", "last": "The head and the encoder's last layers", "all": "Everything"},
    )
    learning_rate: float = setting(
        1e-3, title="Learning rate", gt=0, le=10, help="How large the steps of the last layers are at most."
    )
    first_layers_factor: float = setting(
        0.0,
        title="Learning rate of the first layers",
        unit="times",
        ge=0,
        le=1,
        help="What they learn at, against the last ones; layers between them lie between. 0 is as usual: the same rate "
        "for all, a tenth while something is frozen.",
    )
    pct_start: float = setting(
        0.0,
        title="Share of the stage before the rate falls",
        ge=0,
        le=1,
        more=True,
        help="0 is as usual: a quarter for one cycle, three quarters for a flat rate.",
    )
    changes: Literal["recipe", "photographs", "from_above", "documents", "none"] = setting(
        "recipe",
        title="Changes by chance",
        more=True,
        help="What chance does to the training pictures in this stage.",
        words={
            "recipe": "As in the Transforms step",
            "photographs": "Photographs",
            "from_above": "From above: satellite, microscope, pathology",
            "documents": "Documents and writing",
            "none": "None",
        },
    )

    @field_validator("side_px")
    @classmethod
    def _can_be_seen(cls, side_px: int) -> int:
        if 0 < side_px < LEAST_SIDE_PX:
            raise ValueError(f"The value must be at least {LEAST_SIDE_PX}, or 0.")
        return side_px

    def summary(self) -> str:
        size = f"{self.side_px} px, " if self.side_px else ""
        learns = {"head": "the head learns", "last": "the last layers learn", "all": "everything learns"}[self.learns]
        return f"{count_words(self.epochs, 'epoch', 'epochs')}, {self._rates()}, {size}{learns}"

    def shown_name(self, number: int) -> str:
        what = {"head": "head", "last": "last layers", "all": "everything"}[self.learns]
        return self.name.strip() or (f"{self.side_px} px, {what}" if self.side_px else what.capitalize())

    @classmethod
    def ready_lists(cls) -> tuple[ReadyList, ...]:
        return READY_LISTS

    def _rates(self) -> str:
        last, first = self.learning_rate, self.learning_rate * self.first_layers_factor
        return f"{_rate(first)} to {_rate(last)}" if first else _rate(last)


def _rate(rate: float) -> str:
    """As people write it: 1e-5, not 1e-05."""
    return f"{rate:.2g}".replace("e-0", "e-")


def _stage(name: str, side_px: int, epochs: int, learns: Literal["head", "all"], first: float, last: float,
           pct_start: float = 0.3) -> Stage:  # fmt: skip
    """`first` and `last`: the learning rates of the first and the last layers; 0 for `first`: as usual."""
    return Stage(
        name=name,
        side_px=side_px,
        epochs=epochs,
        learns=learns,
        learning_rate=last,
        first_layers_factor=float(f"{first / last:.6g}"),
        pct_start=pct_start,
    )


READY_LISTS = (
    ReadyList(
        "Head first, then everything",
        "For a pretrained encoder: what is new learns first, and then all of it, the first layers least.",
        (_stage("Head", 0, 2, "head", 0, 3e-3), _stage("Everything", 0, 4, "all", 1e-5, 1e-3)),
    ),
    # Source: the fast.ai course's notebook on the Planet satellite pictures; one cycle as fastai 1 has it.
    ReadyList(
        "Small pictures, then large ones",
        "As the fast.ai course does for satellite pictures: 128 px and then 256 px, each with the head first.",
        (
            _stage("128 px, head", 128, 5, "head", 0, 1e-2),
            _stage("128 px, everything", 128, 5, "all", 1e-5, 2e-3),
            _stage("256 px, head", 256, 5, "head", 0, 5e-3),
            _stage("256 px, everything", 256, 5, "all", 1e-5, 1e-3),
        ),
    ),
    # Source: the fast.ai course's notebook on CamVid.
    ReadyList(
        "Masks: half the size, then all of it",
        "As the fast.ai course does for street scenes of 960 x 720 px: 480 px wide and then 960 px.",
        (
            _stage("Half size, head", 480, 10, "head", 0, 3e-3, pct_start=0.9),
            _stage("Half size, everything", 480, 12, "all", 7.5e-6, 7.5e-4, pct_start=0.8),
            _stage("Full size, head", 960, 10, "head", 0, 1e-3, pct_start=0.8),
            _stage("Full size, everything", 960, 10, "all", 1e-6, 1e-4),
        ),
    ),
)
