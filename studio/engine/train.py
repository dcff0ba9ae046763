"""A run, from its labels to its model: everything is got ready, the learner learns, the best weights are published."""

import shutil
import time
from collections.abc import Callable, Generator

from studio.base.download import StoppedError
from studio.base.errors import UserError
from studio.base.targets import MaskFile
from studio.engine.augment import Augment, Placed, Seen
from studio.engine.callbacks import Chance, Losses, Schedule, StopAtNan, StopWhenAsked
from studio.engine.checkpoint import Checkpoint, Checkpoints, Standing, restore
from studio.engine.devices import is_out_of_memory
from studio.engine.early_stopping import EarlyStopping
from studio.engine.gradient_clipping import GradientClipping
from studio.engine.interpret import Answers
from studio.engine.keeper import Clock, Keeper, Pace
from studio.engine.kept_masks import KeptMasks
from studio.engine.learner import Callback, Learner
from studio.engine.loader import LoadedBatch, Loader, batches_per_epoch, cut, training_batches
from studio.engine.mixing import BatchMixer
from studio.engine.moving import NO_SKELETON
from studio.engine.optimizer import make_optimizer
from studio.engine.preparation import Prepared, prepare
from studio.engine.publish import flat, publish
from studio.engine.reporting import LostPictures, Report, Scores
from studio.engine.sampler import epoch_draws, row_of
from studio.engine.schedule import stages
from studio.engine.seeing import see_mask
from studio.jobs.messages import Event, Finished, Resumed, RunStarted, Stopped
from studio.runs.predictions import MASKS
from studio.runs.run import Run

Emit = Callable[[Event], None]
_PACE = Pace()


def train_run(
    run: Run, emit: Emit, should_stop: Callable[[], bool], *, resume: bool, pace: Pace = _PACE
) -> Finished | Stopped:
    """Train a run, or go on with it from its last checkpoint; `should_stop` is asked between steps.

    A resumed run ends with the weights of an unbroken one, bit for bit on a processor. Raises UserError for what the
    user can mend; what was learned until the last checkpoint stays.
    """
    if not resume:
        forget(run)
    checkpoints = Checkpoints(run.folder / "checkpoints")
    checkpoint = checkpoints.newest()
    try:
        prepared = prepare(run, emit, should_stop, checkpoint is not None)
    except StoppedError:
        return Stopped(run=run.name)
    try:
        return Sitting(run, prepared, checkpoints, emit, should_stop, pace).train(checkpoint, resume)
    except RuntimeError as error:
        if is_out_of_memory(error):
            raise out_of_memory(prepared) from error
        raise


def forget(run: Run) -> None:
    """Remove what an earlier training of the run left."""
    for folder in ("checkpoints", MASKS):
        shutil.rmtree(run.folder / folder, ignore_errors=True)
    for path in (run.weights_file, run.card_file, run.onnx_file, run.predictions_file):
        path.unlink(missing_ok=True)
    for name in ("plan.json", "clock.json", "nan_batch.txt"):
        (run.folder / name).unlink(missing_ok=True)


def out_of_memory(prepared: Prepared) -> UserError:
    """What to say when there was not enough memory for a batch."""
    width_px, height_px = prepared.card.preprocess.size_wh
    return UserError(
        f"There is not enough memory for batches of {prepared.recipe.batch.size} pictures of {width_px} x "
        f"{height_px} px.",
        "Choose a smaller batch, smaller pictures or a smaller encoder, and start a new run.",
    )


class Sitting:
    """One uninterrupted part of a run: the learner with its callbacks, put together."""

    def __init__(
        self,
        run: Run,
        prepared: Prepared,
        checkpoints: Checkpoints,
        emit: Emit,
        should_stop: Callable[[], bool],
        pace: Pace,
    ) -> None:
        self.run, self.prepared, self.checkpoints, self.emit = run, prepared, checkpoints, emit
        recipe, rows = prepared.recipe, prepared.rows
        self.batch_size, self.seed = recipe.batch.size, recipe.training.seed
        skeleton = rows.skeleton or NO_SKELETON
        self.augment = Augment(prepared.card.preprocess, recipe.transforms, self.seed, skeleton)
        self.masks = KeptMasks()
        self.plain = Augment(prepared.card.preprocess, (), self.seed, skeleton)
        self.steps_per_epoch = batches_per_epoch(len(rows.train), self.batch_size)

        self.lost = LostPictures(emit, self._image, prepared.plan.left_out)
        mixer = BatchMixer(self.augment.mixings, prepared.task.mixable) if self.augment.mixes else None
        self.train_loader = self._loader(self.augment, mixer)
        self.valid_loader = self._loader(self.plain)
        self.losses, self.clock = Losses(), Clock(run.folder / "clock.json")
        self.scores = Scores(recipe.task.main_metric, recipe.task.main_metric in recipe.task.errors)
        self.keeper = Keeper(checkpoints, self.losses, self.scores, self.clock, emit, pace)
        layer_groups = prepared.model.layer_groups()
        self.stages = stages(recipe.training, self.steps_per_epoch, len(layer_groups))
        self.learner = Learner(
            prepared.model,
            prepared.task,
            make_optimizer(layer_groups, recipe.training.weight_decay),
            self._training,
            self._validation,
            self.steps_per_epoch,
            prepared.placement,
            [
                Chance(self.seed),
                Schedule(self.stages, prepared.model),
                self.losses,
                self.scores,
                Report(emit, self.losses, self.scores, recipe.training.epochs),
                self.lost,
                self.keeper,
                StopAtNan(self.losses, self._image, run.folder / "nan_batch.txt"),
                StopWhenAsked(should_stop),
                *self._chosen(),
            ],
        )

    def train(self, checkpoint: Checkpoint | None, is_resumed: bool) -> Finished | Stopped:
        """From the checkpoint, or from the beginning, to the end or until somebody stops it."""
        if checkpoint is not None:
            self._restore(checkpoint)
        self._tell_start(is_resumed)
        is_done = self.learner.fit(self.prepared.recipe.training.epochs)
        if not is_done:
            self.keeper.write(self.learner)
        if self.scores.best is not None:
            publish(self.run, self.prepared, self.checkpoints, self.scores.best, self.clock.seconds, self._best_answers)
        if not is_done or self.scores.best is None:
            return Stopped(run=self.run.name, step=self.learner.step)
        self.checkpoints.keep_last()
        return Finished(run=self.run.name, metrics=flat(self.scores.best), train_s=self.clock.seconds)

    def _restore(self, checkpoint: Checkpoint) -> None:
        standing: Standing = checkpoint.standing
        restore(checkpoint, self.prepared.model, self.learner.optimizer)
        self.learner.step, self.learner.epoch = standing.step, standing.epoch
        self.losses.epoch_loss, self.losses.smoothed = standing.epoch_loss, standing.smoothed
        self.scores.best = standing.best

    def _tell_start(self, is_resumed: bool) -> None:
        rows, plan = self.prepared.rows, self.prepared.plan
        self.emit(
            RunStarted(
                at=time.time(),
                train_rows=len(rows.train),
                valid_rows=len(rows.valid),
                classes=rows.classes,
                steps_per_epoch=self.steps_per_epoch,
                epochs=self.prepared.recipe.training.epochs,
                first_step=self.learner.step + 1,
                device=plan.device,
                threads=plan.threads,
                batch_size=self.batch_size,
            )
        )
        if is_resumed:
            self.emit(Resumed(at=time.time(), step=self.learner.step))

    def _chosen(self) -> list[Callback]:
        """The features that the recipe turns on."""
        training, chosen = self.prepared.recipe.training, list[Callback]()
        if training.gradient_norm:
            chosen.append(GradientClipping(training.gradient_norm))
        if training.patience_epochs:
            chosen.append(EarlyStopping(self.scores, training.patience_epochs, self.emit))
        return chosen

    def _best_answers(self) -> Answers:
        """Of the best weights, which the network has by now."""
        return self.scores.best_answers or self.learner.validate()

    def _loader(self, augment: Augment, mixer: BatchMixer | None = None) -> Loader:
        prepared = self.prepared

        def place(draw: int, epoch: int) -> Placed:
            return augment.place(self._seen(row_of(draw)), epoch, draw)

        threads = prepared.plan.threads
        return Loader(place, prepared.task.collate, prepared.card.preprocess, threads, self.lost, mixer)

    def _training(self, epoch: int, skip: int) -> Generator[LoadedBatch]:
        rows = self.prepared.rows
        draws = epoch_draws(self.prepared.recipe.batch, rows.train, rows.rows, self.seed, epoch)
        batches = training_batches(draws, self.batch_size)
        return self.train_loader.batches(batches[skip:], epoch)

    def _validation(self, epoch: int, skip: int) -> Generator[LoadedBatch]:
        return self.valid_loader.batches(cut(self.prepared.rows.valid, self.batch_size)[skip:], epoch)

    def _seen(self, row: int) -> Seen:
        rows = self.prepared.rows
        image_hwc, original_wh = self.prepared.cache.read_sized(self._image(row))
        target, mask_hw = rows.rows[row].target, None
        if isinstance(target, MaskFile):
            kept_wh, mask = (image_hwc.shape[1], image_hwc.shape[0]), target
            mask_hw = self.masks.get(row, lambda: see_mask(rows.root, mask, len(rows.classes), kept_wh))
        return Seen(image_hwc, original_wh, target, mask_hw)

    def _image(self, draw: int) -> str:
        return self.prepared.rows.rows[row_of(draw)].image
