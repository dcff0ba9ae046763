"""Numbers, counts and times in words, as the window, the command line and the reports write them."""

import math

THIN_SPACE = "\u2009"
_UNITS = ("kB", "MB", "GB")
_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86400


def whole_words(number: int) -> str:
    """A whole number in groups of three: 1200 gives "1 200" with a thin space."""
    return f"{number:,}".replace(",", THIN_SPACE)


def plural(noun: str) -> str:
    """The regular English plural of a noun: picture, class, category give pictures, classes, categories."""
    if noun in _UNITS:
        return noun
    if noun.endswith(("s", "x", "ch", "sh")):
        return noun + "es"
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + "s"


def count_words(count: int, noun: str, many: str = "") -> str:
    """A count with its noun: "1 picture", "1 200 pictures"; `many` is the plural where it is not regular."""
    return f"{whole_words(count)} {noun if count == 1 else many or plural(noun)}"


def number_words(number: float | None, digits: int = 3) -> str:
    """A number with `digits` significant digits; whole ones and digits before the point are never cut.

    0.98765 gives "0.988", 12345.6 "12 346", 0.0000123 "1.23e-5"; None gives "", not a number gives "–".
    """
    if number is None:
        return ""
    if isinstance(number, int):
        return whole_words(number)
    if math.isnan(number):
        return "–"
    if math.isinf(number):
        return "∞" if number > 0 else "−∞"
    if number != 0 and abs(number) < 1e-4:
        mantissa, exponent = f"{number:.{digits - 1}e}".split("e")
        return f"{mantissa.rstrip('0').rstrip('.') if '.' in mantissa else mantissa}e{int(exponent)}"
    # Rounded first, so that 0.99996 counts as 1.00 and not as a number below one.
    rounded = float(f"{number:.{digits - 1}e}")
    before_point = math.floor(math.log10(abs(rounded))) + 1 if rounded else 1
    text = f"{number:,.{max(0, digits - before_point)}f}"
    return text.replace(",", THIN_SPACE)


def percent_words(share: float) -> str:
    """A share from 0 to 1 in per cent: 0.9375 gives "93.8 %"; never 100 % or 0 % unless it is all or nothing."""
    if 0 < share < 1:
        share = min(max(share, 0.001), 0.999)
    return f"{100 * share:.1f}".removesuffix(".0") + " %"


def duration_words(seconds: float) -> str:
    """A time in the two largest units that matter: "0.4 s", "25 s", "2 min 10 s", "3 h 5 min", "2 d 4 h"."""
    if seconds < 1:
        return "0 s" if seconds < 0.05 else f"{min(seconds, 0.9):.1f} s"
    whole = round(seconds)
    for unit_s, unit, part_s, part in (
        (_DAY_S, "d", _HOUR_S, "h"), (_HOUR_S, "h", _MINUTE_S, "min"), (_MINUTE_S, "min", 1, "s"),
    ):  # fmt: skip
        if whole >= unit_s:
            rest = whole % unit_s // part_s
            return f"{whole_words(whole // unit_s)} {unit}" + (f" {rest} {part}" if rest else "")
    return f"{whole} s"


def rate_words(per_second: float, noun: str) -> str:
    """How fast something goes: "34.2 pictures a second"; slow things are told by the minute."""
    if per_second >= 1:
        return f"{number_words(float(per_second))} {plural(noun)} a second"
    return f"{number_words(60.0 * per_second)} {plural(noun)} a minute"
