"""What annotation files say about pictures, as plain records: every format is read into these."""

from dataclasses import dataclass, field

from studio.base.targets import Points, Skeleton, Thing


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a file that is not as it should be, and where.

    file: below what was read, with forward slashes. place: "line 3", "annotation 13", "" for the whole file.
    field: the column, element or key. picture: the entry that it belongs to, where known. is_used: what is written
    there was taken as it stands; else it was left out.
    """

    file: str
    place: str
    field: str
    message: str
    picture: str = ""
    is_used: bool = False

    def __str__(self) -> str:
        return f"{', '.join(part for part in (self.file, self.place, self.field) if part)}: {self.message}"


@dataclass(frozen=True, slots=True)
class Entry:
    """What is said about one picture.

    things: nothing was seen where there are none. points: one record for each thing that has points, in the order of
    the skeleton. flags: what is said of the picture as a whole; None where the format has no such thing.
    size_wh: width and height in pixels as the file says, which need not be true.
    """

    things: tuple[Thing, ...] = ()
    points: tuple[Points, ...] = ()
    flags: tuple[str, ...] | None = None
    size_wh: tuple[int, int] | None = None


@dataclass(frozen=True)
class Annotations:
    """All entries by the path of their picture, as written, below what was read; forward slashes.

    Where a format names no picture (YOLO), the path is the one that goes with the text file, without its ending.
    classes: in the order of the file, with those that never occur. format: its name, "coco" for example.
    """

    format: str
    entries: dict[str, Entry]
    classes: tuple[str, ...] = ()
    skeleton: Skeleton | None = None
    problems: tuple[Problem, ...] = field(default=())
