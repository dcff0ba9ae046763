"""What is said of the health of the data: how bad a finding is, how many pictures it is about, how it all stands."""

from collections.abc import Sequence
from typing import Literal

from studio.app.block_words import STEP_TITLES
from studio.app.health import Health
from studio.base.wording import count_words
from studio.blocks.block import Step
from studio.jobs.messages import HealthFound

Level = Literal["error", "warning", "info"]

LEVEL_WORDS: dict[Level, str] = {"error": "Error", "warning": "Warning", "info": "Note"}
_TITLES: dict[Step, str] = {**STEP_TITLES, "transforms": "Transforms", "batch": "Batch"}
_HASH_BITS = 64


def worst_first(found: Sequence[HealthFound]) -> list[HealthFound]:
    """Errors, then warnings, then notes, each in the order in which they were found."""
    order = list(LEVEL_WORDS)
    return sorted(found, key=lambda item: order.index(item.level))


def mistake_count(found: Sequence[HealthFound]) -> int:
    """How many findings ask for something to be done; a note does not."""
    return sum(item.level != "info" for item in found)


def found_words(found: Sequence[HealthFound]) -> str:
    """How many there are of each level: "1 error, 2 warnings"."""
    levels = [item.level for item in found]
    return ", ".join(count_words(levels.count(level), LEVEL_WORDS[level].lower()) for level in LEVEL_WORDS
                     if level in levels)  # fmt: skip


def step_title(step: str) -> str:
    """The name that the step's card has."""
    return next((title for name, title in _TITLES.items() if name == step), step.capitalize())


def amount_words(finding: HealthFound) -> str:
    """How many pictures or pairs it is about; "" where it is about none in particular."""
    pairs = count_words(finding.pairs_total, "pair") if finding.pairs_total else ""
    pictures = count_words(finding.pictures_total, "picture") if finding.pictures_total else ""
    return ", ".join(words for words in (pairs, pictures) if words)


def listed_words(finding: HealthFound) -> str:
    """That only some are listed, where that is so."""
    listed = len(finding.pairs) + len(finding.pictures)
    return f"The first {listed} are shown." if listed < finding.pairs_total + finding.pictures_total else ""


def alike_words(distance: int) -> str:
    """How alike two pictures are, by the number of bits in which their hashes differ."""
    return f"Differs in {distance} of {_HASH_BITS} bits" if distance else f"Alike in all {_HASH_BITS} bits"


def state_words(health: Health) -> str:
    """How it all stands, in two or three words."""
    if health.is_checking:
        return "looking"
    if not health.is_known:
        return "not looked yet"
    count = mistake_count(health.found)
    words = f"{count} found" if count else "none found"
    return f"{words}, before the last change" if health.is_outdated else words
