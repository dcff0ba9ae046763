"""The end of each sequence for checking."""

from collections.abc import Sequence

from studio.base.order import natural_key
from studio.base.wording import count_words
from studio.blocks.split.last_part import LastPartSplit
from studio.blocks.table import DataTable, Finding, Part
from studio.work.build import Surroundings, build
from studio.work.labelers.bad_setting import BadSetting
from studio.work.splits.groups import groups_of
from studio.work.splits.parts import part_findings, set_parts


@build.register
def _last_part_split(block: LastPartSplit, table: DataTable, around: Surroundings) -> list[Finding]:
    try:
        # Without a group rule groups_of says that each picture is its own; here it means one sequence.
        groups, findings = ([""] * len(table.rows), []) if block.group_by == "nothing" else groups_of(block, table)
    except BadSetting as bad:
        return [bad.finding]
    sequences: dict[str, list[int]] = {}
    for index, group in enumerate(groups):
        sequences.setdefault(group, []).append(index)
    parts: list[Part] = ["train"] * len(table.rows)
    short = 0
    for rows in sequences.values():
        rows.sort(key=lambda index: (natural_key(table.rows[index].image), table.rows[index].image))
        labeled = [place for place, index in enumerate(rows) if table.rows[index].target is not None]
        part_at = _divide(labeled, block)
        short += bool(labeled) and "valid" not in part_at.values()
        for place, part in part_at.items():
            parts[rows[place]] = part
    set_parts(table, parts)
    findings += part_findings(
        table, "gap" if block.gap else "valid_percent", "Choose a smaller gap, or another share.",
        "test_percent" if block.test_percent else "",
    )  # fmt: skip
    if short and short < len(sequences):
        message = f"{count_words(short, 'sequence')} too short to be divided: all their pictures train."
        findings.append(Finding("info", message, "", "gap"))
    return findings


def _divide(places: Sequence[int], block: LastPartSplit) -> dict[int, Part]:
    """The part at each place of a sequence: train, gap, validation, gap, test.

    places: of the labeled pictures, rising; a gap is so many places, labeled or not. A sequence that is too short to
    have something on both sides of a gap trains as a whole.
    """
    test_count = int(block.test_percent / 100 * len(places) + 0.5)
    valid_count = int(block.valid_percent / 100 * len(places) + 0.5)
    test = places[len(places) - test_count :]
    before_test = [place for place in places if not test or place < test[0] - block.gap]
    valid = before_test[max(0, len(before_test) - valid_count) :] if valid_count else []
    train = [place for place in before_test if not valid or place < valid[0] - block.gap]
    if not valid or not train:
        return dict.fromkeys(places, "train")
    part_of: dict[int, Part] = dict.fromkeys(places, "unused")
    return part_of | dict.fromkeys(train, "train") | dict.fromkeys(valid, "valid") | dict.fromkeys(test, "test")
