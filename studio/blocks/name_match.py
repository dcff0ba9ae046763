"""What a regular expression finds in a picture's path, for the labeler and for the window that shows it live."""

import re
from dataclasses import dataclass
from typing import Literal

from studio.blocks.pattern_cost import may_take_long

GROUP = "label"  # the group that is the class, where an expression has one of this name
Search = Literal["path", "name"]
Span = tuple[int, int]


@dataclass(frozen=True)
class NameMatch:
    """Where an expression matches in a path, and where the class stands: (first, behind last) in the whole path."""

    match_span: Span
    group_span: Span


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """The expression, ready. Raises ValueError with a sentence that names the place of what is wrong."""
    try:
        compiled = re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        place = getattr(error, "pos", None)
        reason = getattr(error, "msg", str(error))
        where = "" if place is None else f", at sign {place + 1} ('{pattern[place : place + 10]}')"
        raise ValueError(f"This is not a regular expression: {reason}{where}.") from error
    if compiled.groups == 0:
        raise ValueError("The expression has no brackets: put ( and ) around the part that is the class.")
    return compiled


def find_name(compiled: re.Pattern[str], path: str, search: Search = "path") -> NameMatch | None:
    """What the expression finds; None where it does not match, or its group took no part or is empty."""
    start = path.rfind("/") + 1 if search == "name" else 0
    match = compiled.search(path[start:])
    if match is None:
        return None
    group = match.span(GROUP if GROUP in compiled.groupindex else 1)
    if group[0] == group[1]:
        return None
    return NameMatch(_moved(match.span(), start), _moved(group, start))


def pattern_spans(pattern: str, path: str, search: Search = "path") -> NameMatch | None:
    """The same for an expression that is being typed; None also for one that might take very long.

    Raises ValueError as `compile_pattern`.
    """
    compiled = compile_pattern(pattern)
    return None if may_take_long(pattern) else find_name(compiled, path, search)


def _moved(span: Span, by: int) -> Span:
    return span[0] + by, span[1] + by
