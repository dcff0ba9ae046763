"""A proposal as a message."""

from studio.jobs.messages import AnswerGuessed, RecipeGuessed, RecipeProposed
from studio.work.guess.proposal import Proposal


def tell(proposal: Proposal) -> RecipeGuessed:
    """The message for a proposal, with its alternatives."""
    return RecipeGuessed(
        recipe=proposal.recipe,
        reasons=proposal.reasons,
        sure=proposal.sure,
        answers=_answers(proposal),
        others=tuple(
            RecipeProposed(recipe=other.recipe, sure=other.sure, answers=_answers(other))
            for other in proposal.alternatives
        ),
    )


def _answers(proposal: Proposal) -> tuple[AnswerGuessed, ...]:
    return tuple(AnswerGuessed(step=item.step, reason=item.reason, sure=item.sure) for item in proposal.answers)
