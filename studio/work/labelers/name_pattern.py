"""A regular expression that finds the class in a picture's path."""

import time

from studio.base.wording import count_words
from studio.blocks.labels.name_pattern import NamePattern
from studio.blocks.name_match import compile_pattern, find_name
from studio.blocks.pattern_cost import may_take_long
from studio.blocks.table import DataTable, Finding
from studio.work.build import Surroundings, build
from studio.work.labelers.giving import clear, give, with_corrections
from studio.work.labelers.problems import SHOWN, first_of
from studio.work.side.ask import SideError, ask_each

LIMIT_S = 20.0
_HINT = "Choose a part that all names have, or label the others on the Label page."


@build.register
def _name_pattern(block: NamePattern, table: DataTable, around: Surroundings) -> list[Finding]:
    clear(table)
    try:
        compile_pattern(block.pattern)
    except ValueError as error:
        return [Finding("error", str(error), "Correct the expression at that place.", "pattern")]
    images = [row.image for row in table.rows]
    try:
        names = _guarded(block, images, around) if may_take_long(block.pattern) else _plain(block, images, around)
    except SideError as error:
        hint = "Simplify it: avoid repeats inside of repeats, such as (a+)+."
        return [Finding("error", f"The expression took too long: {error}.", hint, "pattern")]
    for row, name in zip(table.rows, names, strict=False):
        if name:
            give(row, name, "name")
    unmatched = [row.image for row in table.rows if row.by_rule is None]
    told: list[Finding] = []
    if unmatched and len(unmatched) < len(table.rows):
        named = first_of(unmatched[:SHOWN], len(unmatched))
        count = count_words(len(unmatched), "picture does not", "pictures do not")
        told.append(Finding("warning", f"{count} match and are not labeled: {named}.", _HINT, "pattern"))
    return with_corrections(told, block, table, around, "pattern", _HINT)


def _plain(block: NamePattern, images: list[str], around: Surroundings) -> list[str]:
    """The class of each picture, "" for none. Raises SideError when all together take too long."""
    compiled = compile_pattern(block.pattern)
    end = time.monotonic() + LIMIT_S
    names: list[str] = []
    for number, image in enumerate(images):
        found = find_name(compiled, image, block.search)
        names.append(image[slice(*found.group_span)] if found else "")
        if number % 64 == 0:
            if around.should_stop():
                break
            if time.monotonic() > end:
                raise SideError(f"it was at {image} after {LIMIT_S:.0f} s")
    return names


def _guarded(block: NamePattern, images: list[str], around: Surroundings) -> list[str]:
    """The same in a process that can be ended in the middle of a single name."""
    setup = {"pattern": block.pattern, "search": block.search}
    answers = ask_each("studio.work.side.find_names", setup, images, LIMIT_S, around)
    return [str(answer) for answer in answers]
