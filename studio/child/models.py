"""Requests about models: trained, tried, exported, asked."""

import tempfile
from pathlib import Path

from studio.child.job import Answer, Job
from studio.child.surroundings import surroundings
from studio.jobs import messages as m
from studio.runs.run import Run, create_run


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
    from studio.runtime.predictor import OnnxPredictor
    from studio.work.scan import list_pictures

    run = Run(Path(request.run))
    if not run.onnx_file.exists():
        export_run(m.ExportRun(run=request.run), job)
    paths = list_pictures([Path(path) for path in request.paths])
    for number, seen in enumerate(OnnxPredictor(run.folder).predict_paths(paths)):
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
