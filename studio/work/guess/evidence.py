"""What a room of the guess found: one way in which the pictures may be labeled, and how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from studio.blocks.recipe import AnyLabels, AnySource, AnySplit, AnyTask


@dataclass(frozen=True)
class Evidence:
    """Task, source and labels that belong together.

    pictures: those that the source gives, below the folder that it calls its root.  labeled: how many of them get a
    label, known or estimated.  sure: from 0 to 1, before the table has been built.  what, where, how: what was seen,
    a sentence for each answer.  own_splits: those that the source itself speaks for, a column of its table,
    or its videos; the likeliest first.
    is_costly: a trial would have to read so many files that the sample which was looked at has to do.
    """

    task: AnyTask
    source: AnySource
    labels: AnyLabels
    pictures: Sequence[str]
    labeled: int
    sure: float
    what: str
    where: str
    how: str
    own_splits: tuple[AnySplit, ...] = field(default=())
    is_costly: bool = False
