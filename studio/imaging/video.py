"""Reading videos picture by picture, through OpenCV's own copy of FFmpeg."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.imaging.decode import open_binary
from studio.imaging.opencv import opencv
from studio.imaging.refusal import not_reachable, refuse

VIDEO_SUFFIXES = frozenset(
    (
        ".mp4",
        ".m4v",
        ".mov",
        ".avi",
        ".mkv",
        ".webm",
        ".mpg",
        ".mpeg",
        ".wmv",
        ".flv",
        ".ts",
        ".mts",
        ".m2ts",
        ".3gp",
        ".ogv",
    )
)
_OTHER_PROGRAM = "Convert it to .mp4 (H.264) with another program."
_BEGINNING_BYTES = 4096
# Texts that only name other files or addresses: FFmpeg would follow them.
_PLAYLISTS = (b"#extm3u", b"ffconcat", b"[playlist]", b"<?xml", b"<asx", b"<smil", b"v=0")
_PICTURES = (b"GIF8", b"\x89PNG", b"\xff\xd8\xff", b"BM", b"II*\x00", b"MM\x00*")


class FrameReader:
    """A video that is open: `frames` gives its pictures. Made by `open_video`."""

    def __init__(self, path: Path, capture: Any) -> None:
        cv2 = opencv()
        self.path = path
        self._capture = capture
        self.claimed_frames = max(
            0, int(capture.get(cv2.CAP_PROP_FRAME_COUNT))
        )  # what the file says; often about right

    def numbers(self) -> Iterator[int]:
        """0, 1, 2 … up to the last picture that can be read; `picture` gives the one whose number came last."""
        number = 0
        while self._capture.grab():
            yield number
            number += 1

    def picture(self) -> NDArray[np.uint8] | None:
        """The picture of the number that came last, (height, width, 3) uint8 RGB, upright; None where it is broken.

        Decoded here: numbers whose picture nobody asks for cost less.
        """
        cv2 = opencv()
        is_there, image_bgr = self._capture.retrieve()
        if not is_there or image_bgr is None:
            return None
        converted: NDArray[np.uint8] = cv2.cvtColor(image_bgr, cv2.COLOR_BGR2RGB)
        return converted


@contextmanager
def open_video(path: Path) -> Iterator[FrameReader]:
    """The video for reading. Raises UserError when the file is gone, no video, or of a kind that is not read."""
    _refuse_others(path)
    cv2 = opencv()
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    try:
        if not capture.isOpened():
            raise refuse(
                path, "cannot be read as a video: it is damaged, or stored in a way not known here", _OTHER_PROGRAM
            )
        capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)  # telephones store how they were held
        yield FrameReader(path, capture)
    finally:
        capture.release()


def _refuse_others(path: Path) -> None:
    if path.is_dir():
        raise refuse(path, "is a folder, not a video", "Choose the videos inside it.")
    try:
        with open_binary(path) as file:
            beginning = file.read(_BEGINNING_BYTES)
    except (OSError, ValueError) as error:
        raise not_reachable(path, error) from error
    if not beginning:
        raise refuse(path, "is empty (0 bytes)", "Copy it again from where it came from.")
    if beginning.startswith(_PICTURES):
        raise refuse(path, "is a picture, not a video", "Choose the block 'Folder' for pictures.")
    text = beginning.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith(_PLAYLISTS) or b"\0" not in beginning:
        raise refuse(path, "holds no video but text", "Choose the video itself.")


def is_video_name(name: str) -> bool:
    """Whether a file is taken for a video by its ending."""
    return Path(name).suffix.lower() in VIDEO_SUFFIXES
