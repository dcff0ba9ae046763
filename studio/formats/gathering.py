"""What was read so far: entries, classes, points and problems of one file or many."""

from collections.abc import Callable
from pathlib import PurePosixPath

from studio.base.errors import UserError
from studio.base.targets import Place, Points, Skeleton, Thing
from studio.formats.annotations import Annotations, Entry, Problem
from studio.formats.format_names import FormatName
from studio.formats.inputs import NotThisFormatError, Reading, SizeWH, SourceFile
from studio.formats.values import UnusableError

SLACK_PX = 1.0  # tools round, and some count pixels from 1: so much outside is not told


class Gathered:
    """What was read so far; a reader adds to it."""

    def __init__(self, name: FormatName) -> None:
        self._format = name
        self._entries: dict[str, Entry] = {}
        self._files: dict[str, str] = {}
        self._classes: dict[str, None] = {}
        self._problems: list[Problem] = []
        self.skeleton: Skeleton | None = None

    def name_classes(self, *names: str) -> None:
        """Classes that a file declares or uses; each keeps its first place."""
        for name in names:
            self._classes.setdefault(name)

    def add(self, picture: str, entry: Entry, file: SourceFile, place: str = "") -> None:
        """An entry. A second one for the same picture is a problem: which one counts is unclear."""
        if picture in self._entries:
            other = self._files[picture]
            where = "twice" if other == file.shown else f"already in {other}"
            self.tell(file, place, UnusableError("", f"The picture '{picture}' is named {where}."), picture)
            return
        self._entries[picture] = entry
        self._files[picture] = file.shown

    def tell(self, file: SourceFile, place: str, error: UnusableError, picture: str = "") -> None:
        """A problem because of which something was left out."""
        self._problems.append(Problem(file.shown, place, error.field, error.message, picture))

    def doubt(self, file: SourceFile, place: str, field: str, message: str, picture: str) -> None:
        """A problem of something that was taken all the same."""
        self._problems.append(Problem(file.shown, place, field, message, picture, is_used=True))

    def look_at_thing(
        self, file: SourceFile, place: str, field: str, thing: Thing, size_wh: SizeWH | None, picture: str
    ) -> None:
        """Tell of a box without area or outside the picture."""
        if thing.right_px <= thing.left_px or thing.bottom_px <= thing.top_px:
            self.doubt(file, place, field, f"The box of '{thing.class_name}' has no area.", picture)
        elif size_wh and (
            min(thing.left_px, thing.top_px) < -SLACK_PX
            or thing.right_px > size_wh[0] + SLACK_PX
            or thing.bottom_px > size_wh[1] + SLACK_PX
        ):
            message = f"The box of '{thing.class_name}' reaches outside the picture, which is {_size_words(size_wh)}."
            self.doubt(file, place, field, message, picture)

    def look_at_points(
        self, file: SourceFile, place: str, points: Points, names: tuple[str, ...], size_wh: SizeWH | None, picture: str
    ) -> None:
        """Tell of points outside the picture."""
        for name, point in zip(names, points.places, strict=True):
            if size_wh and point and _is_outside(point, size_wh):
                where = f"({point.x_px:g}, {point.y_px:g})"
                message = f"The point {where} is outside the picture, which is {_size_words(size_wh)}."
                self.doubt(file, place, name, message, picture)

    def finished(self) -> Annotations:
        """All of it, as a record."""
        return Annotations(self._format, self._entries, tuple(self._classes), self.skeleton, tuple(self._problems))


def own_picture(file: SourceFile) -> str:
    """The picture that goes with a file by its name, without an ending."""
    return file.folder + PurePosixPath(file.shown).stem


def no_picture(file: SourceFile) -> str:
    """A file that tells of many pictures goes with none."""
    return ""


def read_each(
    reading: Reading,
    gathered: Gathered,
    read_one: Callable[[SourceFile, Gathered], None],
    picture_of: Callable[[SourceFile], str] = no_picture,
) -> None:
    """Read file after file. One that breaks is a problem among many, and a UserError where it was named alone.

    Among many, files of another format are passed over. picture_of: which picture a broken file was about.
    """
    for done, path in enumerate(reading.files):
        if reading.should_stop():
            return
        shown = path.relative_to(reading.base).as_posix()
        file = SourceFile(path, shown, shown[: shown.rfind("/") + 1])
        try:
            read_one(file, gathered)
        except NotThisFormatError as error:
            if len(reading.files) == 1:
                hint = "Choose another file, or let the format be found out."
                raise UserError(f"{shown} is not what was expected: {error}.", hint) from error
        except UserError as error:
            if len(reading.files) == 1:
                raise
            message = error.message.removeprefix(f"{shown}: ").replace(str(path), "The file").replace(shown, "The file")
            gathered.tell(file, "", UnusableError("", message), picture_of(file))
        if done % 64 == 63 or done + 1 == len(reading.files):
            reading.on_progress(done + 1, len(reading.files))


def _is_outside(point: Place, size_wh: SizeWH) -> bool:
    return not (-SLACK_PX <= point.x_px <= size_wh[0] + SLACK_PX and -SLACK_PX <= point.y_px <= size_wh[1] + SLACK_PX)


def _size_words(size_wh: SizeWH) -> str:
    return f"{size_wh[0]} x {size_wh[1]} pixels"
