"""Asking a process of its own about many pictures: what runs there may hang, print, or crash, and can be ended."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import studio
from studio.work.build import Surroundings

_START_S = 20.0  # what starting may take besides, on a busy machine
_END = object()


class SideError(Exception):
    """The process did not answer for a picture; the text says at which, and why."""


def ask_each(
    module: str, setup: dict[str, Any], images: list[str], limit_s: float, around: Surroundings, folder: str = ""
) -> Iterator[Any]:
    """One answer of `module` for each picture, in their order, as JSON gives it; ends early when somebody stops it.

    `folder` is where it works. Raises SideError when all together take longer than `limit_s`, or the process ends.
    """
    process = subprocess.Popen(
        # -P: nothing beside the program or in the working folder is imported in place of a library.
        [sys.executable, "-P", "-X", "utf8", "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder or None,
        env=_environment(),
        start_new_session=os.name == "posix",
    )
    answers: queue.Queue[Any] = queue.Queue()
    question = {"setup": setup, "images": images, "limit_s": limit_s + _START_S}
    threading.Thread(target=_talk, args=(process, question, answers), daemon=True).start()
    try:
        yield from _answers(answers, images, limit_s, around)
    finally:
        _end(process)


def _talk(process: "subprocess.Popen[bytes]", question: dict[str, Any], answers: "queue.Queue[Any]") -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    with suppress(OSError, ValueError):  # it ended before it had heard everything, or was ended
        process.stdin.write(json.dumps(question).encode() + b"\n")
        process.stdin.flush()
        for line in process.stdout:
            answers.put(json.loads(line))
    answers.put(_END)


def _answers(answers: "queue.Queue[Any]", images: list[str], limit_s: float, around: Surroundings) -> Iterator[Any]:
    end = time.monotonic() + limit_s + _START_S
    for done, image in enumerate(images):
        while True:
            if around.should_stop():
                return
            try:
                answer = answers.get(timeout=0.1)
                break
            except queue.Empty:
                if time.monotonic() > end:
                    raise SideError(f"it was still at {image} after {limit_s:g} s") from None
        if answer is _END:
            raise SideError(f"it ended at {image}")
        if done == 0:  # it has started
            end = time.monotonic() + limit_s
        around.on_progress(done + 1, len(images))
        yield answer


def _environment() -> dict[str, str]:
    """This program's own, with the place where this program lies."""
    place = str(Path(studio.__file__).resolve().parents[1])
    known = os.environ.get("PYTHONPATH")
    return os.environ | {"PYTHONPATH": os.pathsep.join([place, known] if known else [place])}


def _end(process: "subprocess.Popen[bytes]") -> None:
    with suppress(OSError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)  # and what it may have started
        else:
            process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(OSError, ValueError):
                stream.close()
