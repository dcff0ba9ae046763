"""One uninterrupted part of a run: the learner with its callbacks, led through the stages."""

import time
from collections.abc import Callable

import torch
from torch import Tensor

from studio.base.download import StoppedError
from studio.engine.average import AveragedWeights
from studio.engine.callbacks import Chance, Losses, Schedule, StopAtNan, StopWhenAsked
from studio.engine.checkpoint import Checkpoint, Checkpoints, Standing, restore
from studio.engine.corrections import BEFORE, Corrections
from studio.engine.early_stopping import EarlyStopping
from studio.engine.feature_batches import FeatureBatches
from studio.engine.gradient_clipping import GradientClipping
from studio.engine.interpret import TakeBatch
from studio.engine.keeper import Clock, Keeper, Pace
from studio.engine.learner import Callback, Learner
from studio.engine.limits import Limits
from studio.engine.loader import batches_per_epoch
from studio.engine.model import EncoderAndHead
from studio.engine.optimizer import make_optimizer
from studio.engine.precision import Precision
from studio.engine.preparation import Prepared, at_stage
from studio.engine.publish import flat, publish
from studio.engine.recipe_steps import preprocess_of
from studio.engine.reporting import LostPictures, Report, Scores
from studio.engine.reports.start import corrections_part, start_parts
from studio.engine.run_stages import RunStage
from studio.engine.sampler import draws_an_epoch, row_of
from studio.engine.schedule import stages
from studio.engine.stage_batches import StageBatches
from studio.engine.stage_weights import StageWeights, keep_stage
from studio.engine.still_body import hold_still, warn_of_blank_body
from studio.jobs.messages import Event, Finished, Resumed, RunStarted, StagePlanned, StageStarted, Stopped
from studio.runs.report import AnyPart
from studio.runs.run import Run

Emit = Callable[[Event], None]


class Sitting:
    """Puts a run's learner together and trains it, from the beginning or from a checkpoint."""

    def __init__(
        self,
        run: Run,
        prepared: Prepared,
        checkpoints: Checkpoints,
        emit: Emit,
        should_stop: Callable[[], bool],
        pace: Pace,
    ) -> None:
        """`prepared`: for the stage in which it begins."""
        self.run, self.prepared, self.checkpoints = run, prepared, checkpoints
        self.emit, self.should_stop = emit, should_stop
        recipe, rows = prepared.recipe, prepared.rows
        self.batch_size, self.seed = prepared.batch_size, recipe.training.seed
        self.steps_per_epoch = batches_per_epoch(draws_an_epoch(recipe.batch, rows.train, rows.rows), self.batch_size)
        self.lost = LostPictures(emit, self._image, prepared.plan.left_out)
        self.losses, self.clock = Losses(), Clock(run.folder / "clock.json")
        self.scores = Scores(recipe.task.main_metric, recipe.task.main_metric in recipe.task.errors)
        self.scores.stage = prepared.stage.number
        self.keeper = Keeper(checkpoints, self.losses, self.scores, self.clock, emit, pace)
        layer_groups = prepared.model.layer_groups()
        planned = stages(recipe.training, self.steps_per_epoch, len(layer_groups))
        self.stages = hold_still(planned, prepared.all_stages, self.steps_per_epoch, prepared.model)
        self.batches = self._batches()
        self.limits = Limits(run.folder / "plan.json", lambda: self.prepared, emit)
        self.corrections = Corrections(run.folder / BEFORE, lambda: self.prepared, lambda: self.batches)
        self.learner = Learner(
            prepared.model,
            prepared.task,
            make_optimizer(layer_groups, recipe.training.weight_decay),
            lambda epoch, skip: self.batches.training(epoch, skip),
            lambda epoch, skip: self.batches.validation(epoch, skip),
            self.steps_per_epoch,
            prepared.placement,
            [
                self.limits,
                Chance(self.seed),
                Schedule(self.stages, prepared.model),
                self.losses,
                self.scores,
                Report(emit, self.losses, self.scores, recipe.training.all_epochs),
                self.lost,
                StageWeights(self._keep_stage),
                self.keeper,
                StopAtNan(self.losses, self._image, run.folder / "nan_batch.txt"),
                StopWhenAsked(should_stop),
                *self._chosen(),
            ],
            precision=Precision(prepared.plan.precision, prepared.plan.device),
            average=self._average(),
        )
        if prepared.plan.is_compiled:
            self.learner.network = _compiled(prepared.model)
        self.limits.enter(self.learner)

    def train(self, checkpoint: Checkpoint | None, is_resumed: bool) -> Finished | Stopped:
        """From the checkpoint, or from the beginning, to the end or until somebody stops it."""
        if checkpoint is not None:
            self._restore(checkpoint)
        self._tell_start(is_resumed)
        is_done = self._look_at_start() and self._through_stages()
        if not is_done:
            self.keeper.write(self.learner)
        best = self.scores.best
        if best is not None:
            self.learner.average = None  # the best weights are put in its place
            self._enter(self.prepared.all_stages[max(best.stage - 1, 0)], never)
            publish(
                self.run, self.prepared, self.checkpoints, best, self.clock.seconds, self._tell_best, self._own_parts
            )
        if not is_done or best is None:
            return Stopped(run=self.run.name, step=self.learner.step)
        if self.corrections.learned is not None:
            self.emit(self.corrections.learned)
        self.checkpoints.keep_last()
        self.batches.forget()
        return Finished(run=self.run.name, metrics=flat(best), train_s=self.clock.seconds)

    def _look_at_start(self) -> bool:
        """Check a model that is to become better than it is, before its first step. False when it was stopped."""
        if self.learner.step or self.scores.best is not None:
            return True
        if self.prepared.recipe.training.check_start:
            self.corrections.look_before(self.learner)
            return self.learner.check_start()
        if self.prepared.card.weights.kind == "run":
            self.keeper.write(self.learner)  # that run may be removed before the next checkpoint
        return True

    def _through_stages(self) -> bool:
        """False when it was stopped before the end of the last one."""
        for stage in self.prepared.all_stages:
            if self.learner.epoch >= stage.end_epoch:
                continue
            try:
                self._enter(stage, self.should_stop)
            except StoppedError:
                return False
            if stage.number:
                total = len(self.prepared.all_stages)
                self.emit(StageStarted(number=stage.number, total=total, name=stage.name, step=self.learner.step))
            if not self.learner.fit(stage.end_epoch):
                return False
        return True

    def _enter(self, stage: RunStage, should_stop: Callable[[], bool]) -> None:
        """The same network goes on with the pictures of this stage. Raises StoppedError while they are read."""
        if stage != self.prepared.stage:
            self.prepared = at_stage(self.prepared, stage, self.emit, should_stop)
            self.batches.forget()
            self.batches = self._batches()
            self.scores.stage = stage.number

    def _batches(self) -> FeatureBatches:
        pictures = StageBatches(self.prepared, self.lost)
        return FeatureBatches(pictures, self.stages, lambda: self.learner, self.run.folder, self.emit, self.should_stop)

    def _keep_stage(self) -> None:
        """Called after each epoch, before its checkpoint is written."""
        if self.prepared.stage.number and self.learner.epoch == self.prepared.stage.end_epoch:
            keep_stage(self.run, self.prepared, self.learner.weights(), self.scores.last, self.clock.seconds)

    def _restore(self, checkpoint: Checkpoint) -> None:
        standing: Standing = checkpoint.standing
        restore(checkpoint, self.prepared.model, self.learner.optimizer, self.learner.average)
        self.learner.precision.restore(standing.scaling)
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
                epochs=self.prepared.recipe.training.all_epochs,
                stages=tuple(map(_told, self.prepared.all_stages if self.prepared.stage.number else ())),
                first_step=self.learner.step + 1,
                device=plan.device,
                threads=plan.threads,
                batch_size=self.batch_size,
                precision=plan.precision,
            )
        )
        warn_of_blank_body(self.stages, plan.weights, self.emit)
        if is_resumed:
            self.emit(Resumed(at=time.time(), step=self.learner.step))

    def _average(self) -> AveragedWeights | None:
        decay = self.prepared.recipe.training.average_decay
        return AveragedWeights(self.prepared.model, decay) if decay else None

    def _chosen(self) -> list[Callback]:
        """The features that the recipe turns on."""
        training, chosen = self.prepared.recipe.training, list[Callback]()
        if training.gradient_norm:
            chosen.append(GradientClipping(training.gradient_norm))
        if training.patience_epochs:
            last = self.prepared.all_stages[-1]
            chosen.append(EarlyStopping(self.scores, training.patience_epochs, self.emit, last.first_epoch))
        return chosen

    def _tell_best(self, take: TakeBatch) -> None:
        """What the best weights answer, which the network has by now; asked again where that was not held."""
        known = self.scores.best_answers
        if known is None or known.batches is None:
            # Pictures, whatever the last stage learned from: these may be the weights of another one.
            valid = self.prepared.rows.valid
            self.learner.validate(take=take, on=lambda epoch, skip: self.batches.plain(valid, epoch, skip))
            return
        for batch in known.batches:
            take(batch)

    def _own_parts(self) -> list[AnyPart]:
        """What the report says besides what the task does; the network has its best weights by now."""
        best = self.scores.best
        if best is not None:
            self.corrections.look_after(self.learner, best)
        learned = self.corrections.learned
        corrected = [corrections_part(learned, len(self.prepared.rows.valid))] if learned else []
        return [*corrected, *start_parts(self.prepared.card.weights)]

    def _image(self, draw: int) -> str:
        return self.prepared.rows.rows[row_of(draw)].image


def _told(stage: RunStage) -> StagePlanned:
    width_px, height_px = preprocess_of(stage.recipe).size_wh
    return StagePlanned(
        name=stage.name, first_epoch=stage.first_epoch, epochs=stage.epochs, width_px=width_px, height_px=height_px
    )


def _compiled(model: EncoderAndHead) -> Callable[[Tensor], Tensor]:
    """The model, compiled for pictures; from features it has so little to do that compiling would take longer."""
    compiled = torch.compile(model, dynamic=False)
    return lambda batch: model(batch) if model.sees_features else compiled(batch)


def never() -> bool:
    """Nobody asks to stop."""
    return False
