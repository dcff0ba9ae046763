"""The language between the processes: requests are imperatives, events past tense. The unions are the registry."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from studio.base.targets import Skeleton, Target
from studio.blocks.recipe import Recipe
from studio.blocks.several_looks import SeveralLooks
from studio.blocks.table import Part

PROTOCOL_VERSION = 1


class Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True, ser_json_inf_nan="null")


class Request(Message):
    """Asks a child for something; `request` comes back with every event that answers it."""

    request: int = 0


class ShowsPictures(BaseModel):
    """Part of a request for pictures to be looked at. channel: what is shown of one that is not in plain colours, from
    1; 0: its first three channels. Whoever sends the request for a window puts the user's choice there."""

    channel: int = Field(0, ge=0)


class Event(Message):
    """Something that happened in a child, as the answer to `request`."""

    request: int = 0

    def frames(self) -> tuple[str, ...]:
        """The files of pixels that came with it, which the receiver deletes."""
        return ()


# --- requests -------------------------------------------------------------------------------------------------------


class ExplainRecipe(Request):
    """Walk through the recipe and say what the data becomes after each step."""

    kind: Literal["explain_recipe"] = "explain_recipe"
    recipe: Recipe
    project: str | None = None
    with_rows: bool = True  # the table's rows too, not only what each step makes of them


class ExplainPicture(Request):
    """Follow one picture (its path below the source's folder) through all steps."""

    kind: Literal["explain_picture"] = "explain_picture"
    recipe: Recipe
    image: str
    project: str | None = None


class CheckData(Request):
    """Look for what silently ruins results: pictures that leak over the split, labels that do not fit, and more."""

    kind: Literal["check_data"] = "check_data"
    recipe: Recipe
    project: str | None = None


class GroupPictures(Request):
    """Write down which pictures belong together (near-duplicates, frames of one video), for a split by group."""

    kind: Literal["group_pictures"] = "group_pictures"
    recipe: Recipe
    project: str


class GuessRecipe(Request):
    """Look at a folder, a table, a video or an archive and propose a recipe for it."""

    kind: Literal["guess_recipe"] = "guess_recipe"
    folder: str


class PreviewBatch(Request, ShowsPictures):
    """Make one real batch of the recipe as the model will see it; `draw` picks another random draw.

    images: these pictures (below the source's folder) instead of a batch, each `times` times with draws that follow
    one another; as part "valid" they are placed without chance.
    """

    kind: Literal["preview_batch"] = "preview_batch"
    recipe: Recipe
    project: str | None = None
    part: Literal["train", "valid"] = "train"
    draw: int = 0
    upto: int | None = None  # apply only the first so many transforms; None: all
    images: tuple[str, ...] = ()
    times: int = Field(1, ge=1, le=64)


class ReadImage(Request, ShowsPictures):
    """Decode one picture, its longer side at most `max_side_px`."""

    kind: Literal["read_image"] = "read_image"
    path: str
    max_side_px: int = Field(4096, ge=16)


class ShowAnswered(Request, ShowsPictures):
    """Read a picture of a run's validation part twice: with its label, and with what the model said of it."""

    kind: Literal["show_answered"] = "show_answered"
    run: str
    image: str  # below the folder of the run's pictures
    target: Target | None
    predicted: Target | None
    max_side_px: int = Field(640, ge=16)


class TakeThreshold(Request):
    """Let a finished run's model decide by another threshold from now on."""

    kind: Literal["take_threshold"] = "take_threshold"
    run: str
    threshold: float = Field(gt=0, lt=1)


class MakeThumbnails(Request, ShowsPictures):
    """Make the thumbnails of these pictures that are not in the cache yet."""

    kind: Literal["make_thumbnails"] = "make_thumbnails"
    paths: tuple[str, ...]
    side_px: int = Field(128, ge=16, le=512)


class FetchDataSet(Request):
    """Download and unpack a public data set, unless that was done before."""

    kind: Literal["fetch_data_set"] = "fetch_data_set"
    name: str


class DrawSample(Request):
    """Draw the sample pictures into a folder."""

    kind: Literal["draw_sample"] = "draw_sample"
    folder: str
    pictures: int | None = None
    several: int | None = None
    side_px: int | None = None


class TrainRun(Request):
    """Train the run in this folder, or go on with it from its last checkpoint."""

    kind: Literal["train_run"] = "train_run"
    run: str
    project: str | None = None
    resume: bool = False


class FindLearningRate(Request):
    """Try learning rates on what this recipe would train, from its first step, and suggest some."""

    kind: Literal["find_learning_rate"] = "find_learning_rate"
    recipe: Recipe
    project: str | None = None


class ExportRun(Request):
    """Write model.onnx beside a finished run's weights and check that it says the same."""

    kind: Literal["export_run"] = "export_run"
    run: str


class Predict(Request):
    """Say what a finished run sees in pictures; folders are searched for pictures."""

    kind: Literal["predict"] = "predict"
    run: str
    paths: tuple[str, ...]
    several_looks: SeveralLooks | None = None  # None: each picture is looked at once


class CompareLooks(Request):
    """Measure a finished run's model on its validation part with one look and with several; keep what came out."""

    kind: Literal["compare_looks"] = "compare_looks"
    run: str
    several_looks: SeveralLooks = SeveralLooks()


class ShowActivation(Request, ShowsPictures):
    """Say where a finished run's model looked in pictures: what speaks for a class, or makes a number larger.

    about: the name of the class, tag or number; "": each picture's surest answer. Of several pictures, one that cannot
    be read is warned of.
    """

    kind: Literal["show_activation"] = "show_activation"
    run: str
    paths: tuple[str, ...]
    about: str = ""
    max_side_px: int = Field(640, ge=16)


class Diagnose(Request):
    """Say which versions and devices there are, and what is known to be bad."""

    kind: Literal["diagnose"] = "diagnose"


class CancelRequest(Request):
    """End an earlier request early, or do not begin it; it is then answered with Stopped."""

    kind: Literal["cancel_request"] = "cancel_request"
    target: int


# --- events ---------------------------------------------------------------------------------------------------------


class Progressed(Event):
    """So many of so many are done; `what` is a plural ("pictures read")."""

    kind: Literal["progressed"] = "progressed"
    what: str
    done: int
    total: int


class Warned(Event):
    """Something that does not stop the work but that the user should know."""

    kind: Literal["warned"] = "warned"
    message: str
    hint: str = ""


class MemoryRanOut(Warned):
    """A warning: not all pictures of a batch fit into memory at once, and fewer of them go through the network together
    from now on. `step` steps were done; `part`: while the model learned, or was checked."""

    kind: Literal["memory_ran_out"] = "memory_ran_out"  # type: ignore[assignment]
    step: int
    part: Literal["train", "valid"]
    at_once: int
    batch_size: int


class FindingMade(Message):
    """A finding about a step, inside StepExplained."""

    level: Literal["error", "warning", "info"]
    message: str
    hint: str = ""
    field: str = ""


class SampleShown(Message):
    """One picture of a step: its path and what is known of it so far."""

    path: str
    image: str
    target: Target | None = None
    part: Part = ""
    labeled_by: str = ""


class StepExplained(Event):
    """What the data is after a step. `block` is the place in Recipe.steps(), `counts` go by plain words.

    columns: of the table that the step read; the other facts are those of the table so far.
    """

    kind: Literal["step_explained"] = "step_explained"
    block: int
    step: str
    title: str
    summary: str
    rows: int
    counts: dict[str, int] = {}
    samples: tuple[SampleShown, ...] = ()
    findings: tuple[FindingMade, ...] = ()
    classes: tuple[str, ...] = ()
    skeleton: Skeleton | None = None
    number_names: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


class PictureExplained(Event):
    """What a step makes of the one picture, line by line."""

    kind: Literal["picture_explained"] = "picture_explained"
    step: str
    title: str
    lines: tuple[str, ...]


class RowsFound(Event):
    """A portion of the table's rows, in the table's order, as columns; `root` is the folder they are relative to.

    by_rules: what the rule alone says.
    """

    kind: Literal["rows_found"] = "rows_found"
    root: str
    images: tuple[str, ...] = ()
    targets: tuple[Target | None, ...] = ()
    by_rules: tuple[Target | None, ...] = ()
    parts: tuple[Part, ...] = ()
    classes: tuple[str, ...] = ()
    skeleton: Skeleton | None = None
    number_names: tuple[str, ...] = ()


class ImagesLeftOut(Event):
    """Files that are not used, each with its reason."""

    kind: Literal["images_left_out"] = "images_left_out"
    images: tuple[tuple[str, str], ...]


class HealthFound(Event):
    """Something that one check of the data found about a step, with the pictures concerned, at most 200 of them.

    pictures: (picture, what is wrong with it). pairs: (picture, picture, how many of the 64 bits of their hashes
    differ). All are below `root`; the totals count those that are not listed too. can_group: a split by group, after
    GroupPictures, mends it.
    """

    kind: Literal["health_found"] = "health_found"
    check: str
    step: str
    level: Literal["error", "warning", "info"]
    message: str
    hint: str = ""
    field: str = ""
    root: str = ""
    pictures: tuple[tuple[str, str], ...] = ()
    pictures_total: int = 0
    pairs: tuple[tuple[str, str, int], ...] = ()
    pairs_total: int = 0
    can_group: bool = False


class AnswerGuessed(Message):
    """One of the wizard's four answers: what speaks for it, in a sentence, and how sure that is, from 0 to 1."""

    step: Literal["kind", "source", "labels", "split"]
    reason: str
    sure: float


class RecipeProposed(Message):
    """One whole proposal: a recipe whose table was built, and its four answers. `sure`: of the whole, from 0 to 1."""

    recipe: Recipe
    sure: float = 1.0
    answers: tuple[AnswerGuessed, ...] = ()


class RecipeGuessed(Event):
    """A proposal for a folder, with what was seen that speaks for it; `others` are less likely, the best first."""

    kind: Literal["recipe_guessed"] = "recipe_guessed"
    recipe: Recipe
    reasons: tuple[str, ...] = ()
    sure: float = 1.0
    answers: tuple[AnswerGuessed, ...] = ()
    others: tuple[RecipeProposed, ...] = ()


class FrameWritten(Event):
    """Pixels, in a file that both processes map: uint8, shape as given. The receiver deletes the file, or the files.

    targets: of each picture, its places in pixels of that picture as it is here. masks: a second file, uint8 (N, H, W),
    the class of each pixel by its place in the table's classes, 255 where nothing is said; "" where there are no masks.
    """

    kind: Literal["frame_written"] = "frame_written"
    frame: str
    shape: tuple[int, ...]
    labels: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    targets: tuple[Target | None, ...] = ()
    masks: str = ""

    def frames(self) -> tuple[str, ...]:
        return (self.frame, self.masks) if self.masks else (self.frame,)


class ThumbnailMade(Event):
    """The thumbnail of `path` lies in the file `thumbnail`; or there is none, and `reason` says why."""

    kind: Literal["thumbnail_made"] = "thumbnail_made"
    path: str
    thumbnail: str | None
    reason: str = ""


class DataSetFetched(Event):
    """The public data set lies in this folder."""

    kind: Literal["data_set_fetched"] = "data_set_fetched"
    name: str
    folder: str


class StagePlanned(Message):
    """A stage of the training, inside RunStarted. first_epoch: how many epochs are before it. The size is the
    model's picture's."""

    name: str
    first_epoch: int
    epochs: int
    width_px: int
    height_px: int


class RunStarted(Event):
    """The run's facts, once the data is ready and before the first step. stages: empty where the training is all of
    one piece."""

    kind: Literal["run_started"] = "run_started"
    at: float
    train_rows: int
    valid_rows: int
    classes: tuple[str, ...]
    steps_per_epoch: int
    epochs: int
    first_step: int
    device: str
    threads: int
    batch_size: int
    precision: str = "float32"
    stages: tuple[StagePlanned, ...] = ()


class WeightsTaken(Event):
    """The network starts from weights that were there before. taken, total: tensors of the encoder, of a run's those of
    the whole network. not_taken: what did not fit, a sentence each."""

    kind: Literal["weights_taken"] = "weights_taken"
    source: str
    taken: int
    total: int
    not_taken: tuple[str, ...] = ()


class CorrectionsLearned(Event):
    """What learning from corrected labels has changed. before, after: the task's metrics on the pictures to check on,
    with their labels of now. corrected: how many labels were corrected, and of how many pictures to check on;
    corrected_before, corrected_after: the metrics on all of them. kept_start: no epoch was as good as the start, so
    that the model is as it was."""

    kind: Literal["corrections_learned"] = "corrections_learned"
    since: str
    before: dict[str, float]
    after: dict[str, float]
    corrected: int
    corrected_to_check: int
    corrected_before: dict[str, float]
    corrected_after: dict[str, float]
    kept_start: bool


class StageStarted(Event):
    """A stage begins, or goes on, after `step` steps of the run, its pictures being read; `number` counts from 1 to
    `total`."""

    kind: Literal["stage_started"] = "stage_started"
    number: int
    total: int
    name: str
    step: int


class FeaturesKept(Event):
    """The encoder has looked once at each of these pictures: as long as it stands still only the head is computed."""

    kind: Literal["features_kept"] = "features_kept"
    pictures: int
    size_bytes: int
    seconds: float


class StepDone(Event):
    """A training step; `step` counts from 1 over the whole run. Loss is null when it was not a number."""

    kind: Literal["step_done"] = "step_done"
    step: int
    loss: float | None
    smoothed_loss: float | None
    learning_rate: float
    images_per_s: float
    left_s: float


class EpochEnded(Event):
    """An epoch with its validation, 0 being the model before its first step; `metrics` by name. is_best: so far, of its
    stage. stage: its number, from 1; 0 where there are none."""

    kind: Literal["epoch_ended"] = "epoch_ended"
    epoch: int
    step: int
    train_loss: float | None
    valid_loss: float | None
    metrics: dict[str, float]
    seconds: float
    is_best: bool
    stage: int = 0


class CheckpointWritten(Event):
    """From here the run can go on."""

    kind: Literal["checkpoint_written"] = "checkpoint_written"
    step: int


class Resumed(Event):
    """The run goes on after `step` steps; events of later steps before this one are void."""

    kind: Literal["resumed"] = "resumed"
    at: float
    step: int


class RateTried(Event):
    """A step of the search for a learning rate; `step` counts from 1. Losses are null when they were no numbers."""

    kind: Literal["rate_tried"] = "rate_tried"
    step: int
    learning_rate: float
    loss: float | None
    smoothed_loss: float | None


class RatesSuggested(Event):
    """Learning rates that the losses suggest, null where a way of looking at them suggests none; `chosen` is the one
    to take unless somebody knows better.

    valley: in the middle of the longest fall. minimum: a tenth of the rate with the lowest loss. steep: where the
    loss falls fastest. slide: where the fall ends.
    """

    kind: Literal["rates_suggested"] = "rates_suggested"
    valley: float | None = None
    minimum: float | None = None
    steep: float | None = None
    slide: float | None = None
    chosen: float


class Prediction(Event):
    """What the model sees in one picture; or why there is no answer: then `target` is null.

    label: the class, where the answer is one. target: the answer as a label would say it, places in pixels of the
    upright picture. probabilities: of classes or tags, best first.
    """

    kind: Literal["prediction"] = "prediction"
    path: str
    label: str | None
    target: Target | None = None
    probabilities: dict[str, float] = {}
    reason: str = ""


class ActivationShown(Event):
    """The picture with what speaks for `about`: `frame` holds the pixels, uint8 (height, width, 3), and `heat` uint8
    (height, width), how much each pixel counted, 0 where nothing did and where the model did not look. Both are files
    that the receiver deletes.

    others: what else can be asked about. share: how probable `about` is, or null for numbers. cells: how many places
    across and down the model tells apart.
    """

    kind: Literal["activation_shown"] = "activation_shown"
    path: str
    frame: str
    heat: str
    shape: tuple[int, int]
    about: str
    others: tuple[str, ...] = ()
    share: float | None = None
    cells: tuple[int, int]

    def frames(self) -> tuple[str, ...]:
        return self.frame, self.heat


class Diagnosed(Event):
    """The doctor's findings: name to value, and what is wrong."""

    kind: Literal["diagnosed"] = "diagnosed"
    facts: dict[str, str]
    findings: tuple[FindingMade, ...] = ()


class Finished(Event):
    """The request is done. `run` is the run's folder relative to its project, where there is one."""

    kind: Literal["finished"] = "finished"
    run: str | None = None
    metrics: dict[str, float] = {}
    train_s: float | None = None
    files: tuple[str, ...] = ()


class Stopped(Event):
    """The request was ended early because somebody asked for it."""

    kind: Literal["stopped"] = "stopped"
    run: str | None = None
    step: int | None = None


class Failed(Event):
    """The request could not be done. Without a hint it is a bug of ours, and `traceback` says where."""

    kind: Literal["failed"] = "failed"
    message: str
    hint: str = ""
    traceback: str = ""


AnyRequest = Annotated[
    ExplainRecipe
    | ExplainPicture
    | CheckData
    | GroupPictures
    | GuessRecipe
    | PreviewBatch
    | ReadImage
    | ShowAnswered
    | TakeThreshold
    | MakeThumbnails
    | FetchDataSet
    | DrawSample
    | TrainRun
    | FindLearningRate
    | ExportRun
    | Predict
    | CompareLooks
    | ShowActivation
    | Diagnose
    | CancelRequest,
    Field(discriminator="kind"),
]
AnyEvent = Annotated[
    Progressed
    | Warned
    | MemoryRanOut
    | StepExplained
    | PictureExplained
    | RowsFound
    | ImagesLeftOut
    | HealthFound
    | RecipeGuessed
    | FrameWritten
    | ThumbnailMade
    | DataSetFetched
    | RunStarted
    | WeightsTaken
    | CorrectionsLearned
    | StageStarted
    | FeaturesKept
    | StepDone
    | EpochEnded
    | CheckpointWritten
    | Resumed
    | RateTried
    | RatesSuggested
    | Prediction
    | ActivationShown
    | Diagnosed
    | Finished
    | Stopped
    | Failed,
    Field(discriminator="kind"),
]
Terminal = Finished | Stopped | Failed

_requests: TypeAdapter[Any] = TypeAdapter(AnyRequest, config=ConfigDict(defer_build=True))
_events: TypeAdapter[Any] = TypeAdapter(AnyEvent, config=ConfigDict(defer_build=True))


def read_request(line: str) -> Request:
    """The request in one line of JSON. An unknown one raises pydantic's ValidationError."""
    request: Request = _requests.validate_json(line)
    return request


def read_event(line: str) -> Event:
    """The event in one line of JSON. An unknown one raises pydantic's ValidationError."""
    event: Event = _events.validate_json(line)
    return event
