"""Numbers as people and programs write them in tables."""

import math
import re
from collections.abc import Iterable
from typing import Literal

Comma = Literal["unknown", "decimal", "thousands"]

_SPACES = dict.fromkeys(map(ord, "\u00a0\u202f\u2009"))  # between groups of three
_DECIMAL_COMMA = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d*),\d+([eE][+-]?\d+)?", re.ASCII)
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?", re.ASCII)


def read_number(text: str, comma: Comma = "unknown") -> float | None:
    """The finite number in a text, or None: "3.5", "-1e-3", "3,5", "1.234,5", "1,234.5".

    A comma with three digits behind it ("1,234") may stand before decimals or between thousands: no number unless
    `comma` says which. "0,123" and "1,2345" can only be decimals, "1,234,567" and "1,234.5" only thousands.
    """
    text = text.strip().translate(_SPACES)
    if "," in text:
        return _with_comma(text, comma)
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and "_" not in text else None


def uses_decimal_comma(texts: Iterable[str]) -> bool:
    """Whether some of the texts can be numbers only with a comma before the decimals."""
    return any("," in text and _is_only_decimal(text.strip().translate(_SPACES)) for text in texts)


def _is_only_decimal(text: str) -> bool:
    return _DECIMAL_COMMA.fullmatch(text) is not None and _GROUPED.fullmatch(text) is None


def _with_comma(text: str, comma: Comma) -> float | None:
    may_be_decimal = _DECIMAL_COMMA.fullmatch(text) is not None
    may_be_grouped = _GROUPED.fullmatch(text) is not None
    if may_be_decimal and (comma == "decimal" or (comma == "unknown" and not may_be_grouped)):
        return float(text.replace(".", "").replace(",", "."))
    if may_be_grouped and (comma == "thousands" or (comma == "unknown" and not may_be_decimal)):
        return float(text.replace(",", ""))
    return None
