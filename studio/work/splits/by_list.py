"""Parts by text files that list pictures."""

from studio.base.errors import UserError
from studio.base.wording import count_words
from studio.blocks.split.by_list import SplitByList
from studio.blocks.table import DataTable, Finding, Part
from studio.work.build import Surroundings, build, inside
from studio.work.labelers.bad_setting import BadSetting
from studio.work.splits.name_list import find_listed, read_names
from studio.work.splits.parts import SHOWN, part_findings, set_parts


@build.register
def _split_by_list(block: SplitByList, table: DataTable, around: Surroundings) -> list[Finding]:
    findings: list[Finding] = []
    try:
        valid = _listed(block.file, "file", table, around, findings)
        test = _listed(block.test_file, "test_file", table, around, findings) if block.test_file else set()
    except BadSetting as bad:
        return [bad.finding]
    both = valid & test
    if both:
        message = f"{count_words(len(both), 'picture')} in both lists, the first is '{min(both)}': they only test."
        findings.append(Finding("warning", message, "Take them out of one of the lists.", "test_file"))
    part_of: dict[str, Part] = dict.fromkeys(valid, "valid")
    part_of |= dict.fromkeys(test, "test")
    set_parts(table, [part_of.get(row.image, "train") for row in table.rows])
    return findings + part_findings(table, "file", "Choose another list.", "test_file" if block.test_file else "")


def _listed(file: str, setting: str, table: DataTable, around: Surroundings, findings: list[Finding]) -> set[str]:
    """The pictures of a list. Raises BadSetting when it cannot be read or names none of them."""
    path = inside(table, file, around)
    try:
        names = read_names(path)
    except UserError as error:
        hint = "Choose a text file with one name a line."
        raise BadSetting(error.message.replace("not a table", "not a list"), hint, setting) from error
    listed = find_listed(names, [row.image for row in table.rows])
    if not listed.images:
        example = f", line {names[0][0]} is '{names[0][1][:80]}'" if names else ": it is empty"
        raise BadSetting(f"{path.name} names none of the pictures{example}.", "Choose another list.", setting)
    if listed.strangers:
        message = (
            f"{path.name}: no picture for {count_words(len(listed.strangers), 'line')} ({_lines(listed.strangers)})."
        )
        findings.append(Finding("warning", message, "Those lines are not used.", setting))
    if listed.doubtful:
        count = count_words(len(listed.doubtful), "line")
        message = f"{path.name}: more than one picture for {count} ({_lines(listed.doubtful)}): all of them are taken."
        findings.append(Finding("warning", message, "Write the folder before the name.", setting))
    return listed.images


def _lines(lines: list[tuple[int, str]]) -> str:
    more = f" and {len(lines) - SHOWN} more" if len(lines) > SHOWN else ""
    return ", ".join(f"line {number}, '{name[:80]}'" for number, name in lines[:SHOWN]) + more
