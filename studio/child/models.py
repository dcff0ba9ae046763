"""Requests about models: trained, tried, exported, asked."""

import functools
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from studio.base.errors import UserError
from studio.blocks.several_looks import SeveralLooks
from studio.child.job import Answer, Job
from studio.child.surroundings import surroundings
from studio.jobs import messages as m
from studio.jobs.frames import write_frame
from studio.runs.run import Run, create_run

if TYPE_CHECKING:
    from studio.engine.activation import Explainer
    from studio.runtime.predictor import Predictor


def train_run(request: m.TrainRun, job: Job) -> Answer:
    run = Run(Path(request.run))
    if not run.labels_file.exists():
        _keep_labels(run, request.project, job)
    from studio.engine.train import train_run as train

    end = train(run, job.emit, job.should_stop, resume=request.resume)
    return end.model_copy(update={"run": run.folder.relative_to(request.project).as_posix()} if request.project else {})


def find_learning_rate(request: m.FindLearningRate, job: Job) -> Answer:
    with tempfile.TemporaryDirectory(prefix="studio-rates-") as folder:
        run = create_run(Path(folder), request.recipe, request.project)
        _keep_labels(run, request.project, job)
        if job.should_stop():
            return m.Stopped()
        from studio.engine.lr_finder import find_rates

        return find_rates(run, job.emit, job.should_stop)


def export_run(request: m.ExportRun, job: Job) -> Answer:
    from studio.engine.export import export_run as export

    export(Run(Path(request.run)), job.emit)
    return m.Finished()


def predict(request: m.Predict, job: Job) -> Answer:
    from studio.runtime.predictor import OnnxPredictor, Predictor
    from studio.work.scan import list_pictures

    run = Run(Path(request.run))
    if not run.onnx_file.exists():
        export_run(m.ExportRun(run=request.run), job)
    paths = list_pictures([Path(path) for path in request.paths])
    predictor: Predictor = OnnxPredictor(run.folder)
    if request.several_looks is not None:
        predictor = _looking_several_times(run, predictor, request.several_looks, job)
    for number, seen in enumerate(predictor.predict_paths(paths)):
        if job.should_stop():
            return m.Stopped()
        job.emit(
            m.Prediction(
                path=str(paths[number]),
                label=seen.label,
                target=seen.target,
                probabilities=seen.probabilities,
                reason=seen.reason,
            )
        )
    return m.Finished()


def take_threshold(request: m.TakeThreshold, job: Job) -> Answer:
    from studio.engine.take_threshold import take_threshold as take

    take(Run(Path(request.run)), request.threshold)
    return m.Finished(run=Path(request.run).name)


def compare_looks(request: m.CompareLooks, job: Job) -> Answer:
    from studio.engine.compare_looks import compare_looks as compare

    run = Run(Path(request.run))
    if not run.onnx_file.exists():
        export_run(m.ExportRun(run=request.run), job)
    return compare(run, request.several_looks, job.emit, job.should_stop)


def show_activation(request: m.ShowActivation, job: Job) -> Answer:
    run = Run(Path(request.run))
    explainer = _explainer(run.folder, _changed_ns(run))
    for path in request.paths:
        if job.should_stop():
            return m.Stopped()
        try:
            shown = explainer.show(Path(path), request.about, request.max_side_px, request.channel)
        except UserError as error:
            if len(request.paths) == 1:
                raise
            job.emit(m.Warned(message=error.message, hint=error.hint))
            continue
        job.emit(
            m.ActivationShown(
                path=path,
                frame=write_frame(shown.image_hwc),
                heat=write_frame(shown.heat_hw),
                shape=shown.heat_hw.shape,
                about=shown.about,
                others=shown.others,
                share=shown.share,
                cells=shown.cells,
            )
        )
    return m.Finished()


@functools.lru_cache(maxsize=1)
def _explainer(run_folder: Path, changed_ns: int) -> "Explainer":
    """The model that was asked last: one picture follows another."""
    from studio.engine.activation import Explainer

    return Explainer(run_folder)


def _changed_ns(run: Run) -> int:
    return run.weights_file.stat().st_mtime_ns if run.weights_file.exists() else 0


def _looking_several_times(run: Run, predictor: "Predictor", settings: SeveralLooks, job: Job) -> "Predictor":
    from studio.engine.several_looks import averaging_for, looks_for
    from studio.runtime.several_looks.predictor import SeveralLooks as LooksSeveralTimes

    others = looks_for(run.recipe(), settings, predictor.card.preprocess.size_wh)
    if not others:
        job.emit(
            m.Warned(
                message="There is only one way to look: in training, pictures were neither mirrored nor seen nearer.",
                hint="Set how much nearer the looks are to more than 1, or allow mirrored looks.",
            )
        )
    return LooksSeveralTimes(predictor, others, averaging_for(settings))


def _keep_labels(run: Run, project: str | None, job: Job) -> None:
    """Write the labels and the split that the recipe makes now into the run's folder."""
    from studio.runs.labels import write_labels
    from studio.work.table import build_table

    with surroundings(project, job) as around:
        table, findings = build_table(run.recipe(), around)
    for finding in findings:
        if finding.level == "warning":
            job.emit(m.Warned(message=finding.message, hint=finding.hint))
    if table.left_out:
        job.emit(m.ImagesLeftOut(images=tuple((item.image, item.reason) for item in table.left_out)))
    found = {
        "image_root": table.root,
        "classes": tuple(table.classes),
        "skeleton": table.skeleton,
        "number_names": table.number_names,
    }
    run.write_facts(run.facts().model_copy(update=found))
    write_labels(run.labels_file, table.rows)
