"""A function of the user's own that labels pictures, run in a process of its own and only with consent."""

from pathlib import Path
from typing import Any

from studio.base import consent
from studio.base.targets import Numbers, Tags, Target, kind_of
from studio.base.wording import count_words
from studio.blocks.labels.python_function import PythonFunction
from studio.blocks.table import DataTable, Finding
from studio.work.build import Surroundings, absolute, build
from studio.work.labelers.bad_setting import BadSetting
from studio.work.labelers.giving import clear, give, with_corrections
from studio.work.labelers.problems import Problems
from studio.work.side.ask import SideError, ask_each

_KIND_WORDS = {"class": "a class", "tags": "tags"}
_HINT = "Let the function give a label for more pictures."


@build.register
def _python_function(block: PythonFunction, table: DataTable, around: Surroundings) -> list[Finding]:
    clear(table)
    problems = Problems("file")
    try:
        _label(block, table, around, problems)
    except BadSetting as wrong:
        return [wrong.finding]
    found = {row.target for row in table.rows if isinstance(row.target, Numbers)}
    table.number_names = _number_names(max((len(numbers.values) for numbers in found), default=0))
    told = problems.settle(table, block.skip_bad)
    return with_corrections(told, block, table, around, "function", _HINT)


def _label(block: PythonFunction, table: DataTable, around: Surroundings, problems: Problems) -> None:
    setup = _allowed(block, around)
    images = [row.image for row in table.rows]
    first: tuple[str, Target] | None = None
    try:
        answers = ask_each("studio.work.side.call_function", setup, images, block.limit_s, around, table.root)
        for row, answer in zip(table.rows, answers, strict=False):
            if "wrong" in answer:
                where = f"{Path(block.file).name}" + (f", line {answer['line']}" if answer["line"] else "")
                problems.add(row, f"{row.image}: {where}: {answer['wrong']}")
                continue
            target = as_target(answer["gave"])
            if target is None:
                continue
            first = first or (row.image, target)
            if _shape(target) != _shape(first[1]):
                problems.add(row, f"{row.image}: it gave {_words(target)}, but {_words(first[1])} for {first[0]}")
                continue
            give(row, target, "function")
    except SideError as error:
        message = f"{block.function}() of {Path(block.file).name} did not finish: {error}."
        raise BadSetting(message, "Look for an endless loop, or give it more time.", "limit_s") from error


def _allowed(block: PythonFunction, around: Surroundings) -> dict[str, str]:
    """What the process needs: the file as it was allowed, and the function. Raises BadSetting without consent."""
    if not block.file:
        raise BadSetting("No Python file is chosen.", "Choose the file that holds the function.", "file")
    path = absolute(block.file, around)
    try:
        content = path.read_bytes()
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}."
        raise BadSetting(message, "Choose the file that holds the function.", "file") from error
    if not consent.is_allowed(path, content):
        message = f"{path.name} has not been allowed to run, or has changed since."
        raise BadSetting(message, "Read it, then allow it on the Labels card.", "file")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadSetting(f"{path.name} is not a text in UTF-8.", "Save it as UTF-8.", "file") from error
    return {"file": str(path), "function": block.function, "text": text}


def as_target(gave: Any) -> Target | None:
    """A label from what the function gave: text a class, texts tags, numbers numbers; empty text and None none."""
    if gave is None or gave == "":
        return None
    if isinstance(gave, str):
        return gave
    if isinstance(gave, list):
        if any(isinstance(item, str) for item in gave) or not gave:
            return Tags(tuple(dict.fromkeys(str(item) for item in gave)))
        return Numbers(tuple(float(item) for item in gave))
    return Numbers((float(gave),))


def _shape(target: Target) -> tuple[str, int]:
    return kind_of(target), len(target.values) if isinstance(target, Numbers) else 0


def _words(target: Target) -> str:
    kind, count = _shape(target)
    return count_words(count, "number") if count else _KIND_WORDS[kind]


def _number_names(count: int) -> tuple[str, ...]:
    return ("value",) if count == 1 else tuple(f"value {number + 1}" for number in range(count))
