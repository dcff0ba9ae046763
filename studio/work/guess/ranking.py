"""Candidates against each other: each is tried out and completed; the likeliest that works is proposed."""

import os
import posixpath
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from studio.base.errors import UserError
from studio.blocks.labels.from_label_set import FromLabelSet
from studio.blocks.labels.parent_folder import ParentFolder
from studio.blocks.model import starting_model
from studio.blocks.recipe import Recipe
from studio.blocks.source.folder import Folder
from studio.blocks.split.random_split import RandomSplit
from studio.blocks.training import Training
from studio.work.guess.checking import Checking, choose_split
from studio.work.guess.evidence import Evidence
from studio.work.guess.listing import Listing
from studio.work.guess.lists import by_list
from studio.work.guess.looks import choose_epochs, choose_model, choose_transforms, look_at
from studio.work.guess.proposal import Answer, Proposal
from studio.work.guess.trial import Trial, try_labels, try_split

TRIED = 8  # so many candidates are tried out, the likeliest first
ALTERNATIVES = 4  # besides, labels may always be made here
ALIKE = 0.95  # of the labels in common, and two candidates say the same
CLOSE = 0.1  # another answer no less sure than this makes the first one doubtful
DOUBT = 0.85
LEARNING_RATE = 3e-3


@dataclass
class Entrant:
    """A candidate that works, and what was seen besides."""

    evidence: Evidence
    trial: Trial
    notes: list[str]

    @property
    def sure(self) -> float:
        return self.evidence.sure * self.trial.kept

    def besides(self, other: "Entrant") -> "Entrant":
        """The same, with a note that another one says the same."""
        return replace(self, notes=[*self.notes, f"{other.evidence.how} It says the same."])


def best_of(listing: Listing, candidates: Sequence[Evidence]) -> Proposal:
    """The likeliest candidate that works, with those behind it as alternatives. Raises UserError when none works."""
    entrants, refused = _entrants(candidates)
    here = [item for item in entrants[ALTERNATIVES + 1 :] if isinstance(item.evidence.labels, FromLabelSet)]
    proposals = [_proposal(listing, entrant) for entrant in [*entrants[: ALTERNATIVES + 1], *here]]
    if not proposals:
        raise UserError(refused[0], "Correct the file, or choose the folder of the pictures.")
    first, others = proposals[0], tuple(proposals[1:])
    if isinstance(first.recipe.labels, FromLabelSet):
        first = replace(first, notes=(*first.notes, *refused[:2]))
    elif others and others[0].answer("labels").sure > first.answer("labels").sure - CLOSE:
        # Where two answers are about as likely, neither is sure.
        first = first.doubted(DOUBT, f"Something else was seen as well: {others[0].answer('labels').reason}")
        others = tuple(other.doubted(DOUBT) for other in others)
    return replace(first, alternatives=others)


def untried(evidence: Evidence) -> Proposal:
    """A proposal for pictures that cannot be looked at before they are taken out of something."""
    checking = choose_split(evidence.pictures, evidence.own_splits, None, {})
    recipe = Recipe(
        task=evidence.task,
        source=evidence.source,
        labels=evidence.labels,
        split=checking.split,
        model=starting_model(),
        training=Training(epochs=10, learning_rate=LEARNING_RATE),
    )
    return Proposal(recipe, _answers(evidence, evidence.sure, checking))


def _entrants(candidates: Sequence[Evidence]) -> tuple[list[Entrant], list[str]]:
    """The candidates that work, the surest first, each different from the others; and why the others do not work."""
    entrants: list[Entrant] = []
    refused: list[str] = []
    ordered = sorted(candidates, key=lambda item: -item.sure)
    for evidence in [*ordered[:TRIED], *(item for item in ordered[TRIED:] if isinstance(item.labels, FromLabelSet))]:
        trial = try_labels(evidence)
        if trial.error:
            refused.append(f"{evidence.how} That does not work as it is: {trial.error}")
            continue
        entrant = Entrant(evidence, trial, list(trial.problems))
        same = next((place for place, item in enumerate(entrants) if _say_the_same(item.trial, trial)), None)
        if same is None:
            entrants.append(entrant)
        elif isinstance(trial.labels, ParentFolder):  # plainer than a table, and nothing can get lost
            entrants[same] = entrant.besides(entrants[same])
        else:
            entrants[same] = entrants[same].besides(entrant)
    return sorted(entrants, key=lambda item: -item.sure), refused


def _say_the_same(one: Trial, other: Trial) -> bool:
    """Whether two candidates give the same labels to the same pictures, but for a few."""
    ours, theirs = one.targets, other.targets
    if not ours or not theirs:
        return False
    alike = sum(theirs.get(path) == target for path, target in ours.items())
    return alike >= ALIKE * max(len(ours), len(theirs))


def _proposal(listing: Listing, entrant: Entrant) -> Proposal:
    """A candidate as a whole recipe."""
    evidence, trial = entrant.evidence, entrant.trial
    root = Path(trial.table.root)
    pictures = _pictures(evidence, trial)
    looks = look_at(root, pictures)
    transforms, notes = choose_transforms(evidence.task.target, looks, root, pictures)
    checking = _checking(listing, evidence, trial, pictures)
    recipe = Recipe(
        task=evidence.task,
        source=trial.source,
        labels=trial.labels,
        split=checking.split,
        transforms=transforms,
        model=choose_model(looks),
        training=Training(epochs=choose_epochs(evidence.labeled or len(pictures)), learning_rate=LEARNING_RATE),
    )
    return Proposal(recipe, _answers(evidence, entrant.sure, checking), (*entrant.notes, *notes))


def _pictures(evidence: Evidence, trial: Trial) -> Sequence[str]:
    """All pictures below the table's root; of a folder, the trial may have taken only some."""
    return evidence.pictures if isinstance(trial.source, Folder) else [row.image for row in trial.table.rows]


def _checking(listing: Listing, evidence: Evidence, trial: Trial, pictures: Sequence[str]) -> Checking:
    """The honest split; where it leaves nothing to train on or to check on, a random one that says so."""
    below = Path(os.path.relpath(trial.table.root, listing.root)).as_posix()
    classes = None
    if evidence.task.target == "class":
        classes = {row.image: row.target for row in trial.table.rows if isinstance(row.target, str)}
    listed = by_list(listing, pictures, lambda name: posixpath.relpath(name, below))
    checking = choose_split(pictures, evidence.own_splits, listed, classes)
    problem = try_split(trial, checking.split) if trial.targets else ""
    if not problem:
        return checking
    return Checking(RandomSplit(), f"A random fifth is kept for checking. {checking.reason} But: {problem}", 0.5)


def _answers(evidence: Evidence, sure: float, checking: Checking) -> tuple[Answer, ...]:
    return (
        Answer("kind", evidence.what, sure),
        Answer("source", evidence.where, 0.97),
        Answer("labels", evidence.how, sure),
        Answer("split", checking.reason, checking.sure),
    )
