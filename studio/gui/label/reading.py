"""Reads the large pictures in a child: what is looked at first, then what will be looked at next."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtGui import QImage

from studio.app.session import Session, Ticket
from studio.jobs.frames import drop_frame, take_frame
from studio.jobs.messages import Event, Failed, Finished, FrameWritten, ReadImage, Stopped

CHILD = "pictures"
MAX_SIDE_PX = 2560  # sharp on any screen; a picture of that size is taken over in less than a frame's time
CACHE_BYTES = 128 * 2**20


class PictureReader:
    """`on_picture(path, image)` and `on_failure(path, event)` are called for the picture asked for last only."""

    def __init__(
        self,
        session: Session,
        on_picture: Callable[[Path, QImage], None],
        on_failure: Callable[[Path, Failed], None],
    ) -> None:
        self._session = session
        self._on_picture, self._on_failure = on_picture, on_failure
        self._shown: Path | None = None
        self._ahead: list[Path] = []
        self._asked: dict[Path, Ticket] = {}
        self._held: OrderedDict[Path, QImage] = OrderedDict()
        self._held_bytes = 0
        session.channel_changed.subscribe(lambda channel: self._show_again())

    @property
    def held_bytes(self) -> int:
        return self._held_bytes

    def show(self, path: Path | None, ahead: Sequence[Path] = ()) -> bool:
        """Read this picture, and then these; what was asked before and is not among them is given up.

        True when the picture was there already: `on_picture` has been called.
        """
        self._shown = path
        self._ahead = [other for other in dict.fromkeys(ahead) if other != path and other not in self._held]
        for other in [other for other in self._asked if other != path and other not in self._ahead]:
            self._asked.pop(other).cancel()
        held = self._held.get(path) if path is not None else None
        if path is not None and held is not None:
            self._held.move_to_end(path)
            self._on_picture(path, held)
        elif path is not None and path not in self._asked:
            self._ask(path)
        self._read_ahead()
        return held is not None

    def forget(self) -> None:
        """Drop what is held and give up what was asked."""
        self.show(None)
        self._held.clear()
        self._held_bytes = 0

    def _show_again(self) -> None:
        """What is held was shown in another way."""
        shown = self._shown
        self.forget()
        self.show(shown)

    def _read_ahead(self) -> None:
        # One at a time, and not before the picture that is looked at: it would have to wait behind the others.
        if not self._asked and self._ahead:
            self._ask(self._ahead.pop(0))

    def _ask(self, path: Path) -> None:
        request = ReadImage(path=str(path), max_side_px=MAX_SIDE_PX)
        tickets: list[Ticket] = []
        ticket = self._session.ask(CHILD, request, lambda event: self._hear(path, tickets, event))
        tickets.append(ticket)
        self._asked[path] = ticket

    def _hear(self, path: Path, tickets: list[Ticket], event: Event) -> None:
        if not tickets or self._asked.get(path) is not tickets[0]:
            if isinstance(event, FrameWritten):
                drop_frame(event.frame)  # given up while it was on its way
            return
        if isinstance(event, FrameWritten):
            image = _image(event)
            self._hold(path, image)
            if path == self._shown:
                self._on_picture(path, image)
        elif isinstance(event, Finished | Stopped | Failed):
            del self._asked[path]
            if isinstance(event, Failed) and path == self._shown:
                self._on_failure(path, event)
            self._read_ahead()

    def _hold(self, path: Path, image: QImage) -> None:
        old = self._held.pop(path, None)
        self._held_bytes += image.sizeInBytes() - (old.sizeInBytes() if old else 0)
        self._held[path] = image
        while self._held_bytes > CACHE_BYTES and len(self._held) > 1:
            self._held_bytes -= self._held.popitem(last=False)[1].sizeInBytes()


def _image(event: FrameWritten) -> QImage:
    pixels = take_frame(event.frame, event.shape)
    height, width, channels = event.shape
    # Copied, so that the image owns its pixels.
    return QImage(pixels.data, width, height, channels * width, QImage.Format.Format_RGB888).copy()
