"""The other end of every job: does what a request asks and answers with events."""

import functools
import json
import logging
import os
import queue
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.base.errors import Bug, UserError
from studio.blocks.table import LabelSets, NoLabelSets
from studio.jobs import messages as m
from studio.jobs.wire import LineWriter
from studio.runs.control import Control
from studio.runs.events import EventLog
from studio.runs.run import Run, create_run

if TYPE_CHECKING:
    from studio.work.build import Surroundings
    from studio.work.kept_table import KeptTable

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """One request at work: where its events go, and whether somebody wants it to end."""

    emit: Callable[[m.Event], None]
    should_stop: Callable[[], bool]

    def progress(self, what: str) -> Callable[[int, int], None]:
        """A callback (done, total) that tells at most ten times a second, and always the end."""
        last = [0.0]

        def tell(done: int, total: int) -> None:
            now = time.monotonic()
            if done >= total or now - last[0] >= 0.1:
                last[0] = now
                self.emit(m.Progressed(what=what, done=done, total=total))

        return tell


class _Cancelled(Exception):
    """Leaves a piece of work from inside its progress callback."""


Answer = m.Finished | m.Stopped
Handler = Callable[[Any, Job], Answer]


def explain_recipe(request: m.ExplainRecipe, job: Job) -> Answer:
    from studio.work.explain import explain

    with _surroundings(request.project, job) as around:
        explain(request.recipe, around, job.emit, request.with_rows)
    return m.Stopped() if job.should_stop() else m.Finished()


def explain_picture(request: m.ExplainPicture, job: Job) -> Answer:
    from studio.engine.walkthrough import walk
    from studio.work.table import build_table

    with _surroundings(request.project, job) as around:
        table, _ = build_table(request.recipe, around, pictures_only=True)
    for block, lines in walk(request.recipe, table, request.image):
        job.emit(m.PictureExplained(step=block.step, title=block.title, lines=tuple(lines)))
    return m.Finished()


def check_data(request: m.CheckData, job: Job) -> Answer:
    from studio.work.health.examination import examine

    with _surroundings(request.project, job) as around:
        for found in examine(request.recipe, around, job.progress):
            job.emit(found)
    return m.Stopped() if job.should_stop() else m.Finished()


def group_pictures(request: m.GroupPictures, job: Job) -> Answer:
    from studio.work.health.grouping import group_pictures as group

    with _surroundings(request.project, job) as around:
        written = group(request.recipe, Path(request.project), around, job.progress)
    return m.Finished(files=(str(written),)) if written is not None else m.Stopped()


def guess_recipe(request: m.GuessRecipe, job: Job) -> Answer:
    from studio.work.guess.choice import guess
    from studio.work.guess.telling import tell

    proposal = guess(Path(request.folder), job.should_stop)
    if job.should_stop():
        return m.Stopped()
    job.emit(tell(proposal))
    return m.Finished()


def preview_batch(request: m.PreviewBatch, job: Job) -> Answer:
    from studio.engine.preview import preview_batch as make_preview
    from studio.jobs.frames import write_frame

    with _surroundings(request.project, job) as around:
        table = _kept_table().get(request.recipe, around, pictures_only=bool(request.images))
    if job.should_stop():
        return m.Stopped()
    made = make_preview(request.recipe, table, request.part, request.draw, request.upto, request.images, request.times)
    pixels = made.pixels_nhwc
    masks = "" if made.masks_nhw is None else write_frame(made.masks_nhw)
    frame = write_frame(pixels)
    job.emit(m.FrameWritten(frame=frame, shape=pixels.shape, targets=made.targets, masks=masks, paths=made.paths))
    return m.Finished()


def read_image(request: m.ReadImage, job: Job) -> Answer:
    from studio.work.pictures import read_large

    job.emit(read_large(Path(request.path), request.max_side_px))
    return m.Finished()


def make_thumbnails(request: m.MakeThumbnails, job: Job) -> Answer:
    from studio.work.pictures import make_thumbnails as make

    for event in make(request.paths, request.side_px, job.should_stop):
        job.emit(event)
    return m.Stopped() if job.should_stop() else m.Finished()


def fetch_data_set(request: m.FetchDataSet, job: Job) -> Answer:
    from studio.base.download import StoppedError
    from studio.blocks.public_data import public_data_set
    from studio.work.public_data import fetch

    in_mb = job.progress("MB downloaded")
    try:
        folder = fetch(
            public_data_set(request.name),
            on_bytes=lambda done, total: in_mb(done // 1_000_000, max(total // 1_000_000, 1)),
            on_unpacked=job.progress("parts unpacked"),
            should_stop=job.should_stop,
        )
    except StoppedError:
        return m.Stopped()
    job.emit(m.DataSetFetched(name=request.name, folder=str(folder)))
    return m.Finished()


def draw_sample(request: m.DrawSample, job: Job) -> Answer:
    from studio.work.sample.draw import draw_sample as draw
    from studio.work.sample.recipe import sample_recipe

    wanted = {"pictures": request.pictures, "several": request.several, "side_px": request.side_px}
    recipe = sample_recipe().model_copy(update={key: value for key, value in wanted.items() if value is not None})
    tell = job.progress("pictures drawn")

    def on_progress(done: int, total: int) -> None:
        if job.should_stop():
            raise _Cancelled
        tell(done, total)

    try:
        draw(Path(request.folder), recipe, on_progress)
    except _Cancelled:
        return m.Stopped()
    return m.Finished()


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


def diagnose(request: m.Diagnose, job: Job) -> Answer:
    from studio.engine.devices import device_facts
    from studio.work.doctor import examine

    facts, findings = examine(device_facts())
    told = tuple(m.FindingMade(level=f.level, message=f.message, hint=f.hint, field=f.field) for f in findings)
    job.emit(m.Diagnosed(facts=facts, findings=told))
    return m.Finished()


HANDLERS: dict[type[m.Request], Handler] = {
    m.ExplainRecipe: explain_recipe,
    m.ExplainPicture: explain_picture,
    m.CheckData: check_data,
    m.GroupPictures: group_pictures,
    m.GuessRecipe: guess_recipe,
    m.PreviewBatch: preview_batch,
    m.ReadImage: read_image,
    m.MakeThumbnails: make_thumbnails,
    m.FetchDataSet: fetch_data_set,
    m.DrawSample: draw_sample,
    m.TrainRun: train_run,
    m.FindLearningRate: find_learning_rate,
    m.ExportRun: export_run,
    m.Predict: predict,
    m.Diagnose: diagnose,
}


def answer(request: m.Request, job: Job) -> m.Finished | m.Stopped | m.Failed:
    """Do what is asked; whatever goes wrong becomes the Failed that ends the request."""
    try:
        handler = HANDLERS.get(type(request))
        if handler is None:
            raise Bug(f"nobody answers {type(request).__name__}")
        return handler(request, job)
    except UserError as error:
        return m.Failed(message=error.message, hint=error.hint)
    except MemoryError:
        return m.Failed(message="There is not enough memory.", hint="Choose a smaller batch or smaller pictures.")
    except Exception as error:
        trace = traceback.format_exc()
        log.error("A job failed:\n%s", trace)
        return m.Failed(message=f"Something went wrong: {error}", traceback=trace)


def serve_pipe() -> int:
    """Answer the requests that come over standard input until it closes; then end at once, whatever is going on."""
    # What libraries print must not get between the messages: they get the error stream.
    messages = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    writer = LineWriter(messages)
    waiting: queue.Queue[m.Request] = queue.Queue()
    cancelled: set[int] = set()

    def listen() -> None:
        for line in sys.stdin:
            try:
                request = m.read_request(line)
            except ValueError as error:
                writer.write(m.Failed(request=_number_in(line), message=f"An unknown request: {error}"))
                continue
            if isinstance(request, m.CancelRequest):
                cancelled.add(request.target)
            else:
                waiting.put(request)
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    while True:
        request = waiting.get()
        end = m.Stopped() if request.request in cancelled else answer(request, _piped_job(request, writer, cancelled))
        cancelled.discard(request.request)
        writer.write(end.model_copy(update={"request": request.request}))


def _piped_job(request: m.Request, writer: LineWriter, cancelled: set[int]) -> Job:
    number = request.request
    return Job(
        emit=lambda event: writer.write(event.model_copy(update={"request": number})),
        should_stop=lambda: number in cancelled,
    )


def serve_run(text: str) -> int:
    """Train a run to its end, whoever started it: events go into its folder, commands come from its control file."""
    request = m.read_request(text)
    if not isinstance(request, m.TrainRun):
        raise Bug(f"a detached child trains; it was asked for {type(request).__name__}")
    run = Run(Path(request.run))
    lock = run.lock()
    if not lock.acquire(f"process {os.getpid()}"):
        raise UserError(f"The run {run.name} is already being trained.", "Wait for it, or stop it first.")
    if hasattr(os, "nice"):
        os.nice(10)  # the window and the rest of the machine come first
    events = EventLog(run.events_file)
    job = Job(emit=events.write, should_stop=Control(run.folder).is_stop_asked)
    end = answer(request, job)
    try:
        events.write(end)
    except UserError:
        log.exception("The end of the run could not be written")
    lock.release()  # trained to its end: the next run may begin while the model is exported
    if isinstance(end, m.Finished):
        # The model without torch: its failure is no failure of the run, it is tried again when it is needed.
        exported = answer(m.ExportRun(run=request.run), Job(emit=lambda event: None, should_stop=lambda: False))
        if isinstance(exported, m.Failed):
            log.error("model.onnx was not written: %s", exported.message)
    return 0 if isinstance(end, m.Finished | m.Stopped) else 1


def main(arguments: list[str]) -> int:
    """`studio child`: requests over standard input; `studio child --detached REQUEST`: one training."""
    # Before torch is imported: threads that wait must sleep. Spinning ones cost a busy machine three times the time.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    if arguments[:1] == ["--detached"]:
        return serve_run(arguments[1])
    return serve_pipe()


def _keep_labels(run: Run, project: str | None, job: Job) -> None:
    """Write the labels and the split that the recipe makes now into the run's folder."""
    from studio.runs.labels import write_labels
    from studio.work.table import build_table

    with _surroundings(project, job) as around:
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


@functools.cache
def _kept_table() -> "KeptTable":
    from studio.work.kept_table import KeptTable

    return KeptTable()


@contextmanager
def _surroundings(project: str | None, job: Job) -> "Iterator[Surroundings]":
    """What the builders may use, with the project open for reading as long as they work."""
    from studio.work.build import Surroundings

    with ExitStack() as open_things:
        label_sets: LabelSets = NoLabelSets()
        labels_version = ""
        if project is not None:
            from studio.project.store import Project

            opened = open_things.enter_context(Project.open(Path(project), author="", write=False))
            label_sets, labels_version = opened, opened.labels_version()
        yield Surroundings(
            label_sets=label_sets,
            project_folder=Path(project) if project else None,
            labels_version=labels_version,
            on_progress=job.progress("pictures read"),
            should_stop=job.should_stop,
        )


def _number_in(line: str) -> int:
    try:
        return int(json.loads(line).get("request", 0))
    except (ValueError, AttributeError, TypeError):
        return 0
