"""Pictures with their labels and with what a model said of them, as a child reads them."""

from collections import OrderedDict
from collections.abc import Callable, Mapping

from studio.app.preview import Batch, batch_of, drop_batch
from studio.app.session import Session, Ticket
from studio.jobs.messages import Event, Failed, Finished, FrameWritten, ShowAnswered, Stopped
from studio.runs.predictions import ValidPrediction
from studio.runs.run import Run

CHILD = "thumbnails"
HELD_BYTES = 96 * 2**20


class AnsweredPictures:
    """`on_pair(key, batch)` is called with two pictures: the label's and the answer's; None: it cannot be read.

    One is asked for at a time, so that what is looked at now never stands behind what was looked at before.
    """

    def __init__(self, session: Session, max_side_px: int, on_pair: Callable[[int, Batch | None], None]) -> None:
        self._session, self._max_side_px, self._on_pair = session, max_side_px, on_pair
        self._wanted: dict[int, tuple[Run, ValidPrediction]] = {}
        self._asked: tuple[int, Run, str] | None = None
        self._ticket: Ticket | None = None
        self._held: OrderedDict[tuple[str, str], Batch] = OrderedDict()
        session.project_changed.subscribe(lambda project: self.forget())

    def want(self, run: Run, items: Mapping[int, ValidPrediction]) -> None:
        """Bring these, in this order, instead of all that was wanted before."""
        self._wanted = {}
        for key, item in items.items():
            held = self._held.get((run.name, item.image))
            if held is not None:
                self._held.move_to_end((run.name, item.image))
                self._on_pair(key, held)
            else:
                self._wanted[key] = (run, item)
        self._ask()

    def forget(self) -> None:
        """Nothing is wanted, and nothing is held."""
        self._wanted = {}
        self._held.clear()

    def _ask(self) -> None:
        if self._ticket is not None or not self._wanted:
            return
        key, (run, item) = next(iter(self._wanted.items()))
        self._asked = asked = (key, run, item.image)
        request = ShowAnswered(
            run=str(run.folder),
            image=item.image,
            target=item.target,
            predicted=item.predicted,
            max_side_px=self._max_side_px,
        )
        self._ticket = self._session.ask(CHILD, request, lambda event: self._hear(asked, event))

    def _hear(self, asked: tuple[int, Run, str], event: Event) -> None:
        if asked is not self._asked:
            if isinstance(event, FrameWritten):
                drop_batch(event)
            return
        key, run, image = asked
        is_wanted = key in self._wanted and self._wanted[key][1].image == image
        if isinstance(event, FrameWritten):
            pair = batch_of(event, 2)
            self._hold((run.name, image), pair)
            if is_wanted:
                del self._wanted[key]
                self._on_pair(key, pair)
        elif isinstance(event, Finished | Stopped | Failed):
            self._ticket, self._asked = None, None
            if is_wanted and key in self._wanted:
                del self._wanted[key]
                self._on_pair(key, None)
            self._ask()

    def _hold(self, name: tuple[str, str], pair: Batch) -> None:
        self._held[name] = pair
        while sum(each.pixels.nbytes for each in self._held.values()) > HELD_BYTES and len(self._held) > 1:
            self._held.popitem(last=False)
