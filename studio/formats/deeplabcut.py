"""DeepLabCut's tables of body parts, one animal or several.

Three header rows (scorer, bodyparts, coords) or four (individuals too); the picture in the first column, or its path in
the first three. Of several animals each has points of its own, named "animal part".
Source: DeepLabCut, docs/standardDeepLabCut_UserGuide and the CSV files of its examples.
"""

import csv
from pathlib import Path

from studio.base.errors import UserError
from studio.base.targets import Place, Points, Skeleton
from studio.formats import values
from studio.formats.annotations import Entry
from studio.formats.format import Format
from studio.formats.gathering import Gathered, read_each
from studio.formats.inputs import NotThisFormatError, Reading, SourceFile
from studio.formats.sides import side_partners
from studio.formats.text_file import peek, read_text
from studio.formats.values import UnusableError

ONE_ANIMAL = "single"  # DeepLabCut's word for parts that belong to no animal


def _recognises(path: Path) -> bool:
    starts = [line.split(",")[0].strip().lower() for line in peek(path).splitlines()[:4]]
    return starts[:3] == ["scorer", "bodyparts", "coords"] or starts == ["scorer", "individuals", "bodyparts", "coords"]


def _read(reading: Reading, gathered: Gathered) -> None:
    read_each(reading, gathered, _read_one)


def _read_one(file: SourceFile, gathered: Gathered) -> None:
    rows = _rows(file)
    header: dict[str, list[str]] = {}
    while rows and "coords" not in header and rows[0][1]:
        line, cells = rows.pop(0)
        header[cells[0].strip().lower()] = [cell.strip() for cell in cells]
        if line > 4:
            break
    if not {"scorer", "bodyparts", "coords"} <= set(header):
        raise NotThisFormatError("DeepLabCut's tables begin with rows named scorer, bodyparts and coords")
    first = next((place for place, cell in enumerate(header["coords"]) if place and cell), 1)
    names, columns = _names(file, header, first)
    if gathered.skeleton is None:
        gathered.skeleton = Skeleton(names, (), side_partners(names))
    places = {name: place for place, name in enumerate(gathered.skeleton.names)}
    strange = [name for name in names if name not in places]
    if strange:
        message = f"The file that was read first has no point '{strange[0]}'."
        raise UserError(f"{file.shown}: {message}", "Read files with different points one by one.")
    for line, cells in rows:
        if any(cell.strip() for cell in cells):
            _read_row(file, gathered, f"line {line}", cells, first, [places[name] for name in names], columns)


def _rows(file: SourceFile) -> list[tuple[int, list[str]]]:
    """The cells of each line, with its number."""
    reader = csv.reader(read_text(file.path).split("\n"))
    try:
        return [(reader.line_num, cells) for cells in reader if cells]
    except csv.Error as error:
        message = f"{file.shown}, line {reader.line_num}: This is not a table of values separated by commas."
        raise UserError(message, "Export it again from the program that wrote it.") from error


def _names(file: SourceFile, header: dict[str, list[str]], first: int) -> tuple[tuple[str, ...], list[str]]:
    """The points, and of each column from `first` on what it is called for people."""
    coords, parts = header["coords"][first:], header["bodyparts"][first:]
    animals = header["individuals"][first:] if "individuals" in header else [""] * len(coords)
    columns = [
        " ".join(word for word in (animal if animal != ONE_ANIMAL else "", part) if word)
        for animal, part in zip(animals, parts, strict=False)
    ]
    is_paired = coords[0::2] == ["x"] * (len(coords) // 2) and coords[1::2] == ["y"] * (len(coords) // 2)
    if not coords or len(columns) != len(coords) or len(coords) % 2 or not is_paired or columns[0::2] != columns[1::2]:
        message = f"{file.shown}: The header does not name an x and a y column for each point."
        raise UserError(message, "Tables of predictions, with a likelihood, are not read; choose a table of labels.")
    names = tuple(columns[0::2])
    if len(set(names)) < len(names) or not all(name and name.isprintable() for name in names):
        raise UserError(f"{file.shown}: Two points have the same name, or one has none.", "Correct the header.")
    return names, [f"{column}, {coord}" for column, coord in zip(columns, coords, strict=True)]


def _read_row(
    file: SourceFile, gathered: Gathered, line: str, cells: list[str], first: int, order: list[int], columns: list[str]
) -> None:
    picture = ""
    try:
        # The path may be spread over the columns before the first point.
        written = "/".join(cell.strip() for cell in cells[:first] if cell.strip())
        picture = values.picture_path(written, "picture")
        missing = first + len(columns) - len(cells)
        if missing < 0:
            raise UnusableError("", f"The line has {len(cells)} columns; the header has {first + len(columns)}.")
        if missing and any(cell.strip() for cell in cells[first:]):
            message = f"The line has {len(cells)} of {first + len(columns)} columns; the last points count as absent."
            gathered.doubt(file, line, "", message, picture)
        points = _points(
            (cells + [""] * missing)[first:], order, columns, len(gathered.skeleton.names) if gathered.skeleton else 0
        )
    except UnusableError as error:
        gathered.tell(file, line, error, picture)
        return
    gathered.add(picture, Entry(points=(points,)), file, line)


def _points(cells: list[str], order: list[int], columns: list[str], count: int) -> Points:
    places: list[Place | None] = [None] * count
    for place, at in zip(order, range(0, len(cells), 2), strict=True):
        x, y = cells[at].strip(), cells[at + 1].strip()
        if _is_empty(x) and _is_empty(y):
            continue
        places[place] = Place(values.number(x, columns[at]), values.number(y, columns[at + 1]))
    return Points(tuple(places))


def _is_empty(cell: str) -> bool:
    return cell.lower() in ("", "nan")


DEEPLABCUT = Format("deeplabcut", (".csv",), _recognises, _read)
