"""The classes that the rows have: their order, and what is wrong with them."""

from collections import Counter

from studio.base.order import natural_key
from studio.base.targets import class_names_in
from studio.blocks.table import DataTable, Finding

FEW_PICTURES = 10  # fewer of a class than this and its score says little


def order_classes(table: DataTable, known: list[str]) -> None:
    """Classes in the order of the label set, then the others as people sort them: 2 before 10."""
    used = {name for row in table.rows for name in class_names_in(row.target)}
    table.classes = [name for name in known if name in used] + sorted(used - set(known), key=natural_key)


def class_findings(table: DataTable, setting: str, hint: str) -> list[Finding]:
    if not table.rows:
        return []
    counts = Counter(name for row in table.rows for name in set(class_names_in(row.target)))
    if all(row.target is None for row in table.rows):
        return [Finding("error", "No picture has a label.", hint, setting)]
    if len(counts) == 1 and all(row.target is None or isinstance(row.target, str) for row in table.rows):
        only = next(iter(counts))
        message = f"All labeled pictures have the same class, '{only}'; a model needs at least two to tell apart."
        return [Finding("error", message, hint, setting)]
    findings: list[Finding] = []
    few = [name for name, count in counts.items() if count < FEW_PICTURES]
    if few:
        findings.append(few_finding(counts, few))
    return findings


def few_finding(counts: Counter[str], few: list[str]) -> Finding:
    """The words for classes with too few pictures."""
    few = sorted(few, key=natural_key)
    names = ", ".join(f"'{name}' ({counts[name]})" for name in few[:5]) + (" and more" if len(few) > 5 else "")
    return Finding("warning", f"Few pictures of {names}.", "Add more: ten is little, fifty are better.")
