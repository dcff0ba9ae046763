"""The name of a picture's folder as its class."""

from studio.blocks.labels.parent_folder import ParentFolder
from studio.blocks.table import DataTable, Finding
from studio.work.build import Surroundings, build
from studio.work.labelers.giving import clear, give, with_corrections

_HINT = "Put the pictures of each class into a folder of its own, or label them here."


@build.register
def _parent_folder(block: ParentFolder, table: DataTable, around: Surroundings) -> list[Finding]:
    clear(table)
    # The source folder's own name is no class: pictures that lie loose in it are not labeled.
    for row in table.rows:
        folders = row.image.split("/")[:-1]
        if len(folders) >= block.level and not set(folders) & set(block.unlabeled_folders):
            give(row, folders[-block.level], "folder")
    return with_corrections([], block, table, around, "level", _HINT)
