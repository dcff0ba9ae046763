"""Whether a regular expression might not come to an end, read from its text."""

import re

_LONGEST_REPEAT = 8  # a repeat of at most so many is taken as bounded
_OPEN_REPEATS = 5  # so many parts of any length one after another still end soon on a path
_TOKEN = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?:\?(?:P?<[^>=!]*>|<?[=!:]|[a-zA-Z-]+:?|P=\w+))?|[*+?]|\{\d*,?\d*\}|.",
    re.DOTALL,
)


def may_take_long(pattern: str) -> bool:
    """Whether an expression might try an exploding number of ways on a name that it does not match.

    True for a repeat of something that has a repeat or a choice inside, such as `(a+)+` or `(a|aa)*`, and for many
    open repeats in one expression. Some of these are harmless: True means "only with a time limit".
    """
    open_groups = [False]  # for each bracket that is open: whether a repeat or a choice stands in it
    last_part = False  # the same for the part that a repeat sign would repeat
    repeats = 0
    for token in _tokens(pattern):
        if token == "(":
            open_groups.append(False)
            last_part = False
        elif token == ")":
            last_part = open_groups.pop() if len(open_groups) > 1 else False
            open_groups[-1] |= last_part
        elif token == "|":
            open_groups[-1] = True
            last_part = False
        elif _is_repeat(token):
            if _is_open(token):
                repeats += 1
                if last_part:
                    return True
            open_groups[-1] = True
        else:
            last_part = False
    return repeats > _OPEN_REPEATS


def _tokens(pattern: str) -> list[str]:
    """The signs of an expression: escapes and character classes whole, brackets without what makes them special."""
    return ["(" if token[0] == "(" else token for token in _TOKEN.findall(pattern)]


def _is_repeat(token: str) -> bool:
    return token in ("*", "+", "?") or (token[0] == "{" and len(token) > 2)


def _is_open(token: str) -> bool:
    if token[0] != "{":
        return token != "?"
    least, comma, most = token[1:-1].partition(",")
    highest = most if comma else least
    return not highest or int(highest) > _LONGEST_REPEAT
