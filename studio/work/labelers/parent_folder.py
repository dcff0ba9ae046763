"""The name of a picture's folder as its class."""

from studio.blocks.labels.parent_folder import ParentFolder
from studio.blocks.table import DataTable, Finding
from studio.work.build import Surroundings, build
from studio.work.labelers.classes import class_findings, order_classes
from studio.work.labelers.overlay import lay_over


@build.register
def _parent_folder(block: ParentFolder, table: DataTable, around: Surroundings) -> list[Finding]:
    # The source folder's own name is no class: pictures that lie loose in it are not labeled.
    for row in table.rows:
        folders = row.image.split("/")[:-1]
        is_inside = len(folders) >= block.level and not set(folders) & set(block.unlabeled_folders)
        row.by_rule = folders[-block.level] if is_inside else None
        row.target = row.by_rule
        row.labeled_by = "folder" if row.target else ""
    lay_over(table, block.label_set, around.label_sets, reviewed_only=False)
    order_classes(table, [])
    return class_findings(
        table, "level", "Put the pictures of each class into a folder of its own, or label them here."
    )
