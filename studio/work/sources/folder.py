"""A folder at work: its pictures become rows, its broken files are told."""

from studio.base.errors import UserError
from studio.blocks.source.folder import Folder
from studio.blocks.table import DataTable, Finding
from studio.work.build import Surroundings, absolute, build
from studio.work.scan import find_pictures
from studio.work.sources.found import nothing_found, take_found


@build.register
def _folder(block: Folder, table: DataTable, around: Surroundings) -> list[Finding]:
    root = absolute(block.path, around)
    table.root = str(root)
    try:
        images, left_out = find_pictures(root, block)
    except UserError as error:
        return [Finding("error", error.message, error.hint, "path")]
    findings = take_found(table, root, images, left_out, around)
    return findings if table.rows else [nothing_found(str(root), "path"), *findings]
