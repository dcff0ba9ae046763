"""What a trained model says about itself: model.json, enough to build it again and to use it."""

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from studio.base.errors import UserError
from studio.base.files import write_atomically
from studio.base.targets import Skeleton
from studio.runtime.boxes import AnchorSizes, Boxes, Grid, anchors_of
from studio.runtime.detectors import DETECTORS, Detector
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


class UnetSettings(CardPart):
    """What can be chosen of a U-Net; the defaults are fastai's.

    blur: smooth each enlargement, blur_final the last block's too. self_attention: in the third block from the end.
    last_cross: show the picture itself to the last layers, through half as many features if `bottle`.
    """

    blur: bool = False
    blur_final: bool = True
    self_attention: bool = False
    last_cross: bool = True
    bottle: bool = False


class HeadCard(CardPart):
    """What comes after the encoder: its kind, and how many outputs it has, a picture, a pixel, an anchor or a place of
    a heat map.

    hidden, dropouts: of "concat_pool", the widths of its hidden layers, and the drop-out before each linear layer.
    between: the two numbers that a last sigmoid keeps its outputs between; null: they are free. unet: of "unet".
    """

    kind: Literal["concat_pool", "unet", "fcos", "retinanet", "ssdlite", "heat_maps"] = "concat_pool"
    hidden: tuple[int, ...] = (512,)
    dropouts: tuple[float, ...] = (0.25, 0.5)
    outputs: int = Field(ge=1)
    between: tuple[float, float] | None = None
    unet: UnetSettings = UnetSettings()

    @model_validator(mode="after")
    def _one_dropout_a_layer(self) -> Self:
        if len(self.dropouts) != len(self.hidden) + 1:
            raise ValueError("there is one drop-out more than there are hidden layers")
        return self


class WeightsOrigin(CardPart):
    """What the network started from, and what its authors ask for.

    taken, total: how many tensors of the encoder, or of the whole network where it started from a run, were filled with
    it, of how many. not_taken: what did not fit, a sentence each.
    """

    kind: Literal["shipped", "pretrained", "file", "run", "none"] = "none"
    source: str = ""  # the address, or the name of the file or the run
    tag: str = ""  # which training of the architecture
    licence: str = ""
    citation: str = ""
    sha256: str = ""
    taken: int = 0
    total: int = 0
    not_taken: tuple[str, ...] = ()


class TrainFacts(CardPart):
    """How the model came about."""

    epoch: int = 0  # whose weights these are, counted from 1
    stage: str = ""  # in which stage of the training that was, where there were several
    epochs: int = 0
    train_rows: int = 0
    valid_rows: int = 0
    seed: int = 0
    device: str = ""
    seconds: float = 0.0


class ModelCard(CardPart):
    """model.json. Lies beside model.safetensors and model.onnx.

    layout_wh: the size that the network was laid out for, where its pictures have another one: it has weights for
    what there is to see at that size.
    classes: of classes, tags, masks and boxes. number_names, number_ranges: of numbers, what each is called and the
    lowest and the highest that the model can say. skeleton: of points. threshold: above which probability a tag is
    given, or above which score a box. unlearned: classes that were not taught and are never an answer. grids: of boxes
    and heat maps, how many cells across and down each grid has; a cell says what is around it. anchor_sizes: of boxes,
    the sizes of the anchors in each grid's cells; none: a cell is its own anchor.
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
    anchor_sizes: tuple[AnchorSizes, ...] = ()
    preprocess: Preprocess
    layout_wh: tuple[int, int] | None = None
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
            case "heat_maps":
                across, down = self.grids[0]
                return self.head.outputs, down, across
            case kind if kind in DETECTORS:
                return len(self.anchors), self.head.outputs
            case _:
                return (self.head.outputs,)

    @property
    def answer_names(self) -> tuple[str, ...]:
        """What each output of a picture, a pixel or an anchor is about, as far as it is about something with a name."""
        if self.skeleton is None:
            return self.classes or self.number_names
        if self.head.kind == "heat_maps":
            return self.skeleton.names
        return tuple(f"{name} {axis}" for name in self.skeleton.names for axis in "xy")

    @property
    def detector(self) -> Detector:
        """How boxes are read."""
        return DETECTORS[self.head.kind]

    @property
    def anchors(self) -> Boxes:
        """What boxes are told from, (anchors, 4)."""
        return anchors_of(self.grids, self.anchor_sizes, self.preprocess.size_wh)

    @model_validator(mode="after")
    def _outputs_are_answers(self) -> Self:
        needed, what = self._needed_outputs()
        if not 0 < needed == self.head.outputs:
            raise ValueError(f"the head has {self.head.outputs} outputs for {what}")
        if self.task == "regression" and len(self.number_ranges) != len(self.number_names):
            raise ValueError(f"there are {len(self.number_ranges)} ranges for {what}")
        return self

    @model_validator(mode="after")
    def _grids_suit_the_head(self) -> Self:
        grids, sizes, kind = len(self.grids), len(self.anchor_sizes), self.head.kind
        detector = DETECTORS.get(kind)
        if grids != 1 if kind == "heat_maps" else (grids > 0) != (detector is not None):
            raise ValueError(f"there are {grids} grids for a head of the kind {kind}")
        if sizes != (grids if detector is not None and detector.has_anchor_sizes else 0):
            raise ValueError(f"there are anchor sizes for {sizes} of {grids} grids of a head of the kind {kind}")
        return self

    def _needed_outputs(self) -> tuple[int, str]:
        if self.task == "keypoints":
            points = len(self.skeleton.names) if self.skeleton else 0
            return points if self.head.kind == "heat_maps" else 2 * points, f"{points} points"
        if self.task == "regression":
            return len(self.number_names), f"{len(self.number_names)} numbers"
        if self.task == "detection" and self.head.kind in DETECTORS:
            outputs = len(self.classes) + self.detector.besides_classes
            return outputs if self.classes else 0, f"boxes of {len(self.classes)} classes"
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
