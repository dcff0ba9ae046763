"""How many pictures go through the network at once: told when it becomes less, and remembered."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from studio.engine.learner import Callback, Learner
from studio.engine.memory import Memory, OnLess, least_at_once
from studio.engine.plan import Limit, write_plan
from studio.engine.preparation import Prepared
from studio.engine.probe import known_to_fit, remember_fit
from studio.jobs.messages import Event, MemoryRanOut

Part = Literal["train", "valid"]
_WORDS: dict[Part, str] = {"train": "while the model learned", "valid": "while it was checked"}


class Limits(Callback):
    """Gives a learner its memory. What becomes of it stands in the run's plan, step by step, so that a resumed run
    takes the same parts; the next run with the same network, size and device begins with it."""

    order = -30

    def __init__(self, plan_file: Path, prepared: Callable[[], Prepared], emit: Callable[[Event], None]) -> None:
        """prepared: gives what the training needs in the stage that it stands in."""
        self._plan_file, self._prepared, self._emit = plan_file, prepared, emit
        self._plan = prepared().plan
        self._coming: list[Limit] = []

    def before_fit(self, learner: Learner) -> None:
        self.enter(learner)

    def before_step(self, learner: Learner) -> None:
        while self._coming and self._coming[0].step <= learner.step:
            learner.memory.at_once = self._coming.pop(0).at_once

    def enter(self, learner: Learner) -> None:
        """For a stage that begins now, or goes on."""
        decided = self._decided("train", learner)
        least = least_at_once(learner.model)
        learner.memory = Memory(decided[0].at_once, least, self._less("train", learner))
        self._coming = decided[1:]
        checked = self._decided("valid", learner)  # what it is checked in makes no difference to what it learns
        learner.validation_memory = Memory(checked[-1].at_once, 1, self._less("valid", learner))

    def _decided(self, part: Part, learner: Learner) -> list[Limit]:
        """For this stage, at its first step and later ones."""
        prepared = self._prepared()
        first_step = prepared.stage.first_epoch * learner.steps_per_epoch
        decided = [limit for limit in self._plan.limits if limit.part == part and limit.step >= first_step]
        if decided:
            return decided
        known = known_to_fit(prepared.subject, self._plan.precision, part == "train")
        first = Limit(step=first_step, part=part, at_once=min(prepared.at_once, known))
        self._write(first)
        return [first]

    def _less(self, part: Part, learner: Learner) -> OnLess:
        def tell(at_once: int) -> None:
            prepared = self._prepared()
            self._write(Limit(step=learner.step, part=part, at_once=at_once))
            if part == "train":
                self._coming = []
            remember_fit(prepared.subject, self._plan.precision, at_once, part == "train")
            self._emit(
                MemoryRanOut(
                    message=f"There was not enough memory at step {learner.step + 1}, {_WORDS[part]}: "
                    f"{at_once} pictures go through the network at once from now on.",
                    hint=f"A step still learns from {prepared.batch_size} pictures together, so the result is as good; "
                    "it only takes a little longer. Smaller pictures or a smaller encoder need less memory.",
                    step=learner.step,
                    part=part,
                    at_once=at_once,
                    batch_size=prepared.batch_size,
                )
            )

        return tell

    def _write(self, limit: Limit) -> None:
        """A step that is done again after a resume does not see what came of it the first time."""
        earlier = tuple(known for known in self._plan.limits if known.part != limit.part or known.step < limit.step)
        self._plan = self._plan.model_copy(update={"limits": (*earlier, limit)})
        write_plan(self._plan_file, self._plan)
