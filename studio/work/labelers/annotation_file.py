"""Other programs' annotation files as labels."""

import os
from pathlib import Path

from studio.base.errors import UserError
from studio.base.targets import Objects, Tags, Target
from studio.base.wording import count_words
from studio.blocks.labels.annotation_file import AnnotationFile
from studio.blocks.table import DataTable, Finding, Row
from studio.formats.annotations import Annotations, Problem
from studio.formats.detect import Found
from studio.formats.matching import Matches, PictureFinder, match_entries
from studio.formats.reading import read_annotations, what_to_read
from studio.formats.taking import Take, Taken, take, what_there_is
from studio.work.build import Surroundings, build, inside
from studio.work.labelers.annotated_sizes import SizeWH, size_findings, size_of_picture
from studio.work.labelers.classes import order_classes
from studio.work.labelers.giving import clear, give, with_class_findings
from studio.work.labelers.overlay import lay_over
from studio.work.labelers.problems import Problems, first_of

_WORDS: dict[Take, str] = {"objects": "boxes", "points": "points", "tags": "tags", "class": "classes"}


@build.register
def _annotation_file(block: AnnotationFile, table: DataTable, around: Surroundings) -> list[Finding]:
    clear(table)
    try:
        found = what_to_read(inside(table, block.path, around), block.format)
        finder = PictureFinder(
            [row.image for row in table.rows], root=_posix(Path(table.root)), beside=_posix(found.base)
        )
        annotations = _read(found, finder, table, around)
    except UserError as error:
        return [Finding("error", error.message, error.hint, "path")]
    except OSError as error:  # a path that is no path, or behind a folder that may not be entered
        message = f"{block.path[:80]} cannot be reached: {error.strerror}."
        return [Finding("error", message, "Choose the annotation file, or the folder of them.", "path")]
    about = [*annotations.entries, *(one.picture for one in annotations.problems if one.picture)]
    matches = match_entries(about, finder)
    told = _strangers(found, annotations, matches)
    there = what_there_is(annotations)
    if any(one.level == "error" for one in told):
        return told
    if block.take not in there:
        return [_nothing_to_take(found, annotations, block.take, there)]
    taken = take(annotations, block.take, skip_crowds=block.skip_crowds, skip_difficult=block.skip_difficult)
    told += _label(block, table, taken, matches)
    problems = _problems(table, annotations, taken, matches)
    told += _of_files(annotations, block.skip_bad) + problems.settle(table, block.skip_bad, _hint(found, taken))
    told += _doubts(annotations, taken, matches)
    if taken.mixed:
        several = count_words(taken.mixed, "picture shows", "pictures show")
        told.append(Finding("info", f"{several} several classes; the most frequent one counts.", "", "take"))
    told += size_findings(Path(table.root), _written_sizes(annotations, matches), found.path.name)
    if block.take == "class":
        lay_over(table, block.label_set, around.label_sets, reviewed_only=False)
    table.skeleton = annotations.skeleton if block.take == "points" else None
    order_classes(table, list(annotations.classes))
    return with_class_findings(told, table, "path", "Choose another file, or another thing to take from it.")


def _read(found: Found, finder: PictureFinder, table: DataTable, around: Surroundings) -> Annotations:
    def size_of(entry: str) -> SizeWH | None:
        image = finder.find(entry)
        return size_of_picture(Path(table.root) / image) if image is not None else None

    return read_annotations(found, size_of=size_of, on_progress=around.on_progress, should_stop=around.should_stop)


def _nothing_to_take(found: Found, annotations: Annotations, wanted: Take, there: tuple[Take, ...]) -> Finding:
    message = f"{found.path.name} ({found.format.title}) has no {_WORDS[wanted]}."
    if annotations.problems:
        message += f" {first_of([str(problem) for problem in annotations.problems])}"
    words = " or ".join(_WORDS[one] for one in there)
    hint = f"It has {words}: take these." if there else "Choose another file."
    return Finding("error", message, hint, "take" if there else "path")


def _strangers(found: Found, annotations: Annotations, matches: Matches) -> list[Finding]:
    """Entries whose picture is not in the table."""
    missing = [entry for entry in matches.without_picture if entry in annotations.entries]
    if not missing:
        return []
    total, named = len(annotations.entries), first_of(missing)
    if not matches.entry_of and not matches.unclear:
        message = f"None of the {total} entries of {found.path.name} is about a picture that is here: {named}."
        return [Finding("error", message, "Choose the folder of their pictures under Source, or another file.", "path")]
    message = f"{len(missing)} of {total} entries of {found.path.name} are about pictures that are not here: {named}."
    return [Finding("warning", message, "They are not used.", "path")]


def _label(block: AnnotationFile, table: DataTable, taken: Taken, matches: Matches) -> list[Finding]:
    """Give each row its target; tells of rows that no entry is about."""
    unclear = {image for images in matches.unclear.values() for image in images}
    nothings: dict[Take, Target] = {"objects": Objects(()), "tags": Tags(())}
    nothing = nothings.get(block.take) if block.missing_means == "nothing" else None
    without = 0
    for row in table.rows:
        entry = matches.entry_of.get(row.image)
        if entry is not None:
            target = taken.targets.get(entry)
        else:
            target = None if row.image in unclear else nothing
            without += row.image not in unclear
        if target is not None:
            give(row, target, "file")
    if not without:
        return []
    meaning = "are not labeled yet" if nothing is None else "count as showing none of the things"
    message = f"{without} of {count_words(len(table.rows), 'picture')} have no entry and {meaning}."
    return [Finding("info", message, "", "missing_means")]


def _problems(table: DataTable, annotations: Annotations, taken: Taken, matches: Matches) -> Problems:
    """What is wrong with which row. Entries without a picture do not matter here."""
    rows = {row.image: row for row in table.rows}
    row_of: dict[str, Row] = {entry: rows[image] for image, entry in matches.entry_of.items()}
    problems = Problems()
    for problem in annotations.problems:
        if not problem.is_used and problem.picture in row_of:
            problems.add(row_of[problem.picture], str(problem).removesuffix("."))
    for entry, reason in taken.several.items():
        if entry in row_of:
            problems.add(row_of[entry], f"{row_of[entry].image}: {reason}")
    for entry, images in matches.unclear.items():
        fits = " or ".join(images[:3])
        for image in images:
            problems.add(rows[image], f"the entry '{entry}' may be about {fits}, as may others" if len(images) == 1
                         else f"the entry '{entry}' may be about {fits}")  # fmt: skip
    return problems


def _hint(found: Found, taken: Taken) -> str:
    first = "Correct them"
    if taken.several:
        first = "Take the things with their boxes"
    elif found.path.is_dir():
        first = "Correct the files, choose one of them"
    return f"{first}, or switch on 'Leave out rows with problems'."


def _of_files(annotations: Annotations, skip: bool) -> list[Finding]:
    """What is wrong and belongs to no picture."""
    loose = [str(one).removesuffix(".") for one in annotations.problems if not one.picture and not one.is_used]
    if not loose:
        return []
    message = f"{count_words(len(loose), 'part')} of the annotations cannot be read: {first_of(loose)}."
    if skip:
        return [Finding("warning", message, "They are not used.", "path")]
    return [Finding("error", message, "Correct the file, or switch on 'Leave out rows with problems'.", "skip_bad")]


def _doubts(annotations: Annotations, taken: Taken, matches: Matches) -> list[Finding]:
    """What was used as it is written, though it looks wrong."""
    matched = {"", *matches.entry_of.values()}
    doubts: list[Problem] = [one for one in annotations.problems if one.is_used and one.picture in matched]
    if not doubts:
        return []
    words = first_of([str(one).removesuffix(".") for one in doubts])
    message = f"{count_words(len(doubts), 'annotation')} may be wrong: {words}."
    hint = "They are used as they are written."
    if taken.without_area:
        hint = "Boxes without area are left out; the rest is used as it is written."
    return [Finding("warning", message, hint, "path")]


def _written_sizes(annotations: Annotations, matches: Matches) -> list[tuple[str, SizeWH]]:
    sizes = (
        (image, annotations.entries[entry].size_wh)
        for image, entry in matches.entry_of.items()
        if entry in annotations.entries
    )
    return [(image, size) for image, size in sizes if size is not None]


def _posix(path: Path) -> str:
    return Path(os.path.abspath(path)).as_posix()
