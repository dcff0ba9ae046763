"""What every task is: the question that a model answers, and how its answers are judged."""

from typing import ClassVar

from studio.base.targets import TargetKind
from studio.blocks.block import Block, Step


class Task(Block):
    """What is to be learned from the pictures.

    target: the kind of label that it needs. metrics: what each of them says, by name; `main_metric` decides which
    epoch is the best. errors: the metrics that say how far answers are off, in the answer's own unit: lower is better;
    all others are shares, of which 1 is the best. loss: what is made small. is_trained: whether this version can train
    it.
    """

    step: ClassVar[Step] = "kind"
    icon: ClassVar[str] = "kind"
    target: ClassVar[TargetKind]
    metrics: ClassVar[dict[str, str]]
    main_metric: ClassVar[str]
    errors: ClassVar[frozenset[str]] = frozenset()
    loss: ClassVar[str] = "cross entropy, nats"
    is_trained: ClassVar[bool] = True

    kind: str
