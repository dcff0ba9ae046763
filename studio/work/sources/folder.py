"""A folder at work: its pictures become rows, its broken files are told."""

from studio.base.errors import UserError
from studio.base.wording import count_words
from studio.blocks.source.folder import Folder
from studio.blocks.table import DataTable, Finding, LeftOut, Row
from studio.work.build import Surroundings, absolute, build
from studio.work.scan import find_broken, find_pictures


@build.register
def _folder(block: Folder, table: DataTable, around: Surroundings) -> list[Finding]:
    root = absolute(block.path, around)
    table.root = str(root)
    try:
        images, left_out = find_pictures(root, block)
    except UserError as error:
        return [Finding("error", error.message, error.hint, "path")]
    broken = find_broken(root, images, around.on_progress, around.should_stop)
    is_broken = {item.image for item in broken}
    table.rows = [Row(image) for image in images if image not in is_broken]
    table.left_out = left_out + broken
    findings: list[Finding] = []
    if not table.rows:
        hint = "Choose another folder; pictures are files such as .jpg, .png or .tif."
        findings.append(Finding("error", f"No pictures were found in {root}.", hint, "path"))
    if table.left_out:
        first = table.left_out[0]
        message = f"{count_words(len(table.left_out), 'file')} cannot be used. {_named(first)}"
        findings.append(Finding("warning", message, "The list on this card names each file and its reason."))
    return findings


def _named(item: LeftOut) -> str:
    return item.reason if item.image in item.reason else f"{item.image}: {item.reason}"
