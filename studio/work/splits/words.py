"""When two values of a table, or a value and what somebody typed, are the same."""

import re

_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?")


def plain_word(text: str) -> str:
    """A value without what does not count: capitals, spaces around it, and 13.0 or 013 for 13."""
    word = text.strip().casefold()
    return f"{float(word):.12g}" if _NUMBER.fullmatch(word) else word
