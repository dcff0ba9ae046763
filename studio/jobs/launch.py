"""Starting children: piped ones that live as long as their owner, and detached ones that train to their own end."""

import itertools
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO

from studio.jobs.messages import CancelRequest, Event, Failed, Finished, Request, Stopped
from studio.jobs.wire import LineWriter, parse_event

log = logging.getLogger(__name__)
OnEvent = Callable[[Event], None]


def child_command(*arguments: str) -> list[str]:
    """How this program starts its other end, also when it is frozen into one executable."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "child", *arguments]
    return [sys.executable, "-m", "studio", "child", *arguments]


class Child:
    """A piped child. Each request is answered by events and exactly one Finished, Stopped or Failed.

    The callbacks are called in the child's reader thread. A child that dies answers its open requests with Failed.
    It ends when its input closes, so it never outlives its owner.
    """

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._open: dict[int, OnEvent] = {}
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._writer: LineWriter | None = None
        self._errors = b""

    def send(self, request: Request, on_event: OnEvent) -> int:
        """Start the child if it is not running, and ask it; gives the request's number, for `cancel`."""
        number = next(self._numbers)
        with self._lock:
            self._open[number] = on_event
            writer = self._running_writer()
        try:
            writer.write(request.model_copy(update={"request": number}))
        except OSError:
            self._fail_open()
        return number

    def cancel(self, number: int) -> None:
        """Ask the child to end a request early, and let nobody hear further events of it."""
        with self._lock:
            if number not in self._open:
                return
            self._open[number] = _throw_away
            writer = self._writer
        if writer is not None:
            try:
                writer.write(CancelRequest(target=number))
            except OSError:
                self._fail_open()

    def close(self, timeout_s: float = 2.0) -> None:
        """End the child: close its input, and kill it if it does not leave."""
        with self._lock:
            process, self._process, self._open = self._process, None, {}
        if process is None:
            return
        assert process.stdin is not None
        try:
            process.stdin.close()
            process.wait(timeout_s)
        except (OSError, subprocess.TimeoutExpired):
            process.kill()
            process.wait()

    def kill(self) -> None:
        """End the child at once; its open requests are answered with Failed, the next `send` starts a new one."""
        if self._process is not None:
            self._process.kill()

    def _running_writer(self) -> LineWriter:
        if self._process is None or self._process.poll() is not None or self._writer is None:
            process = subprocess.Popen(
                child_command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
            assert process.stdin is not None
            self._process, self._writer, self._errors = process, LineWriter(process.stdin), b""
            drain = threading.Thread(target=self._drain_errors, args=(process.stderr,), daemon=True)
            drain.start()
            threading.Thread(target=self._read, args=(process, drain), daemon=True).start()
        return self._writer

    def _read(self, process: subprocess.Popen[bytes], drain: threading.Thread) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            event = parse_event(line.decode(errors="replace"))
            if event is None:
                continue
            with self._lock:
                ended = isinstance(event, Finished | Stopped | Failed)
                callback = self._open.pop(event.request, None) if ended else self._open.get(event.request)
            if callback is not None:
                try:
                    callback(event)
                except Exception:  # whoever listens may fail; the other requests still get their answers
                    log.exception("An event was not taken: %s", type(event).__name__)
            else:
                _throw_away(event)
        process.wait()
        drain.join(1)
        with self._lock:
            is_current = self._process is process
        if is_current:
            self._fail_open()

    def _drain_errors(self, stream: IO[bytes]) -> None:
        for line in stream:
            self._errors = (self._errors + line)[-20_000:]

    def _fail_open(self) -> None:
        with self._lock:
            lost, self._open = self._open, {}
        text = self._errors.decode(errors="replace")
        for number, callback in lost.items():
            callback(
                Failed(
                    request=number,
                    message="The helper process ended before it had finished.",
                    hint="Try again. If it happens again, one of the pictures may be broken: see the details.",
                    traceback=text,
                )
            )


def _throw_away(event: Event) -> None:
    if event.frames():
        from studio.jobs.frames import drop_frame  # here: it brings numpy along, which the window starts without

        for frame in event.frames():
            drop_frame(frame)


def ask(request: Request, on_event: OnEvent) -> Finished | Stopped | Failed:
    """Ask a child of its own and wait for the end: for commands, not for the window. Raises what `on_event` raised."""
    ended = threading.Event()
    answers: list[Finished | Stopped | Failed] = []
    problems: list[Exception] = []

    def hear(event: Event) -> None:
        try:
            on_event(event)
        except Exception as error:
            problems.append(error)
            ended.set()
        if isinstance(event, Finished | Stopped | Failed):
            answers.append(event)
            ended.set()

    child = Child()
    try:
        child.send(request, hear)
        ended.wait()
    finally:
        child.close()
    if problems:
        raise problems[0]
    return answers[0]


def start_detached(request: Request, log_file: Path) -> int:
    """Start a child that outlives this process; it writes its events where the request says. Gives its process id."""
    options: dict[str, bool | int] = {}
    if os.name == "posix":
        options["start_new_session"] = True
    else:
        options["creationflags"] = 0x00000008 | 0x00000200  # DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP
    with open(log_file, "ab") as log, open(os.devnull, "rb") as nothing:
        process = subprocess.Popen(
            child_command("--detached", request.model_dump_json()),
            stdin=nothing,
            stdout=log,
            stderr=log,
            **options,  # type: ignore[call-overload]
        )
    # Reaped in the background: an ended child must not stay a zombie while the window lives.
    threading.Thread(target=process.wait, daemon=True).start()
    return int(process.pid)
