"""A recipe: one block a step, from the folder of pictures to the trained model. The unions below are the registry."""

from typing import Annotated, Any, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from studio.base.errors import UserError
from studio.blocks.batch import Batch
from studio.blocks.block import Block
from studio.blocks.labels.from_label_set import FromLabelSet
from studio.blocks.labels.parent_folder import ParentFolder
from studio.blocks.model import Model
from studio.blocks.source.folder import Folder
from studio.blocks.split.by_folder import SplitByFolder
from studio.blocks.split.random_split import RandomSplit
from studio.blocks.tasks.classification import Classification
from studio.blocks.tasks.detection import Detection
from studio.blocks.tasks.keypoints import Keypoints
from studio.blocks.tasks.regression import Regression
from studio.blocks.tasks.segmentation import Segmentation
from studio.blocks.tasks.tagging import Tagging
from studio.blocks.training import Training
from studio.blocks.transforms.flip import Flip
from studio.blocks.transforms.lighting import Lighting
from studio.blocks.transforms.normalise import Normalise
from studio.blocks.transforms.resize import Resize
from studio.blocks.transforms.rotate import Rotate
from studio.blocks.transforms.zoom import Zoom

# A block is in the program by standing in one of these.
AnyTask = Annotated[
    Classification | Tagging | Segmentation | Keypoints | Detection | Regression, Field(discriminator="kind")
]
AnySource = Folder
AnyLabels = Annotated[ParentFolder | FromLabelSet, Field(discriminator="kind")]
AnySplit = Annotated[RandomSplit | SplitByFolder, Field(discriminator="kind")]
AnyTransform = Annotated[Resize | Flip | Rotate | Zoom | Lighting | Normalise, Field(discriminator="kind")]

RECIPE_VERSION = 1


class Recipe(BaseModel):
    """All that is needed to make a model again: data blocks, model and training. Saved as JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    version: int = RECIPE_VERSION
    task: AnyTask = Classification()
    source: AnySource
    labels: AnyLabels = ParentFolder()
    split: AnySplit = RandomSplit()
    transforms: tuple[AnyTransform, ...] = (Resize(), Flip(), Rotate(), Zoom(), Lighting(), Normalise())
    batch: Batch = Batch()
    model: Model = Model()
    training: Training = Training()

    @model_validator(mode="after")
    def _each_transform_once(self) -> Self:
        kinds = [transform.kind for transform in self.transforms]
        twice = sorted({kind for kind in kinds if kinds.count(kind) > 1})
        if twice:
            raise ValueError(f"Each transform may be used once; used twice: {', '.join(twice)}.")
        if "resize" not in kinds:
            raise ValueError("A resize is needed: the pictures of a batch must have one size.")
        return self

    def steps(self) -> list[Block]:
        """The blocks in the order of the work."""
        return [
            self.task,
            self.source,
            self.labels,
            self.split,
            *self.transforms,
            self.batch,
            self.model,
            self.training,
        ]


def block_types() -> dict[str, tuple[type[Block], ...]]:
    """Every registered block, by step, read from the unions that the recipe is declared with."""
    return {
        _step_of(field.annotation): _members(field.annotation)
        for name, field in Recipe.model_fields.items()
        if name != "version"
    }


def read_recipe(text: str, name: str = "The recipe") -> Recipe:
    """The recipe in a JSON text. Raises UserError that names the block and the field."""
    try:
        return Recipe.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = " > ".join(str(part) for part in first["loc"])
        raise UserError(
            f"{name} is not right{' at ' + place if place else ''}: {first['msg']}.",
            "Correct that place, or copy the recipe again from the Blocks page.",
        ) from error


def _members(annotation: Any) -> tuple[type[Block], ...]:
    """The block classes inside an annotation: a class, a union, or a tuple of a union."""
    if isinstance(annotation, type) and issubclass(annotation, Block):
        return (annotation,)
    return tuple(member for part in get_args(annotation) for member in _members(part))


def _step_of(annotation: Any) -> str:
    return _members(annotation)[0].step
