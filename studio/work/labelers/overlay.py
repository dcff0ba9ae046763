"""People's labels over what a rule says."""

from studio.base.errors import UserError
from studio.blocks.table import DataTable, LabelSets


def lay_over(table: DataTable, label_set: str, label_sets: LabelSets, reviewed_only: bool) -> None:
    """Let the labels of a label set win over what the rule said."""
    try:
        given = label_sets.class_labels(label_set)
    except UserError:
        return  # no such set yet: nobody has corrected anything
    for row in table.rows:
        label = given.get(row.image)
        if label is not None and (label.reviewed or not reviewed_only):
            row.target, row.labeled_by = label.class_name, label.given_by
