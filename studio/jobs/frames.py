"""Pixels between processes: a file in memory where the system has one, mapped by both sides."""

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # numpy comes with the first frame: the window starts without it
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]


def frames_folder() -> Path:
    """Where frames lie: the system's memory file system, or the temporary folder where there is none."""
    shared_memory = Path("/dev/shm")
    return shared_memory if os.access(shared_memory, os.W_OK) else Path(tempfile.gettempdir())


def write_frame(pixels: "Pixels") -> str:
    """Write uint8 pixels of any shape to a new file; gives its path. The reader deletes it."""
    import numpy as np

    descriptor, path = tempfile.mkstemp(prefix="studio-frame-", dir=frames_folder())
    with os.fdopen(descriptor, "wb") as file:
        file.write(np.ascontiguousarray(pixels).data)
    return path


def take_frame(path: str, shape: tuple[int, ...]) -> "Pixels":
    """The pixels of a frame, copied out; the file is deleted."""
    import numpy as np

    pixels: Pixels = np.fromfile(path, dtype=np.uint8).reshape(shape)
    drop_frame(path)
    return pixels


def drop_frame(path: str) -> None:
    """Delete a frame that nobody wants any more."""
    Path(path).unlink(missing_ok=True)
