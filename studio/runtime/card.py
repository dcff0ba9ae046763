"""What a trained model says about itself: model.json, enough to build it again and to use it."""

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from studio.base.errors import UserError
from studio.base.files import write_atomically
from studio.base.targets import Skeleton
from studio.runtime.boxes import BESIDES_CLASSES, Grid
from studio.runtime.preprocess import Preprocess

CARD_VERSION = 1

TaskKind = Literal["classification", "tagging", "regression", "keypoints", "segmentation", "detection"]


class CardPart(BaseModel):
    # Unknown fields are kept out, not refused: a newer program's additions must not make a model unusable.
    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)


class EncoderCard(CardPart):
    """The body. `name` is what the recipe says; `architecture` is timm's name for what is built."""

    name: str
    architecture: str
    features: int = Field(ge=1)


class HeadCard(CardPart):
    """What comes after the encoder: its kind, and how many outputs it has, a picture, a pixel or a cell.

    hidden, dropouts: of "concat_pool", the widths of its hidden layers, and the drop-out before each linear layer.
    between: the two numbers that a last sigmoid keeps its outputs between; null: they are free.
    """

    kind: Literal["concat_pool", "unet", "fcos"] = "concat_pool"
    hidden: tuple[int, ...] = (512,)
    dropouts: tuple[float, ...] = (0.25, 0.5)
    outputs: int = Field(ge=1)
    between: tuple[float, float] | None = None

    @model_validator(mode="after")
    def _one_dropout_a_layer(self) -> Self:
        if len(self.dropouts) != len(self.hidden) + 1:
            raise ValueError("there is one drop-out more than there are hidden layers")
        return self


class WeightsOrigin(CardPart):
    """What the encoder started from, and what its authors ask for."""

    kind: Literal["shipped", "pretrained", "file", "none"] = "none"
    source: str = ""  # the address or the file's name
    tag: str = ""  # which training of the architecture
    licence: str = ""
    citation: str = ""
    sha256: str = ""


class TrainFacts(CardPart):
    """How the model came about."""

    epoch: int = 0  # whose weights these are, counted from 1
    epochs: int = 0
    train_rows: int = 0
    valid_rows: int = 0
    seed: int = 0
    device: str = ""
    seconds: float = 0.0


class ModelCard(CardPart):
    """model.json. Lies beside model.safetensors and model.onnx.

    classes: of classes, tags, masks and boxes. number_names, number_ranges: of numbers, what each is called and the
    lowest and the highest that the model can say. skeleton: of points. threshold: above which probability a tag is
    given, or above which score a box. unlearned: classes that were not taught and are never an answer. grids: of boxes,
    how many cells across and down each grid has; a cell says what is around it.
    """

    version: int = CARD_VERSION
    task: TaskKind = "classification"
    classes: tuple[str, ...] = ()
    number_names: tuple[str, ...] = ()
    number_ranges: tuple[tuple[float, float], ...] = ()
    skeleton: Skeleton | None = None
    threshold: float = 0.5
    unlearned: tuple[str, ...] = ()
    grids: tuple[Grid, ...] = ()
    preprocess: Preprocess
    encoder: EncoderCard
    head: HeadCard
    weights: WeightsOrigin = WeightsOrigin()
    metrics: dict[str, float] = {}
    train: TrainFacts = TrainFacts()

    @property
    def output_shape(self) -> tuple[int, ...]:
        """Of the model's outputs, without the number of pictures."""
        width_px, height_px = self.preprocess.size_wh
        match self.head.kind:
            case "unet":
                return self.head.outputs, height_px, width_px
            case "fcos":
                return sum(across * down for across, down in self.grids), self.head.outputs
            case _:
                return (self.head.outputs,)

    @model_validator(mode="after")
    def _outputs_are_answers(self) -> Self:
        needed, what = self._needed_outputs()
        if not 0 < needed == self.head.outputs:
            raise ValueError(f"the head has {self.head.outputs} outputs for {what}")
        if self.task == "regression" and len(self.number_ranges) != len(self.number_names):
            raise ValueError(f"there are {len(self.number_ranges)} ranges for {what}")
        if (self.head.kind == "fcos") != bool(self.grids):
            raise ValueError(f"there are {len(self.grids)} grids for a head of the kind {self.head.kind}")
        return self

    def _needed_outputs(self) -> tuple[int, str]:
        if self.task == "keypoints":
            points = len(self.skeleton.names) if self.skeleton else 0
            return 2 * points, f"{points} points"
        if self.task == "regression":
            return len(self.number_names), f"{len(self.number_names)} numbers"
        if self.task == "detection":
            return len(self.classes) + BESIDES_CLASSES if self.classes else 0, f"boxes of {len(self.classes)} classes"
        return len(self.classes), f"{len(self.classes)} classes"


def write_card(path: Path, card: ModelCard) -> None:
    """Raises UserError when the disk is full or the folder may not be written."""
    write_atomically(path, card.model_dump_json(indent=2).encode())


def read_card(path: Path) -> ModelCard:
    """Raises UserError when there is no model, its card is damaged, or a newer program wrote it."""
    try:
        card = ModelCard.model_validate_json(path.read_bytes())
    except OSError as error:
        raise UserError(
            f"There is no trained model in {path.parent}: {path.name} is missing or cannot be read.",
            "Name the folder of a run that has finished at least one epoch.",
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = " > ".join(str(part) for part in first["loc"])
        raise UserError(
            f"{path} is damaged{' at ' + place if place else ''}: {first['msg']}.",
            "Train again with the recipe beside it.",
        ) from error
    if card.version > CARD_VERSION:
        raise UserError(
            f"{path} was written by a newer version of this program (card version {card.version}).",
            "Update the program.",
        )
    return card
