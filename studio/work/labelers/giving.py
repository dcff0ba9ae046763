"""Giving rows their labels by a rule."""

from studio.base.targets import Target
from studio.blocks.labels.corrected import Corrected
from studio.blocks.table import DataTable, Finding, Row, Rule
from studio.work.build import Surroundings
from studio.work.labelers.classes import class_findings, order_classes
from studio.work.labelers.overlay import lay_over


def clear(table: DataTable) -> None:
    """Take back what an earlier labels block left in the table."""
    for row in table.rows:
        row.target, row.by_rule, row.labeled_by = None, None, ""
    table.classes, table.skeleton, table.number_names = [], None, ()


def give(row: Row, target: Target, rule: Rule) -> None:
    """Label a row; `rule` is the word for where the label comes from."""
    row.by_rule, row.target, row.labeled_by = target, target, rule


def with_corrections(
    told: list[Finding], block: Corrected, table: DataTable, around: Surroundings, setting: str, hint: str
) -> list[Finding]:
    """Let people's labels win over the rule's classes, and add what is wrong with the classes then."""
    lay_over(table, block.label_set, around.label_sets, reviewed_only=False)
    order_classes(table, [])
    return with_class_findings(told, table, setting, hint)


def with_class_findings(told: list[Finding], table: DataTable, setting: str, hint: str) -> list[Finding]:
    """Add what is wrong with the labels as a whole; not where an error says already why they are missing."""
    if any(finding.level == "error" for finding in told):
        return told
    return told + class_findings(table, setting, hint)
