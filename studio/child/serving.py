"""A child at its post: requests over standard input, or one training to its end."""

import json
import logging
import os
import queue
import sys
import threading
from pathlib import Path

from studio.base.errors import Bug, UserError
from studio.child.handlers import answer
from studio.child.job import Job
from studio.jobs import messages as m
from studio.jobs.wire import LineWriter
from studio.runs.control import Control
from studio.runs.events import EventLog
from studio.runs.run import Run

log = logging.getLogger(__name__)


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


def _number_in(line: str) -> int:
    try:
        return int(json.loads(line).get("request", 0))
    except (ValueError, AttributeError, TypeError):
        return 0
