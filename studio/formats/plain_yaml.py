"""The little of YAML that lists of class names are written in.

Read are the sections that are asked for, each a text, a list or a table, over lines ("- a", "0: a") or in brackets
("[a, b]", "{0: a}"). Everything else in the file is passed over.
"""

import re

from studio.formats.values import UnusableError

Value = str | list["Value"] | dict[str, "Value"]

MOST_LEVELS = 8
_SECTION = re.compile(r"(?P<key>[\w.-]+|'[^']*'|\"[^\"]*\")\s*:(?P<rest>\s.*|)$")
_PIECE = re.compile(
    r"\s*(?P<piece>'(?:[^']|'')*'|\"(?:[^\"\\]|\\.)*\"|[\[\]{},]|:(?=\s|$)|(?:[^\[\]{},:\s]|:(?=\S)|\s(?=[^\[\]{},:\s]))+)"
)


def read_sections(text: str, names: tuple[str, ...]) -> dict[str, Value]:
    """The named sections that a text has. Raises UnusableError where one of them is not understood."""
    found: dict[str, Value] = {}
    for name, lines in _sections(text).items():
        if name in names:
            try:
                found[name] = _block(lines, 0)
            except (IndexError, ValueError) as error:
                raise UnusableError(name, f"The section '{name}' is not understood.") from error
    return found


def _sections(text: str) -> dict[str, list[str]]:
    """The lines of each section, without comments; the first one is what follows the colon."""
    sections: dict[str, list[str]] = {}
    lines: list[str] = []
    for raw in text.splitlines():
        line = _without_comment(raw)
        if not line.strip():
            continue
        start = None if line[0] in " \t-]}" else _SECTION.match(line)
        if start:
            lines = sections.setdefault(_plain(start["key"]), [])
            lines[:] = [start["rest"].strip()] if start["rest"].strip() else []
        else:
            lines.append(line)
    return sections


def _without_comment(line: str) -> str:
    quote = ""
    for place, sign in enumerate(line):
        if sign == quote:  # two in a row end and begin a quotation: inside, they stand for one
            quote = ""
        elif not quote and sign in "'\"" and (place == 0 or line[place - 1] in " [{,:-'\""):
            quote = sign
        elif not quote and sign == "#" and (place == 0 or line[place - 1] in " \t"):
            return line[:place].rstrip()
    return line.rstrip()


def _block(lines: list[str], level: int) -> Value:
    if level > MOST_LEVELS:
        raise ValueError("nested too deeply")
    if not lines:
        return ""
    first = lines[0].strip()
    if first[0] in "[{":
        return _in_brackets(" ".join(line.strip() for line in lines), level)
    if first.startswith("- ") or first == "-":
        return [_block(item, level + 1) for _, item in _items(lines, re.compile(r"-(?P<rest>\s.*|)$"))]
    if _SECTION.match(first):
        return {_plain(key): _block(item, level + 1) for key, item in _items(lines, _SECTION)}
    return _plain(" ".join(line.strip() for line in lines))


def _items(lines: list[str], pattern: re.Pattern[str]) -> list[tuple[str, list[str]]]:
    """Parts that begin at the first line's indentation: their key and their lines."""
    indent = _indent(lines[0])
    items: list[tuple[str, list[str]]] = []
    for line in lines:
        start = pattern.match(line.strip()) if _indent(line) == indent else None
        if start:
            rest = start["rest"].strip()
            items.append((start.groupdict().get("key", ""), [rest] if rest else []))
        else:
            items[-1][1].append(line)
    return items


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _in_brackets(text: str, level: int) -> Value:
    pieces = [match["piece"] for match in _PIECE.finditer(text)]
    value, rest = _flow(pieces, 0, level)
    if rest != len(pieces):
        raise ValueError("signs after the last bracket")
    return value


def _flow(pieces: list[str], at: int, level: int) -> tuple[Value, int]:
    if level > MOST_LEVELS:
        raise ValueError("nested too deeply")
    if pieces[at] not in ("[", "{"):
        if pieces[at] in ("]", "}", ",", ":"):
            raise ValueError("a value is missing")
        return _plain(pieces[at]), at + 1
    is_list, end = pieces[at] == "[", {"[": "]", "{": "}"}[pieces[at]]
    items: list[Value] = []
    table: dict[str, Value] = {}
    at += 1
    while pieces[at] != end:
        value, at = _flow(pieces, at, level + 1)
        if is_list:
            items.append(value)
        elif pieces[at] == ":" and isinstance(value, str):
            table[value], at = _flow(pieces, at + 1, level + 1)
        else:
            raise ValueError("a colon is missing")
        if pieces[at] == ",":
            at += 1
        elif pieces[at] != end:
            raise ValueError("a comma is missing")
    return (items if is_list else table), at + 1


def _plain(text: str) -> str:
    text = text.strip()
    if len(text) >= 2 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text
