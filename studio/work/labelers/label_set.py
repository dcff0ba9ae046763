"""The labels of one of the project's label sets."""

from studio.base.errors import UserError
from studio.blocks.labels.from_label_set import FromLabelSet
from studio.blocks.table import DataTable, Finding
from studio.work.build import Surroundings, build
from studio.work.labelers.classes import class_findings, order_classes
from studio.work.labelers.overlay import lay_over


@build.register
def _from_label_set(block: FromLabelSet, table: DataTable, around: Surroundings) -> list[Finding]:
    try:
        names = around.label_sets.class_names(block.label_set)
    except UserError as error:
        return [Finding("error", error.message, error.hint, "label_set")]
    for row in table.rows:
        row.target, row.labeled_by = None, ""
    lay_over(table, block.label_set, around.label_sets, block.reviewed_only)
    order_classes(table, names)
    return class_findings(table, "label_set", "Label some pictures of each class on the Label page.")
