"""Whole groups for checking, named or drawn."""

from collections.abc import Iterable

from studio.blocks.split.by_group import GroupSplit
from studio.blocks.table import DataTable, Finding
from studio.work.build import Surroundings, build
from studio.work.labelers.bad_setting import BadSetting
from studio.work.splits.groups import groups_of
from studio.work.splits.parts import names_words, part_findings, set_parts, share_findings
from studio.work.splits.whole_groups import draw_parts
from studio.work.splits.words import plain_word


@build.register
def _group_split(block: GroupSplit, table: DataTable, around: Surroundings) -> list[Finding]:
    try:
        groups, findings = groups_of(block, table, around.project_folder)
        valid, missing_valid = groups_named(block.valid_groups, groups, "valid_groups")
        test, missing_test = groups_named(block.test_groups, groups, "test_groups")
    except BadSetting as bad:
        return [bad.finding]
    of_labeled = {group for group, row in zip(groups, table.rows, strict=True) if row.target is not None}
    if len(of_labeled) == 1:
        message = f"All labeled pictures are in one group ({names_words(sorted(of_labeled))}), which cannot be divided."
        hint = "Choose something else that keeps pictures together, or check on the last part of the sequence."
        return [Finding("error", message, hint, "group_by")]
    set_parts(table, draw_parts(block, table, groups, valid, test))
    findings += missing_valid + missing_test
    if not valid:
        findings += share_findings(table, block.valid_percent / 100, "valid_percent")
    wants_test = "test_groups" if block.test_groups else "test_percent" if block.test_percent else ""
    setting = "valid_groups" if valid else "group_by"
    return findings + part_findings(table, setting, "Choose other groups, or another share.", wants_test)


def groups_named(names: Iterable[str], groups: Iterable[str], setting: str) -> tuple[set[str], list[Finding]]:
    """The groups that somebody named, whole or by the last folder's name, and which names fit none.

    Raises BadSetting when names are given and none fits.
    """
    by_word: dict[str, set[str]] = {}
    for group in set(groups):
        for word in (group, group.rpartition("/")[2]):
            by_word.setdefault(plain_word(word), set()).add(group)
    wanted = [name for name in names if name.strip()]
    missing = [name for name in wanted if plain_word(name) not in by_word]
    there = names_words(sorted({group for found in by_word.values() for group in found if group}))
    if wanted and len(missing) == len(wanted):
        raise BadSetting(f"There is no group {names_words(missing)}.", f"The groups are {there}.", setting)
    found = {group for name in wanted for group in by_word.get(plain_word(name), ())}
    if missing:
        return found, [Finding("warning", f"There is no group {names_words(missing)}.", f"There are {there}.", setting)]
    return found, []
