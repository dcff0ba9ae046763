"""In a process of its own: what a function of the user's says about each path.

Each answer is {"gave": ...}, or {"wrong": sentence without a point, "line": where in the user's file, 0 if unknown}.
"""

import math
import sys
import traceback
import types
from collections.abc import Callable
from typing import Any

from studio.work.side.answer import answer_each

_MODULE = "labels_of_the_user"
Answer = dict[str, Any]


def prepare(setup: dict[str, Any]) -> Callable[[str], Answer]:
    """Run the text of the file, and take its function. What goes wrong is the answer for every picture."""
    file, name = setup["file"], setup["function"]
    module = types.ModuleType(_MODULE)
    module.__file__ = file
    sys.modules[_MODULE] = module
    try:
        exec(compile(setup["text"], file, "exec"), module.__dict__)
        function = getattr(module, name, None)
        if not callable(function):
            raise TypeError(f"there is no function {name}()")
    except BaseException as error:
        failed = wrong(error, file)
        return lambda image: failed

    def call(image: str) -> Answer:
        try:
            return {"gave": plain(function(image))}
        except BaseException as error:
            return wrong(error, file)

    return call


def plain(value: Any) -> Any:
    """The value as JSON can carry it; numbers and arrays of NumPy as Python's own. Raises TypeError for others."""
    if isinstance(value, bool) or (value is not None and not isinstance(value, str | int | float | list | tuple)):
        if hasattr(value, "tolist") and not isinstance(value, type):
            return plain(value.tolist())
        raise TypeError(f"it gave a {type(value).__name__}; a str, a float, a list of one of them, or None is needed")
    if isinstance(value, list | tuple):
        items = [plain(item) for item in value]
        if not (all(isinstance(item, str) for item in items) or all(isinstance(item, int | float) for item in items)):
            raise TypeError("it gave a list that holds something else than texts alone or numbers alone")
        return items
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"it gave {value}, which is no number to learn from")
    return value


def wrong(error: BaseException, file: str) -> Answer:
    """An exception in words, with the line of the user's file that it came from."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    line = frames[-1].lineno if frames else getattr(error, "lineno", None) if isinstance(error, SyntaxError) else 0
    return {"wrong": f"{type(error).__name__}: {error}".rstrip(". "), "line": line or 0}


if __name__ == "__main__":
    answer_each(prepare)
