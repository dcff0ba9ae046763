"""A mask beside each picture, found by a rule for its name; every mask is looked at once."""

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.base.targets import MaskFile
from studio.blocks.labels.mask_files import LARGEST_VALUE, MaskFiles
from studio.blocks.table import DataTable, Finding, Row
from studio.imaging.decode import read_header
from studio.work.build import Surroundings, build
from studio.work.labelers.bad_setting import BadSetting
from studio.work.labelers.giving import clear, give, with_class_findings
from studio.work.labelers.mask_values import Meaning, given_names, meaning_of
from studio.work.labelers.problems import Problems
from studio.work.labelers.template_files import missing_findings, paths_beside
from studio.work.survey.masks import survey_masks
from studio.work.survey.records import SEEN, STAMP, Memory, Records, look_at_files

_SIZE = [*STAMP, ("width_px", np.int32), ("height_px", np.int32)]
_SHOWN_VALUES = 5
_HINT = "Name every value, or say under Values which number stands for which class."


@build.register
def _mask_files(block: MaskFiles, table: DataTable, around: Surroundings) -> list[Finding]:
    clear(table)
    try:
        names = given_names(block, table, around)
    except BadSetting as wrong:
        return [wrong.finding]
    told = _find(block.template, table)
    problems = Problems()
    rows, masks = _survey(table, around, problems)
    if around.should_stop():
        return told
    held_nv = np.unpackbits(masks["values"], axis=1).astype(bool)  # (masks, 256): which values each holds
    try:
        meaning = meaning_of(block, names, held_nv[[row not in problems for row in rows]])
    except BadSetting as wrong:
        return [*told, *problems.settle(table, block.skip_bad), wrong.finding]
    _name_values(rows, held_nv, meaning, problems)
    table.classes = list(meaning.classes)
    told += [*meaning.findings, *problems.settle(table, block.skip_bad, _HINT)]
    return with_class_findings(told, table, "template", "Check the rule for the name of the masks.")


def _find(template: str, table: DataTable) -> list[Finding]:
    """Give each row its mask where there is one, and tell of those without."""
    missing = []
    for row, path in paths_beside(template, table):
        if path and os.path.isfile(os.path.join(table.root, path)):
            give(row, MaskFile(path), "file")
        else:
            missing.append(path or f"{row.image} has no mask by this rule")
    return missing_findings(missing, len(table.rows))


def _survey(table: DataTable, around: Surroundings, problems: Problems) -> tuple[list[Row], Records]:
    """The rows with a mask and what was seen of it; masks that cannot be used are problems of their rows."""
    places, masks, reasons = survey_masks(table, around.on_progress, around.should_stop)
    rows = [table.rows[place] for place in places]
    images = [row.image for row in rows]
    sizes, _ = look_at_files(
        Path(table.root), images, Memory(Path(table.root), "sizes-1", _SIZE), _measure, lambda d, t: None,
        around.should_stop,
    )  # fmt: skip
    by_row = {id(table.rows[place]): reason for place, reason in reasons.items()}
    for row, mask, size in zip(rows, masks, sizes, strict=True):
        wrong = by_row.get(id(row)) or _misfit(row, mask, size)
        if wrong:
            problems.add(row, wrong.removesuffix("."))
    return rows, masks


def _measure(path: Path, size: Any) -> None:
    header = read_header(path)
    size["width_px"], size["height_px"] = header.width_px, header.height_px


def _misfit(row: Row, mask: Any, size: Any) -> str:
    """Why a mask that can be read does not fit its picture; "" where it does. A picture that cannot be read says
    nothing."""
    if mask["state"] != SEEN or size["state"] != SEEN:
        return ""
    path = _path(row)
    if mask["largest"] > LARGEST_VALUE:
        return f"{path} holds values up to {mask['largest']}; classes are numbers from 0 to {LARGEST_VALUE}"
    if (mask["width_px"], mask["height_px"]) == (size["width_px"], size["height_px"]):
        return ""
    mask_words, picture_words = (f"{item['width_px']} x {item['height_px']} pixels" for item in (mask, size))
    return f"{path} has {mask_words}, but its picture {row.image} has {picture_words}"


def _name_values(rows: list[Row], held_nv: NDArray[np.bool_], meaning: Meaning, problems: Problems) -> None:
    """Say in each label what its values mean; a value without a name is a problem."""
    named_v = np.zeros(held_nv.shape[1], dtype=bool)
    named_v[list(meaning.values or range(len(meaning.classes)))] = True
    for row, held_v in zip(rows, held_nv, strict=True):
        unnamed = np.flatnonzero(held_v & ~named_v)
        if len(unnamed) and row not in problems:
            shown = ", ".join(str(value) for value in unnamed[:_SHOWN_VALUES])
            more = f" and {len(unnamed) - _SHOWN_VALUES} more" if len(unnamed) > _SHOWN_VALUES else ""
            noun = "value" if len(unnamed) == 1 else "values"
            problems.add(row, f"{_path(row)} holds the {noun} {shown}{more} without a name")
        elif meaning.values:
            give(row, MaskFile(_path(row), meaning.values), "file")


def _path(row: Row) -> str:
    assert isinstance(row.target, MaskFile)
    return row.target.path
