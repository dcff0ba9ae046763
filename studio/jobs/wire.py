"""Messages as lines of JSON: one message a line, UTF-8, in both directions."""

import logging
import threading
from collections.abc import Callable
from typing import IO

from pydantic import ValidationError

from studio.jobs.messages import Event, Message, read_event

log = logging.getLogger(__name__)


class LineWriter:
    """Writes messages to a stream, a line each; safe to use from several threads."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def write(self, message: Message) -> None:
        line = message.model_dump_json().encode() + b"\n"
        with self._lock:
            self._stream.write(line)
            self._stream.flush()


def parse_event(line: str) -> Event | None:
    """The event in a line; None for an empty line or an unknown event, which is logged and skipped."""
    if not line.strip():
        return None
    try:
        return read_event(line)
    except ValidationError as error:
        log.warning("An event was skipped: %s (%s)", line[:200].strip(), error.errors()[0]["msg"])
        return None


Emit = Callable[[Event], None]
