"""The control file: how the window, or a command, asks a detached training child for something."""

from pathlib import Path
from typing import Literal

from studio.base.files import write_atomically

Command = Literal["go", "stop"]


def ask_for(run_folder: Path, command: Command) -> None:
    """Leave a command for the run's child; it looks between two steps."""
    write_atomically(run_folder / "control", command.encode())


class Control:
    """The child's side: cheap to ask between every two steps."""

    def __init__(self, run_folder: Path) -> None:
        self._path = run_folder / "control"

    def is_stop_asked(self) -> bool:
        try:
            return self._path.read_bytes().strip() == b"stop"
        except FileNotFoundError:
            return False
