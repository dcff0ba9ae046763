"""One sitting at the program: the open project, the settings, and the children that work for it."""

import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from studio.app.settings import Settings, load_settings, save_settings, with_recent
from studio.base.errors import UserError
from studio.base.listeners import Listeners
from studio.jobs.launch import Child
from studio.jobs.messages import Event, Request, ShowsPictures
from studio.project.changes import Changes
from studio.project.store import Project

log = logging.getLogger(__name__)
Deliver = Callable[[Callable[[], None]], None]
T = TypeVar("T")


@dataclass(frozen=True)
class Ticket:
    """A request under way."""

    child: Child
    number: int

    def cancel(self) -> None:
        """Nobody wants the answer any more: the child ends it early, and no further event is heard."""
        self.child.cancel(self.number)


def call_directly(function: Callable[[], None]) -> None:
    function()


def _hear_copy(came: Exception | None) -> None:
    if isinstance(came, UserError):
        log.warning("No backup was made: %s", came)  # the project may be gone again by now
    elif came is not None:
        raise came


class Session:
    """The window has one, and so has a command. `deliver` brings a child's event into the caller's thread."""

    def __init__(self, settings: Settings | None = None, deliver: Deliver = call_directly) -> None:
        self.settings = settings or load_settings()
        self.project: Project | None = None
        self.changed: Listeners[Changes] = Listeners()
        self.project_changed: Listeners[Project | None] = Listeners()
        self.channel_changed: Listeners[int] = Listeners()
        self._deliver = deliver
        self._children: dict[str, Child] = {}

    def ask(self, child: str, request: Request, on_event: Callable[[Event], None]) -> Ticket:
        """Ask the child of that name ("work", "pictures", "predict" …), starting it when needed.

        Pictures come as the settings say that they are shown.
        """
        if isinstance(request, ShowsPictures):
            request = request.model_copy(update={"channel": self.settings.channel_shown})
        worker = self._children.setdefault(child, Child())
        number = worker.send(request, lambda event: self._deliver(lambda: on_event(event)))
        return Ticket(worker, number)

    def in_background(self, function: Callable[[], T], on_done: Callable[[T | Exception], None]) -> None:
        """Run what reads files in a thread; what it gives, or raises, comes as a child's event does."""

        def work() -> None:
            try:
                came: T | Exception = function()
            except Exception as error:
                came = error
            self._deliver(lambda: on_done(came))

        threading.Thread(target=work, daemon=True, name="background").start()

    def later(self, seconds: float, function: Callable[[], None]) -> threading.Timer:
        """Call a function in the caller's thread after a pause; `cancel` of what this gives prevents it."""
        timer = threading.Timer(seconds, lambda: self._deliver(function))
        timer.daemon = True
        timer.start()
        return timer

    def open_project(self, folder: Path) -> Project:
        """Open for writing, instead of the project that is open now. Raises UserError; the old one then stays open."""
        if self.project is not None and self.project.folder == folder.absolute():
            self.project_changed.tell(self.project)
            return self.project
        holder = f"a window (process {os.getpid()})"
        project = Project.open(folder, author=self.settings.author, holder=holder, copy=False)
        self._replace_project(project)
        self.in_background(lambda: Project.make_days_copy(project.folder), _hear_copy)
        return project

    def create_project(self, folder: Path) -> Project:
        """A new, empty project, opened. Raises UserError when the folder cannot be used."""
        project = Project.create(folder, author=self.settings.author, holder=f"a window (process {os.getpid()})")
        self._replace_project(project)
        return project

    def tell(self, changes: Changes) -> None:
        """Say what an edit changed; whoever shows it reads it again."""
        self.changed.tell(changes)

    def change_settings(self, **values: object) -> None:
        self.settings = self.settings.model_copy(update=values)
        save_settings(self.settings)

    def change_author(self, author: str) -> None:
        """Put another name beside the labels that are made from now on."""
        self.change_settings(author=author)
        if self.project is not None:
            self.project.author = author

    def show_channel(self, channel: int) -> None:
        """Show this channel of pictures that have many, from now on; 0: the first three."""
        self.change_settings(channel_shown=channel)
        self.channel_changed.tell(channel)

    def close(self) -> None:
        """End the children and close the project. Training children go on."""
        for child in self._children.values():
            child.close()
        self._children.clear()
        if self.project is not None:
            self.project.close()
            self.project = None

    def _replace_project(self, project: Project) -> None:
        if self.project is not None:
            self.project.close()
        self.project = project
        self.settings = with_recent(self.settings, project.folder)
        save_settings(self.settings)
        self.project_changed.tell(project)
