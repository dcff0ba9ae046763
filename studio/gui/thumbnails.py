"""Thumbnails for any grid: asked from a child, newest wishes first, and given up when they are scrolled away."""

from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtGui import QImage

from studio.app.session import Session, Ticket
from studio.gui.widgets.thumbnail_model import ThumbnailModel
from studio.jobs.messages import Event, Failed, Finished, MakeThumbnails, Stopped, ThumbnailMade

BATCH = 32
CACHE_BYTES = 32 * 2**20  # about 500 pictures of 128 px: a change of the filter shows them again at once
CHILD = "thumbnails"


class ThumbnailLoader:
    """Fills models with pictures: connect `wanted` of a model to something that calls `want`.

    One batch is under way at a time, so that what is looked at now never stands behind what was looked at before.
    """

    def __init__(self, session: Session, side_px: int = 128) -> None:
        """`side_px` is the side of the square thumbnails that are made."""
        self._session = session
        self.side_px = side_px
        self._wishes: OrderedDict[ThumbnailModel, dict[str, list[int]]] = OrderedDict()  # rows by path, newest last
        self._asked: tuple[str, ...] = ()
        self._come: set[str] = set()
        self._ticket: Ticket | None = None
        self._single: set[str] = set()  # what was in a batch at which the child died is asked for alone
        self._known: OrderedDict[str, QImage] = OrderedDict()
        self._known_bytes = 0
        session.project_changed.subscribe(lambda project: self.forget())
        session.channel_changed.subscribe(lambda channel: self._show_again())

    def want(self, model: ThumbnailModel, rows: Mapping[int, Path]) -> None:
        """Fill these rows of the model, in this order. Replaces all that was wanted for the model before."""
        if model not in self._wishes:
            model.modelReset.connect(lambda: self._drop(model))
        wishes: dict[str, list[int]] = {}
        self._wishes[model] = wishes
        self._wishes.move_to_end(model)
        for row, path in rows.items():
            known = self._known.get(str(path))
            if known is not None:
                self._known.move_to_end(str(path))
                model.set_thumbnail(row, known)
            else:
                wishes.setdefault(str(path), []).append(row)
        self._give_up_unwanted()
        self._ask()

    def set_side(self, side_px: int) -> None:
        """Make thumbnails of another size from now on."""
        if side_px != self.side_px:
            self.side_px = side_px
            self._give_up()
            self.forget()

    def forget(self) -> None:
        """Drop the pictures that are held: their files may have changed."""
        self._known.clear()
        self._known_bytes = 0

    def _show_again(self) -> None:
        """All pictures are to be shown in another way."""
        self._give_up()
        self.forget()
        for model in list(self._wishes):
            model.look_again()

    def _drop(self, model: ThumbnailModel) -> None:
        # After a reset a row number means another picture.
        self._wishes[model] = {}
        self._give_up_unwanted()

    def _wanted(self) -> list[str]:
        """The paths of all models, those of the model that asked last first."""
        return [path for wishes in reversed(self._wishes.values()) for path in wishes]

    def _is_wanted(self, path: str) -> bool:
        return any(path in wishes for wishes in self._wishes.values())

    def _give_up_unwanted(self) -> None:
        coming = [path for path in self._asked if path not in self._come]
        if 2 * sum(self._is_wanted(path) for path in coming) < len(coming):
            self._give_up()

    def _give_up(self) -> None:
        if self._ticket is not None:
            self._ticket.cancel()
            self._ticket, self._asked = None, ()

    def _ask(self) -> None:
        if self._ticket is not None:
            return
        wanted = self._wanted()
        if not wanted:
            return
        batch = wanted[:1] if wanted[0] in self._single else [p for p in wanted[:BATCH] if p not in self._single]
        self._asked = asked = tuple(batch)
        self._come = set()
        request = MakeThumbnails(paths=asked, side_px=self.side_px)
        self._ticket = self._session.ask(CHILD, request, lambda event: self._hear(asked, event))

    def _hear(self, asked: tuple[str, ...], event: Event) -> None:
        if asked is not self._asked:
            return  # given up in the meantime; the event was on its way already
        if isinstance(event, ThumbnailMade):
            self._come.add(event.path)
            self._take(event.path, QImage(event.thumbnail) if event.thumbnail else QImage())
        elif isinstance(event, Finished | Stopped | Failed):
            self._ticket, self._asked = None, ()
            self._end(asked, isinstance(event, Failed))
            self._ask()

    def _end(self, asked: tuple[str, ...], has_failed: bool) -> None:
        """What was asked and did not come: tried once more alone, so that one bad file does not take others along."""
        for path in [path for path in asked if self._is_wanted(path) and path not in self._come]:
            if has_failed and len(asked) > 1:
                self._single.add(path)
            else:
                self._take(path, QImage())

    def _take(self, path: str, image: QImage) -> None:
        self._single.discard(path)
        if not image.isNull():
            self._hold(path, image)
        for model, wishes in list(self._wishes.items()):
            for row in wishes.pop(path, ()):
                model.set_thumbnail(row, image)

    def _hold(self, path: str, image: QImage) -> None:
        old = self._known.pop(path, None)
        self._known_bytes += image.sizeInBytes() - (old.sizeInBytes() if old else 0)
        self._known[path] = image
        while self._known_bytes > CACHE_BYTES:
            self._known_bytes -= self._known.popitem(last=False)[1].sizeInBytes()
