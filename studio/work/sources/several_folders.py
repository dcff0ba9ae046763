"""Several folders at work: one table whose root is the folder around them all."""

import os
from pathlib import Path

from studio.base.errors import UserError
from studio.blocks.source.several_folders import SeveralFolders
from studio.blocks.table import DataTable, Finding, LeftOut
from studio.work.build import Surroundings, absolute, build
from studio.work.scan import find_pictures
from studio.work.sources.found import nothing_found, take_found


@build.register
def _several_folders(block: SeveralFolders, table: DataTable, around: Surroundings) -> list[Finding]:
    folders = [Path(os.path.normpath(absolute(path, around))) for path in block.paths if path.strip()]
    if not folders:
        return [Finding("error", "No folder is chosen.", "Write the folders here, one a line.", "paths")]
    try:
        root = Path(os.path.commonpath(folders))
    except ValueError:  # drives of Windows
        message = "The folders lie on different drives, so that no folder holds them all."
        return [Finding("error", message, "Copy them to one drive.", "paths")]
    table.root = str(root)
    images: dict[str, None] = {}  # in order, each once: one folder may lie in another
    left_out: list[LeftOut] = []
    for folder in folders:
        try:
            found, unusable = find_pictures(folder, block)
        except UserError as error:
            return [Finding("error", error.message, error.hint, "paths")]
        below = folder.relative_to(root).as_posix()
        prefix = "" if below == "." else below + "/"
        images.update(dict.fromkeys(prefix + image for image in found))
        left_out += [LeftOut(prefix + item.image, item.reason) for item in unusable]
    findings = take_found(table, root, list(images), left_out, around)
    return findings if table.rows else [nothing_found("these folders", "paths"), *findings]
