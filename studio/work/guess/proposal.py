"""What the guess proposes: a recipe, and for each of the wizard's four questions the reason and how sure it is."""

from dataclasses import dataclass, replace
from typing import Literal

from studio.blocks.recipe import Recipe

Asked = Literal["kind", "source", "labels", "split"]


@dataclass(frozen=True)
class Answer:
    """The answer to one of the four questions: what the model should say, where the pictures are, how they are
    labeled, how to check honestly. sure: from 0 to 1."""

    step: Asked
    reason: str
    sure: float


@dataclass(frozen=True)
class Proposal:
    """A recipe with its answers, and other things that the same pictures may be good for, the likeliest first.

    sure: that of the least sure answer.  notes: what else was seen, such as the size of the pictures.
    """

    recipe: Recipe
    answers: tuple[Answer, ...]
    notes: tuple[str, ...] = ()
    alternatives: tuple["Proposal", ...] = ()

    @property
    def sure(self) -> float:
        return min(answer.sure for answer in self.answers)

    @property
    def reasons(self) -> tuple[str, ...]:
        """All that was seen, a sentence each, in the order of the questions."""
        said = [answer.reason for answer in self.answers]
        return tuple(dict.fromkeys([*said, *self.notes]))

    def answer(self, step: Asked) -> Answer:
        return next(answer for answer in self.answers if answer.step == step)

    def doubted(self, factor: float, why: str = "") -> "Proposal":
        """The same, but less sure of what is to be learned and how it is labeled."""
        answers = tuple(
            replace(answer, sure=answer.sure * factor) if answer.step in ("kind", "labels") else answer
            for answer in self.answers
        )
        return replace(self, answers=answers, notes=(*self.notes, why) if why else self.notes)
