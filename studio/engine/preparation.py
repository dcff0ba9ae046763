"""Getting a run ready: its rows, its pictures, its network, and what was decided for it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch

from studio.base.download import StoppedError
from studio.blocks.recipe import Recipe
from studio.engine.cache import PictureCache
from studio.engine.devices import Placement, choose_device, usable_cores
from studio.engine.encoders import create_encoder, encoder_facts
from studio.engine.model import EncoderAndHead
from studio.engine.plan import RunPlan, read_plan, write_plan
from studio.engine.probe import is_channels_last_faster
from studio.engine.recipe_steps import preprocess_of, uses_own_statistics
from studio.engine.rows import RunRows, check_rows, read_rows
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
    """All that a training needs. `card` still lacks what training finds out."""

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


def prepare(run: Run, emit: Emit, should_stop: Callable[[], bool], has_checkpoint: bool) -> Prepared:
    """Read rows and pictures, make the network on its device, and decide what is not decided yet.

    With a checkpoint the weights that the run started from are not fetched again. Emits Progressed, ImagesLeftOut and
    Warned. Raises UserError for what the user can mend, StoppedError when somebody asks to stop.
    """
    recipe = run.recipe()
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
    width_px, height_px = preprocess.size_wh
    encoder = create_encoder(recipe.model.encoder, side_px=width_px, height_px=height_px)
    weights = plan.weights if plan and has_checkpoint else load_weights(encoder, recipe.model, emit, should_stop)
    torch.manual_seed(recipe.training.seed)
    task = kind(recipe.task, rows, preprocess)
    model = task.network(encoder)
    plan = plan or _decide(model, recipe, device, threads, weights, left_out, _statistics(recipe, cache, rows))
    if uses_own_statistics(recipe):
        task.preprocess = replace(preprocess, mean=plan.mean, std=plan.std)
    if plan.device != device:
        plan = plan.model_copy(update={"device": device})
    write_plan(plan_file, plan)
    Placement(plan.device, plan.channels_last).put(model)
    encoder_card = EncoderCard(name=recipe.model.encoder, architecture=facts.architecture, features=encoder.features)
    return Prepared(recipe, rows, cache, plan, task, task.card(encoder_card, weights), model)


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


def _decide(
    model: EncoderAndHead,
    recipe: Recipe,
    device: str,
    threads: int,
    weights: WeightsOrigin,
    left_out: tuple[tuple[str, str], ...],
    statistics: tuple[ChannelNumbers, ChannelNumbers],
) -> RunPlan:
    size_wh = preprocess_of(recipe).size_wh
    name = f"{recipe.model.encoder} {recipe.task.kind}"
    channels_last = is_channels_last_faster(model, name, size_wh, recipe.batch.size, device, threads)
    mean, std = statistics
    return RunPlan(
        device=device,
        threads=threads,
        channels_last=channels_last,
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
