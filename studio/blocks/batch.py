"""How many pictures the model sees at once, and how often each of them."""

from typing import ClassVar, Literal

from studio.blocks.block import Block, Step, setting


class Batch(Block):
    """Puts pictures together into batches: the model learns one step from each."""

    title: ClassVar[str] = "Batch"
    step: ClassVar[Step] = "batch"
    icon: ClassVar[str] = "batch"

    kind: Literal["batch"] = "batch"
    size: int = setting(
        32, title="Size", unit="pictures", ge=2, le=1024, help="Larger is steadier but needs more memory."
    )
    sampler: Literal["all", "balanced", "given"] = setting(
        "all",
        title="Which pictures",
        help="How often a training picture comes in an epoch. Pictures to check on always come once.",
        words={
            "all": "Each one once an epoch",
            "balanced": "Rare classes as often as common ones",
            "given": "Labels given here more often than others",
        },
    )
    given_times: float = setting(
        3.0,
        title="Labels given here come",
        unit="times as often",
        ge=1,
        le=20,
        more=True,
        shown_when=("sampler", "given"),
        help="How much more a label counts that was given in this project, against one that a rule or a file gave.",
    )
    threads: int = setting(
        0,
        title="Threads",
        unit="threads",
        ge=0,
        le=64,
        more=True,
        help="How many threads read and change pictures while the model learns. 0 takes as many as there are cores.",
    )

    def summary(self) -> str:
        words = {"all": "", "balanced": ", classes balanced", "given": ", labels given here more often"}
        return f"{self.size} pictures at once{words[self.sampler]}"
