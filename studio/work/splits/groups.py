"""Which group each picture belongs to."""

import re
from pathlib import Path

from studio.base.errors import UserError
from studio.base.wording import count_words
from studio.blocks.split.grouping import Grouping
from studio.blocks.table import DataTable, Finding
from studio.work.groups_file import read_groups
from studio.work.labelers.bad_setting import BadSetting
from studio.work.splits.cells import column_cells

NO_GROUP = ""  # rows without a group: they may belong together, so they stay together


def groups_of(rule: Grouping, table: DataTable, project: Path | None = None) -> tuple[list[str], list[Finding]]:
    """The name of each row's group, and what to know about it. Raises BadSetting where the rule cannot be used."""
    images = [row.image for row in table.rows]
    match rule.group_by:
        case "folder":
            # The whole path down to the folder, so that a/images and b/images are two groups; loose pictures are one.
            return ["/".join(image.split("/")[: -rule.level]) for image in images], []
        case "column":
            groups = column_cells(table, rule.column, "column")
            return groups, _missing(groups, f"have nothing in column '{rule.column}'", "column")
        case "video":
            groups = [row.group for row in table.rows]
            if images and not any(groups):
                hint = "Choose another way, for example the folder."
                raise BadSetting("None of the pictures comes from a video.", hint, "group_by")
            return groups, _missing(groups, "come from no video", "group_by")
        case "pattern":
            groups = _by_pattern(rule.pattern, images)
            return groups, _missing(groups, "do not fit the expression", "pattern")
        case "list":
            return _by_list(project, images), []
        case _:
            return images, []


def _by_list(project: Path | None, images: list[str]) -> list[str]:
    """What the project's list says; a picture that is not in it belongs to no other."""
    if project is None:
        raise BadSetting("Without a project there is no list of look-alikes.", "Choose another way.", "group_by")
    try:
        known = read_groups(project)
    except UserError as error:
        raise BadSetting(error.message, error.hint, "group_by") from error
    return [known.get(image) or image for image in images]


def _by_pattern(pattern: str, images: list[str]) -> list[str]:
    """What the expression finds: its group called `group`, else its first group, else all of it."""
    if not pattern:
        raise BadSetting("No expression is given.", "Write a regular expression that finds the group.", "pattern")
    compiled = re.compile(pattern)
    which = "group" if "group" in compiled.groupindex else min(1, compiled.groups)
    found = [match[which] or NO_GROUP if (match := compiled.search(image)) else NO_GROUP for image in images]
    if images and not any(found):
        raise BadSetting(f"The expression '{pattern}' finds nothing in '{images[0]}'.", "Correct it.", "pattern")
    return found


def _missing(groups: list[str], why: str, setting: str) -> list[Finding]:
    count = groups.count(NO_GROUP)
    if not count or count == len(groups):
        return []
    return [Finding("warning", f"{count_words(count, 'picture')} {why}: they stay together as one group.", "", setting)]
