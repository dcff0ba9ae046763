"""Getting a run ready: its rows, its pictures, its network, and what was decided for it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace

import torch

from studio.base.download import StoppedError
from studio.base.errors import UserError
from studio.blocks.recipe import Recipe
from studio.engine.cache import PictureCache
from studio.engine.computing import decide_computing
from studio.engine.devices import Placement, choose_device, samples_batches, usable_cores
from studio.engine.encoders import create_encoder, encoder_facts
from studio.engine.memory import too_little_in_words
from studio.engine.model import EncoderAndHead
from studio.engine.plan import RunPlan, read_plan, write_plan
from studio.engine.probe import Subject
from studio.engine.recipe_steps import preprocess_of, uses_own_statistics
from studio.engine.rows import RunRows, check_rows, read_rows
from studio.engine.run_stages import RunStage, run_stages, stage_of_epoch
from studio.engine.start import start_from_run
from studio.engine.statistics import ChannelNumbers, own_statistics
from studio.engine.task import EngineTask
from studio.engine.trained_tasks import task_type
from studio.engine.weights import load_weights
from studio.jobs.messages import Event, ImagesLeftOut, Progressed, Warned
from studio.runs.run import Run
from studio.runtime.card import EncoderCard, ModelCard, WeightsOrigin

Emit = Callable[[Event], None]

_PROGRESS_S = 0.1


@dataclass(frozen=True)
class Prepared:
    """All that a training needs in one of its stages. `recipe` is the stage's, and so are `cache` and what `task`,
    `card` and `model` know of the pictures' size. `card` still lacks what training finds out."""

    all_stages: tuple[RunStage, ...]
    stage: RunStage
    recipe: Recipe
    rows: RunRows
    cache: PictureCache
    plan: RunPlan
    task: EngineTask
    card: ModelCard
    model: EncoderAndHead

    @property
    def placement(self) -> Placement:
        return Placement(self.plan.device, self.plan.channels_last)

    @property
    def batch_size(self) -> int:
        """Pictures a step."""
        return self.plan.batch_size or self.recipe.batch.size * self.recipe.batch.batches_a_step

    @property
    def at_once(self) -> int:
        """How many of them go through the network together, unless less fit."""
        return self.plan.at_once or self.recipe.batch.size

    @property
    def subject(self) -> Subject:
        """The network with its pictures, to try something out or to remember it."""
        return subject_of(self.model, self.recipe, self.at_once, self.plan.device, self.plan.threads)


def prepare(
    run: Run, emit: Emit, should_stop: Callable[[], bool], has_checkpoint: bool, epochs_done: int = 0
) -> Prepared:
    """Read rows and pictures, make the network on its device, and decide what is not decided yet, for the stage that
    begins or goes on after `epochs_done`. The network is laid out for the last stage, whose size the model has.

    With a checkpoint the weights that the run started from are not fetched again. Emits Progressed, ImagesLeftOut and
    Warned. Raises UserError for what the user can mend, StoppedError when somebody asks to stop.
    """
    all_stages = run_stages(run.recipe())
    stage = stage_of_epoch(all_stages, epochs_done)
    recipe = stage.recipe
    kind, rows = task_type(recipe.task), read_rows(run, recipe.task)
    kind.check_labels(rows)
    facts = encoder_facts(recipe.model.encoder)
    preprocess = preprocess_of(recipe, facts.mean, facts.std)
    cache = PictureCache(rows.root, preprocess)
    plan_file = run.folder / "plan.json"
    plan = read_plan(plan_file)
    device = _device(recipe.training.device, plan, emit)
    threads = plan.threads if plan else recipe.batch.threads or usable_cores()
    torch.set_num_threads(threads)

    rows = rows.without({image for image, _ in plan.left_out} if plan else set())
    lost = _read_pictures(cache, rows, threads, emit, should_stop)
    left_out = (*plan.left_out, *lost) if plan else lost
    if left_out:
        emit(ImagesLeftOut(images=left_out))
    if plan is None:
        rows = rows.without({image for image, _ in lost})
    check_rows(rows, len(left_out))
    kind.check_parts(rows, emit)

    torch.manual_seed(recipe.training.seed)
    layout = preprocess_of(all_stages[-1].recipe, facts.mean, facts.std)
    width_px, height_px = layout.size_wh
    any_size = len({preprocess_of(stage.recipe).size_wh for stage in all_stages}) > 1
    encoder = create_encoder(
        recipe.model.encoder, side_px=width_px, height_px=height_px, any_size=any_size, channels=layout.channels
    )
    weights = plan.weights if plan and has_checkpoint else load_weights(encoder, recipe.model, emit, should_stop)
    torch.manual_seed(recipe.training.seed)
    task = kind(recipe.task, rows, layout)
    model = task.network(encoder)
    if any_size:
        _try_sizes(model, all_stages)
    encoder_card = EncoderCard(name=recipe.model.encoder, architecture=facts.architecture, features=encoder.features)
    if recipe.model.weights == "run" and not (plan and has_checkpoint):
        laid_out = _card(task, encoder_card, weights, layout.size_wh)
        weights = start_from_run(model, laid_out, recipe.model.weights_run, run, emit)
        plan = plan and plan.model_copy(update={"weights": weights})
    model.see(preprocess.size_wh[::-1], preprocess.channels)
    with too_little_in_words(preprocess.size_wh):
        plan = plan or _decide(
            subject_of(model, recipe, recipe.batch.size, device, threads),
            recipe,
            len(rows.train),
            len(all_stages),
            weights,
            left_out,
            _statistics(recipe, cache, rows),
        )
    task.preprocess = replace(preprocess, mean=plan.mean, std=plan.std) if uses_own_statistics(recipe) else preprocess
    if plan.device != device:
        plan = plan.model_copy(update={"device": device})
    write_plan(plan_file, plan)
    with too_little_in_words(preprocess.size_wh):
        Placement(plan.device, plan.channels_last).put(model)
    card = _card(task, encoder_card, weights, layout.size_wh)
    return Prepared(all_stages, stage, recipe, rows, cache, plan, task, card, model)


def at_stage(prepared: Prepared, stage: RunStage, emit: Emit, should_stop: Callable[[], bool]) -> Prepared:
    """Read the pictures at the size of another stage, and go on with the same network. Emits Progressed, ImagesLeftOut
    and Warned. Raises StoppedError when somebody asks to stop."""
    old = prepared.card
    preprocess = preprocess_of(stage.recipe, old.preprocess.mean, old.preprocess.std)
    cache = PictureCache(prepared.rows.root, preprocess)
    lost = _read_pictures(cache, prepared.rows, prepared.plan.threads, emit, should_stop)
    if lost:
        emit(ImagesLeftOut(images=(*prepared.plan.left_out, *lost)))
    prepared.task.preprocess = preprocess
    prepared.model.see(preprocess.size_wh[::-1], preprocess.channels)
    card = _card(prepared.task, old.encoder, old.weights, old.layout_wh or old.preprocess.size_wh)
    return replace(prepared, stage=stage, recipe=stage.recipe, cache=cache, card=card)


def _card(task: EngineTask, encoder: EncoderCard, weights: WeightsOrigin, layout_wh: tuple[int, int]) -> ModelCard:
    card = task.card(encoder, weights)
    return card if layout_wh == card.preprocess.size_wh else card.model_copy(update={"layout_wh": layout_wh})


def _try_sizes(model: EncoderAndHead, stages: Sequence[RunStage]) -> None:
    """Show the network an empty picture of each stage's size. Raises UserError where it cannot take one: better now
    than when the stages before it have been learned."""
    model.eval()
    for stage in stages:
        preprocess = preprocess_of(stage.recipe)
        width_px, height_px = preprocess.size_wh
        try:
            model.see((height_px, width_px), preprocess.channels)
            with torch.no_grad():
                model(torch.zeros(1, preprocess.channels, height_px, width_px))
        except Exception as error:  # networks say in many ways that a size does not suit them
            words = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise UserError(
                f"The encoder {stage.recipe.model.encoder} cannot go on with pictures of {width_px} x {height_px} px "
                f"in the stage {stage.name!r}: {words}",
                "Give all stages one size, or choose an encoder that takes any size, for example resnet18.",
            ) from error
    model.train()


def _device(wanted: str, plan: RunPlan | None, emit: Emit) -> str:
    device = choose_device(wanted)
    if plan is not None and plan.device != device:
        emit(
            Warned(
                message=f"The run was begun on the device {plan.device!r} and goes on on {device!r}.",
                hint="Results will differ a little from those of an unbroken run.",
            )
        )
    return device


def subject_of(model: EncoderAndHead, recipe: Recipe, at_once: int, device: str, threads: int) -> Subject:
    """A network with pictures as the recipe makes them."""
    preprocess = preprocess_of(recipe)
    shape_chw = preprocess.channels, *preprocess.size_wh[::-1]
    return Subject(model, f"{recipe.model.encoder} {recipe.task.kind}", shape_chw, at_once, device, threads)


def _decide(
    subject: Subject,
    recipe: Recipe,
    train_rows: int,
    stages: int,
    weights: WeightsOrigin,
    left_out: tuple[tuple[str, str], ...],
    statistics: tuple[ChannelNumbers, ChannelNumbers],
) -> RunPlan:
    computing = decide_computing(subject, recipe, train_rows, stages)
    mean, std = statistics
    return RunPlan(
        device=subject.device,
        threads=subject.threads,
        **asdict(computing),
        samples_on_device=samples_batches(subject.device) and preprocess_of(recipe).read_as != "stored",
        weights=weights,
        left_out=left_out,
        mean=mean,
        std=std,
    )


def _statistics(recipe: Recipe, cache: PictureCache, rows: RunRows) -> tuple[ChannelNumbers, ChannelNumbers]:
    """Of the pictures to train on; empty where the recipe does not ask for them."""
    if not uses_own_statistics(recipe):
        return (), ()
    return own_statistics(cache.read, [rows.rows[row].image for row in rows.train])


def _read_pictures(
    cache: PictureCache, rows: RunRows, threads: int, emit: Emit, should_stop: Callable[[], bool]
) -> tuple[tuple[str, str], ...]:
    told_at = 0.0

    def tell(done: int, total: int) -> None:
        nonlocal told_at
        now = time.monotonic()
        if now - told_at >= _PROGRESS_S or done == total:
            told_at = now
            emit(Progressed(what="pictures read", done=done, total=total))

    left_out = cache.fill([rows.rows[row].image for row in rows.used], threads, tell, should_stop)
    if should_stop():
        raise StoppedError
    if cache.is_full:
        emit(
            Warned(
                message="There is no room to keep all decoded pictures: some are read again in every epoch.",
                hint=f"Free some space on the disk of {cache.folder} to train faster.",
            )
        )
    return tuple((item.image, item.reason) for item in left_out)
