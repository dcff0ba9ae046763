"""The other end of `ask`: hears one question, gives one line of JSON for each picture. Standard library only."""

import faulthandler
import json
import os
import sys
from collections.abc import Callable
from typing import Any


def answer_each(prepare: Callable[[dict[str, Any]], Callable[[str], Any]]) -> None:
    """Prepare with what was set up, then answer for each picture."""
    # What is printed must not get between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    question = json.loads(sys.stdin.buffer.readline())
    # Ends this process though whoever asked is gone, and whatever holds the interpreter.
    faulthandler.dump_traceback_later(question["limit_s"], exit=True)
    answer = prepare(question["setup"])
    for image in question["images"]:
        answers.write(json.dumps(answer(image)) + "\n")
        answers.flush()
