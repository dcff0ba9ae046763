"""A trial of what a room found: the table is built, without opening pictures, before anything is proposed."""

from dataclasses import dataclass
from typing import TypeVar

from studio.base.errors import UserError
from studio.base.targets import Target, kind_of
from studio.blocks.block import Block
from studio.blocks.labels.annotation_file import AnnotationFile
from studio.blocks.labels.from_label_set import FromLabelSet
from studio.blocks.labels.mask_files import MaskFiles
from studio.blocks.labels.point_files import PointFiles
from studio.blocks.labels.projected_points import ProjectedPoints
from studio.blocks.recipe import AnyLabels, AnySource, AnySplit
from studio.blocks.source.folder import Folder
from studio.blocks.table import DataTable, Finding, Row
from studio.work import table as _builders  # noqa: F401  its import registers every builder
from studio.work.build import Surroundings, build
from studio.work.guess.evidence import Evidence

LEAST_KEPT = 0.3  # of the pictures, when those with problems are left out
ROWS_TRIED = 300  # where each row means a file to open

B = TypeVar("B")


@dataclass
class Trial:
    """What came of it.

    source, labels: those that work, which may be set to leave out rows with problems; `problems` says which then.
    error: why nothing works; "" where it does.  kept: the share of the pictures that are used.
    """

    source: AnySource
    labels: AnyLabels
    table: DataTable
    error: str = ""
    problems: tuple[str, ...] = ()
    kept: float = 1.0

    @property
    def targets(self) -> dict[str, Target]:
        """The labels by the absolute path of their picture."""
        return {f"{self.table.root}/{row.image}": row.target for row in self.table.rows if row.target is not None}


def try_labels(evidence: Evidence) -> Trial:
    """Build the labels of what a room found. Where that works only without some rows, those are left out."""
    first = _tried(evidence, evidence.source, evidence.labels)
    if not first.error:
        return first
    second = _tried(evidence, _tolerant(evidence.source), _tolerant(evidence.labels))
    return first if second.error or second.kept < LEAST_KEPT else second


def try_split(trial: Trial, split: AnySplit) -> str:
    """Why a split does not work for these labels; "" where it does."""
    return next(iter(_errors(_built(split, trial.table))), "")


def _tried(evidence: Evidence, source: AnySource, labels: AnyLabels) -> Trial:
    table = DataTable(root="")
    try:
        findings = _fill(table, evidence, source, labels)
        asked = len(table.rows) + len(table.left_out)
        # Without labels yet there is nothing to try; the builder would say only that.
        if not _errors(findings) and not evidence.is_costly and not isinstance(labels, FromLabelSet):
            findings += _built(labels, table)
    except UserError as error:
        return Trial(source, labels, table, error.message)
    wrong = next((row.target for row in table.rows if row.target and kind_of(row.target) != evidence.task.target), None)
    errors = _errors(findings) or ([f"The labels are of another kind: {kind_of(wrong)}."] if wrong is not None else [])
    left_out = [finding.message for finding in findings if finding.level == "warning" and _leaves_out(finding)]
    return Trial(source, labels, table, next(iter(errors), ""), tuple(left_out), len(table.rows) / max(1, asked))


def _fill(table: DataTable, evidence: Evidence, source: AnySource, labels: AnyLabels) -> list[Finding]:
    """The rows as the source will give them; only some of them where each label means a file to open."""
    if not isinstance(source, Folder):
        return _built(source, table)
    opens_files = isinstance(labels, MaskFiles | PointFiles | ProjectedPoints | AnnotationFile)
    step = max(1, len(evidence.pictures) // ROWS_TRIED) if opens_files else 1
    table.root = source.path
    table.rows = [Row(picture) for picture in evidence.pictures[::step]]
    return []


def _built(block: Block, table: DataTable) -> list[Finding]:
    return build(block, table, Surroundings(checks_pictures=False))


def _tolerant(block: B) -> B:
    if isinstance(block, Block) and "skip_bad" in type(block).model_fields:
        return block.model_copy(update={"skip_bad": True})
    return block


def _errors(findings: list[Finding]) -> list[str]:
    return [finding.message for finding in findings if finding.level == "error"]


def _leaves_out(finding: Finding) -> bool:
    return "left out" in finding.message or "not here" in finding.message or "not used" in finding.hint
