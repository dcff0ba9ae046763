"""How many pictures the model sees at once, and how often each of them."""

from typing import ClassVar, Literal

from studio.blocks.block import Block, Step, setting


class Batch(Block):
    """Puts pictures together into batches: the model learns one step from each."""

    title: ClassVar[str] = "Batch"
    step: ClassVar[Step] = "batch"
    icon: ClassVar[str] = "batch"

    kind: Literal["batch"] = "batch"
    choice: Literal["given", "fits"] = setting(
        "given",
        title="How many pictures",
        help="Where they do not fit into memory they go through the network in parts: what is learned stays the same.",
        words={"given": "As many as I say", "fits": "As many as fit into memory"},
    )
    size: int = setting(
        32,
        title="Size",
        unit="pictures",
        ge=2,
        le=1024,
        shown_when=("choice", "given"),
        help="Larger is steadier but needs more memory.",
    )
    batches_a_step: int = setting(
        1,
        title="Batches to a step",
        unit="batches",
        ge=1,
        le=256,
        more=True,
        help="Learn one step from so many batches together: as steady as a large batch, in the memory of a small one.",
    )
    sampler: Literal["all", "balanced", "given", "corrected"] = setting(
        "all",
        title="Which pictures",
        help="How often a training picture comes in an epoch. Pictures to check on always come once.",
        words={
            "all": "Each one once an epoch",
            "balanced": "Rare classes as often as common ones",
            "given": "Labels given here more often than others",
            "corrected": "Labels corrected since the run that it starts from more often",
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
    corrected_times: float = setting(
        5.0,
        title="Corrected pictures come",
        unit="times as often",
        ge=1,
        le=50,
        more=True,
        shown_when=("sampler", "corrected"),
        help="How much more a picture counts whose label is another one now, or new. An epoch holds all of them, and "
        "enough of the others that nothing is forgotten.",
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
        words["corrected"] = ", corrected ones more often"
        size = f"{self.size} pictures at once" if self.choice == "given" else "As many pictures at once as fit"
        steps = f", {self.batches_a_step} batches to a step" if self.batches_a_step > 1 else ""
        return f"{size}{steps}{words[self.sampler]}"
