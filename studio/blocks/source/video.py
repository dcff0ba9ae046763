"""Videos, taken apart into pictures."""

from pathlib import Path
from typing import ClassVar, Literal

from studio.base.wording import count_words
from studio.blocks.block import Block, Step, setting


class Video(Block):
    """Takes pictures out of videos, once, into a folder of the project. All pictures of a video are one group."""

    title: ClassVar[str] = "Video"
    step: ClassVar[Step] = "source"
    icon: ClassVar[str] = "source"

    kind: Literal["videos"] = "videos"
    paths: tuple[str, ...] = setting(
        (), title="Videos", help="Video files, or folders that hold videos, one a line; for example .mp4, .avi or .mov."
    )
    take: Literal["every", "different"] = setting(
        "every",
        title="Which pictures",
        help="Neighbouring pictures of a video are nearly the same: a few that differ teach more than many.",
        words={"every": "At equal distances", "different": "When the picture has changed"},
    )
    every: int = setting(
        10,
        title="One of every",
        unit="pictures",
        ge=1,
        le=100_000,
        help="30 takes one picture a second from a video with 30 pictures a second.",
        shown_when=("take", "every"),
    )
    change_percent: float = setting(
        5.0,
        title="Change",
        unit="%",
        gt=0,
        le=100,
        help="How much of the picture must look different from the last one taken. Less takes more pictures.",
        shown_when=("take", "different"),
    )
    most: int = setting(
        5000,
        title="At most",
        unit="pictures a video",
        ge=1,
        le=1_000_000,
        more=True,
        help="A long video ends here, so that the disk is not filled by mistake.",
    )
    stored_as: Literal["jpeg", "png"] = setting(
        "jpeg",
        title="Stored as",
        more=True,
        help="JPEG needs about a tenth of the space; PNG keeps every pixel exactly.",
        words={"jpeg": "JPEG, quality 95", "png": "PNG, exact"},
    )

    def summary(self) -> str:
        if not self.paths:
            return "No video chosen"
        names = ", ".join(Path(path).name or path for path in self.paths[:2])
        named = names if len(self.paths) <= 2 else count_words(len(self.paths), "video")
        rule = f"one of every {self.every}" if self.take == "every" else "when it has changed"
        return f"{named}, {rule}"
