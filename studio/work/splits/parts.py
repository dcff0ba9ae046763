"""The parts of a split: how rows get theirs, and what is wrong with them."""

from collections import Counter
from collections.abc import Iterable, Sequence

from studio.base.targets import class_names_in
from studio.base.wording import percent_words
from studio.blocks.table import DataTable, Finding, Part

SHOWN = 5  # so many names stand in a message
SHARE_MISSED = 0.05  # a part may be so much larger or smaller than asked before it is told


def set_parts(table: DataTable, parts: Iterable[Part]) -> None:
    """Give each row its part; rows without a label have none."""
    for row, part in zip(table.rows, parts, strict=True):
        row.part = "" if row.target is None else part


def part_findings(table: DataTable, setting: str, hint: str, test_setting: str = "") -> list[Finding]:
    """Parts without pictures, and classes that one of the parts lacks.

    setting: the one to look at. test_setting: the one that asks for a test part, where one is asked for.
    """
    labeled = [row for row in table.rows if row.target is not None]
    if not labeled:
        return []
    for part, words in (("train", "to train on"), ("valid", "to check the model on")):
        if not any(row.part == part for row in labeled):
            return [Finding("error", f"No labeled picture is left {words}.", hint, setting)]
    findings = _class_findings(table, setting, hint)
    if test_setting and not any(row.part == "test" for row in labeled):
        findings.append(Finding("warning", "No labeled picture is in the test part.", hint, test_setting))
    return findings


def share_findings(table: DataTable, asked: float, setting: str) -> list[Finding]:
    """Whether what checks is far from the share that was asked for (0 to 1), because groups stay whole."""
    counts = Counter(row.part for row in table.rows if row.target is not None)
    share = counts["valid"] / max(1, counts.total())
    if abs(share - asked) <= SHARE_MISSED:
        return []
    message = f"Groups stay whole: {percent_words(share)} of the labeled pictures check the model, not "
    return [Finding("info", message + f"{percent_words(asked)}.", "Another seed or share draws other groups.", setting)]


def names_words(names: Sequence[str]) -> str:
    """The first few names in quotation marks, and how many more there are."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(f"'{name}'" for name in names[:SHOWN]) + more


def _class_findings(table: DataTable, setting: str, hint: str) -> list[Finding]:
    in_part: dict[Part, set[str]] = {"train": set(), "valid": set()}
    everywhere: set[str] = set()
    for row in table.rows:
        names = set(class_names_in(row.target))
        everywhere |= names
        if row.part in in_part:
            in_part[row.part].update(names)
    used = [name for name in table.classes if name in everywhere]
    findings: list[Finding] = []
    never_trained = [name for name in used if name not in in_part["train"]]
    if never_trained:
        message = f"No training picture of {names_words(never_trained)}: the model cannot learn it."
        findings.append(Finding("warning", message, hint, setting))
    never_checked = [name for name in used if name in in_part["train"] and name not in in_part["valid"]]
    if never_checked:
        message = f"No picture of {names_words(never_checked)} to check on: nothing will say how well it is known."
        findings.append(Finding("warning", message, hint, setting))
    return findings
