"""The camera pictures of a project as a source."""

from studio.base.errors import UserError
from studio.blocks.source.folder import Folder
from studio.blocks.source.grabs import Grabs
from studio.blocks.table import DataTable, Finding
from studio.project.layout import grabs_folder
from studio.work.build import Surroundings, build
from studio.work.scan import find_pictures
from studio.work.sources.found import take_found


@build.register
def _grabs(block: Grabs, table: DataTable, around: Surroundings) -> list[Finding]:
    if around.project_folder is None:
        message = "Camera pictures belong to a project, and none is open."
        return [Finding("error", message, "Open a project, or choose another source.")]
    root = grabs_folder(around.project_folder).absolute()
    table.root = str(root)
    try:
        root.mkdir(exist_ok=True)
        images, left_out = find_pictures(root, Folder(path=str(root)))
    except OSError as error:
        return [Finding("error", f"The folder {root} cannot be made: {error.strerror}.", "Check its permissions.")]
    except UserError as error:
        return [Finding("error", error.message, error.hint)]
    findings = take_found(table, root, images, left_out, around)
    if not table.rows:
        hint = "Take some on the Live page: each becomes a row here."
        return [Finding("error", "There are no pictures from the camera yet.", hint), *findings]
    return findings
