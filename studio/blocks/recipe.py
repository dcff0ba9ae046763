"""A recipe: one block a step, from the folder of pictures to the trained model. The unions below are the registry."""

from typing import Annotated, Any, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from studio.base.errors import UserError
from studio.blocks.batch import Batch
from studio.blocks.block import Block
from studio.blocks.labels.annotation_file import AnnotationFile
from studio.blocks.labels.constant import Constant
from studio.blocks.labels.flag_columns import FlagColumns
from studio.blocks.labels.from_label_set import FromLabelSet
from studio.blocks.labels.mask_files import MaskFiles
from studio.blocks.labels.name_pattern import NamePattern
from studio.blocks.labels.number_columns import NumberColumns
from studio.blocks.labels.parent_folder import ParentFolder
from studio.blocks.labels.point_columns import PointColumns
from studio.blocks.labels.point_files import PointFiles
from studio.blocks.labels.projected_points import ProjectedPoints
from studio.blocks.labels.python_function import PythonFunction
from studio.blocks.labels.separated_column import SeparatedColumn
from studio.blocks.labels.table_column import TableColumn
from studio.blocks.model import Model
from studio.blocks.source.archive import Archive
from studio.blocks.source.file_list import FileList
from studio.blocks.source.folder import Folder
from studio.blocks.source.grabs import Grabs
from studio.blocks.source.series_table import SeriesTable
from studio.blocks.source.several_folders import SeveralFolders
from studio.blocks.source.table_file import TableFile
from studio.blocks.source.video import Video
from studio.blocks.split.by_column import SplitByColumn
from studio.blocks.split.by_folder import SplitByFolder
from studio.blocks.split.by_group import GroupSplit
from studio.blocks.split.by_list import SplitByList
from studio.blocks.split.by_pattern import SplitByPattern
from studio.blocks.split.by_place import PlaceSplit
from studio.blocks.split.folds import FoldSplit
from studio.blocks.split.last_part import LastPartSplit
from studio.blocks.split.random_split import RandomSplit
from studio.blocks.split.stratified import StratifiedSplit
from studio.blocks.tasks.classification import Classification
from studio.blocks.tasks.detection import Detection
from studio.blocks.tasks.keypoints import Keypoints
from studio.blocks.tasks.regression import Regression
from studio.blocks.tasks.segmentation import Segmentation
from studio.blocks.tasks.tagging import Tagging
from studio.blocks.training import Training
from studio.blocks.transforms.channels import Channels
from studio.blocks.transforms.cutmix import CutMix
from studio.blocks.transforms.erase import Erase
from studio.blocks.transforms.flip import Flip
from studio.blocks.transforms.lighting import Lighting
from studio.blocks.transforms.mixup import Mixup
from studio.blocks.transforms.normalise import Normalise
from studio.blocks.transforms.presets import PHOTOGRAPHS
from studio.blocks.transforms.random_crop import RandomCrop
from studio.blocks.transforms.resize import Resize
from studio.blocks.transforms.rotate import Rotate
from studio.blocks.transforms.warp import Warp
from studio.blocks.transforms.zoom import Zoom

# A block is in the program by standing in one of these.
AnyTask = Annotated[
    Classification | Tagging | Segmentation | Keypoints | Detection | Regression, Field(discriminator="kind")
]
AnySource = Annotated[
    Folder | SeveralFolders | TableFile | FileList | Video | Grabs | Archive | SeriesTable, Field(discriminator="kind")
]
AnyLabels = Annotated[
    ParentFolder
    | NamePattern
    | TableColumn
    | SeparatedColumn
    | FlagColumns
    | NumberColumns
    | PointColumns
    | MaskFiles
    | AnnotationFile
    | PointFiles
    | ProjectedPoints
    | Constant
    | FromLabelSet
    | PythonFunction,
    Field(discriminator="kind"),
]
AnySplit = Annotated[
    RandomSplit
    | StratifiedSplit
    | GroupSplit
    | PlaceSplit
    | LastPartSplit
    | FoldSplit
    | SplitByFolder
    | SplitByColumn
    | SplitByList
    | SplitByPattern,
    Field(discriminator="kind"),
]
AnyTransform = Annotated[
    Resize | Channels | RandomCrop | Flip | Warp | Rotate | Zoom | Lighting | Erase | Normalise | Mixup | CutMix,
    Field(discriminator="kind"),
]

RECIPE_VERSION = 1
NOT_A_STEP = ("version", "credit")


class Credit(BaseModel):
    """Whose data a recipe learns from: shown before a download, and carried into every run and report."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    title: str
    address: str
    licence: str
    citation: str


class Recipe(BaseModel):
    """All that is needed to make a model again: data blocks, model and training. Saved as JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    version: int = RECIPE_VERSION
    task: AnyTask = Classification()
    source: AnySource
    labels: AnyLabels = ParentFolder()
    split: AnySplit = RandomSplit()
    transforms: tuple[AnyTransform, ...] = PHOTOGRAPHS.transforms(Resize())  # type: ignore[assignment]
    batch: Batch = Batch()
    model: Model = Model()
    training: Training = Training()
    credit: Credit | None = None

    @model_validator(mode="after")
    def _each_transform_once(self) -> Self:
        kinds = [transform.kind for transform in self.transforms]
        twice = sorted({kind for kind in kinds if kinds.count(kind) > 1})
        if twice:
            raise ValueError(f"Each transform may be used once; used twice: {', '.join(twice)}.")
        if "resize" not in kinds:
            raise ValueError("A resize is needed: the pictures of a batch must have one size.")
        return self

    @model_validator(mode="after")
    def _mixes_what_can_be_mixed(self) -> Self:
        mixers = [transform for transform in self.transforms if isinstance(transform, Mixup | CutMix)]
        if len(mixers) > 1:
            raise ValueError("Mixup and CutMix do the same in two ways: use one of them.")
        for mixer in mixers:
            if self.task.target not in mixer.mixes:
                raise ValueError(
                    f"{mixer.title} makes one picture of two, which leaves no right answer to '{self.task.title}': "
                    f"take {mixer.title} out, or choose another task."
                )
        return self

    @model_validator(mode="after")
    def _corrected_since_a_run(self) -> Self:
        if self.batch.sampler == "corrected" and self.model.weights != "run":
            raise ValueError(
                "Corrected labels can come more often only where the model starts from another run: choose that run in "
                "the Model block, or other pictures in the Batch block."
            )
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
        if name not in NOT_A_STEP
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
