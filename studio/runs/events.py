"""The diary of a run: every event a line, appended by the training child, followed by everybody else."""

import os
from collections.abc import Callable
from pathlib import Path

from studio.base.files import cannot_write, write_all
from studio.jobs.messages import Event
from studio.jobs.wire import parse_event


class EventLog:
    """Appends events to a file, each with one write, so that a reader sees whole lines or nothing."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        self._end_broken_line()

    def write(self, event: Event) -> None:
        """Raises UserError when the disk is full."""
        try:
            write_all(self._descriptor, event.model_dump_json().encode() + b"\n")
        except OSError as error:
            raise cannot_write(self.path, error) from error

    def close(self) -> None:
        os.close(self._descriptor)

    def _end_broken_line(self) -> None:
        """A child that was killed may have left half a line: what follows must not be glued to it."""
        size = self.path.stat().st_size
        if size:
            with open(self.path, "rb") as file:
                file.seek(size - 1)
                if file.read(1) != b"\n":
                    write_all(self._descriptor, b"\n")


class EventFollower:
    """Reads what was appended since the last call."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._offset = 0

    def read_new(self, limit_bytes: int = 1 << 20) -> list[Event]:
        """The new events, oldest first, at most about `limit_bytes` of them; an unfinished last line waits."""
        try:
            with open(self.path, "rb") as file:
                file.seek(self._offset)
                block = file.read(limit_bytes)
                if len(block) == limit_bytes:
                    block += file.readline()  # however long a line is, it comes whole
        except FileNotFoundError:
            return []
        end = block.rfind(b"\n") + 1
        self._offset += end
        lines = block[:end].decode(errors="replace").splitlines()
        return [event for event in map(parse_event, lines) if event is not None]


def read_events(path: Path) -> list[Event]:
    """All events of a run so far."""
    follower = EventFollower(path)
    events: list[Event] = []
    while new := follower.read_new():
        events.extend(new)
    return events


def follow(
    path: Path, on_event: Callable[[Event], None], is_over: Callable[[], bool], wait: Callable[[], None]
) -> None:
    """Hand every event to `on_event` until `is_over()` and nothing is left; `wait` pauses between two looks."""
    follower = EventFollower(path)
    while True:
        over = is_over()
        events = follower.read_new()
        for event in events:
            on_event(event)
        if over and not events:
            return
        if not events:
            wait()
