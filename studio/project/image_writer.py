"""The picture list is written beside the work of the window: very many pictures take a second or two."""

import itertools
import threading
import time
from contextlib import closing
from pathlib import Path

from studio.project.changes import Changes
from studio.project.database import Database
from studio.project.image_list import ImageList
from studio.project.images import Images

PAUSE_S = 0.005  # after each portion, in which an edit that waits gets its turn


class ImageWriter:
    """Writes over a connection of its own, for any thread; edits of the project get their turn between two portions."""

    def __init__(self, database: Database, project_folder: Path) -> None:
        self._database, self._project_folder = database, project_folder
        self._numbers = itertools.count(1)
        self._newest: int | None = 0  # None: the project is closed
        self._alone = threading.Lock()

    def take(self, root: Path, images: ImageList) -> Changes:
        """These are the project's pictures, in this order; gives what was changed.

        A later call ends an earlier one early, and so does `close`. Raises UserError when the disk is full or may not
        be written; some of the pictures may then be there.
        """
        number = next(self._numbers)
        if self._newest is not None:
            self._newest = number
        with self._alone:
            if self._newest != number:
                return Changes()
            is_changed = False
            with closing(self._database.beside()) as database:
                table = Images(database, self._project_folder)
                for _ in table.take_in_portions(root, images, lambda: self._newest == number):
                    is_changed = True
                    time.sleep(PAUSE_S)
        return Changes(images=is_changed)

    def close(self) -> None:
        """Nothing more is written from now on; a portion that is being written is ended first."""
        self._newest = None
        self._database.wait_for_turn()
