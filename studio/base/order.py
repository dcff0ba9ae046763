"""The order in which people expect names."""

import re


def natural_key(name: str) -> list[tuple[int, int, str]]:
    """A sort key that puts 2 before 10 and takes capitals and small letters as the same."""
    parts = re.findall(r"\d+|\D+", name)
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part.casefold()) for part in parts]
