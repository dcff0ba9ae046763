"""Where a model looked in a picture, as a child finds out."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from studio.app.session import Session, Ticket
from studio.base.errors import UserError
from studio.base.files import cannot_write, write_atomically
from studio.blocks.task import Task
from studio.jobs.launch import ask
from studio.jobs.messages import ActivationShown, Event, Failed, Finished, ShowActivation, Stopped
from studio.runs.run import Run

if TYPE_CHECKING:  # numpy comes with the first picture: the window starts without it
    import numpy as np
    from numpy.typing import NDArray

CHILD = "activation"
EXPLAINED = ("class", "tags", "number", "mask")  # points and boxes show by themselves where the model looked


@dataclass(frozen=True)
class Seen:
    """The picture, uint8 (height, width, 3), and how much each pixel counted, uint8 (height, width), for `about`."""

    image_hwc: "NDArray[np.uint8]"
    heat_hw: "NDArray[np.uint8]"
    about: str
    others: tuple[str, ...]
    share: float | None
    cells: tuple[int, int]


def is_explained(task: Task) -> bool:
    """Whether one can ask where a model of this task looked."""
    return task.target in EXPLAINED


class Activations:
    """Asks about one picture at a time; only the newest question is answered, by `on_seen` or `on_failure`."""

    def __init__(
        self, session: Session, run: Run, on_seen: Callable[[Seen], None], on_failure: Callable[[Failed], None]
    ) -> None:
        self._session, self._run = session, run
        self._on_seen, self._on_failure = on_seen, on_failure
        self._ticket: Ticket | None = None

    @property
    def is_asking(self) -> bool:
        return self._ticket is not None

    def ask(self, path: Path, about: str = "", max_side_px: int = 1024) -> None:
        """Where did it look for `about`; "" is its surest answer."""
        self.cancel()
        request = ShowActivation(run=str(self._run.folder), paths=(str(path),), about=about, max_side_px=max_side_px)
        tickets: list[Ticket] = []
        tickets.append(self._session.ask(CHILD, request, lambda event: self._hear(event, tickets)))
        self._ticket = tickets[0]

    def cancel(self) -> None:
        """Nobody waits any more."""
        if self._ticket is not None:
            self._ticket.cancel()
            self._ticket = None

    def close(self) -> None:
        """Nobody will ask again soon: the child, which holds a model, may go."""
        ticket = self._ticket
        self.cancel()
        if ticket is not None:
            self._session.in_background(ticket.child.close, lambda came: None)

    def _hear(self, event: Event, tickets: list[Ticket]) -> None:
        if not tickets or self._ticket is not tickets[0]:
            drop(event)
            return
        if isinstance(event, ActivationShown):
            self._on_seen(seen_of(event))
        elif isinstance(event, Finished | Stopped | Failed):
            self._ticket = None
            if isinstance(event, Failed):
                self._on_failure(event)


def seen_of(event: ActivationShown) -> Seen:
    """What is in a message; its files are taken."""
    from studio.jobs.frames import take_frame

    image_hwc, heat_hw = take_frame(event.frame, (*event.shape, 3)), take_frame(event.heat, event.shape)
    return Seen(image_hwc, heat_hw, event.about, event.others, event.share, event.cells)


def drop(event: Event) -> None:
    """Nobody wants it: its files go."""
    if event.frames():
        from studio.jobs.frames import drop_frame

        for frame in event.frames():
            drop_frame(frame)


def write_activations(run: Run, paths: Sequence[Path], folder: Path, on_event: Callable[[Event], None]) -> list[Path]:
    """Draw each picture with what speaks for its surest answer into a folder, as a PNG of its name; gives the files.

    Raises UserError when the run's answers are places themselves, no model is there, or a file cannot be written.
    """
    if not is_explained(run.recipe().task):
        raise UserError(
            "Points and boxes show by themselves where the model looked.", "Leave --activation out for this run."
        )
    files: list[Path] = []

    def hear(event: Event) -> None:
        if isinstance(event, ActivationShown):
            files.append(_write(folder, Path(event.path).stem, seen_of(event)))
        elif not isinstance(event, Finished | Stopped | Failed):
            on_event(event)

    end = ask(ShowActivation(run=str(run.folder), paths=tuple(map(str, paths))), hear)
    if isinstance(end, Failed):
        raise UserError(end.message, end.hint)
    return files


def _write(folder: Path, name: str, seen: Seen) -> Path:
    """A picture of a name that another one has gets a number as well."""
    from PIL import Image

    from studio.imaging.heat import laid_over

    data = io.BytesIO()
    Image.fromarray(laid_over(seen.image_hwc, seen.heat_hw)).save(data, "PNG")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    names = (f"{name}.png", *(f"{name}-{number}.png" for number in range(2, 1_000_000)))
    path = next(folder / free for free in names if not (folder / free).exists())
    write_atomically(path, data.getvalue())
    return path
