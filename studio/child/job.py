"""One request at work, whatever it asks for."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from studio.jobs import messages as m


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


class Cancelled(Exception):
    """Leaves a piece of work from inside its progress callback."""


Answer = m.Finished | m.Stopped
Handler = Callable[[Any, Job], Answer]
