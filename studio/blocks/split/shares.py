"""What the blocks share that draw parts: how large the parts are, and the seed."""

from typing import ClassVar, Self

from pydantic import model_validator

from studio.blocks.block import Block, Step, setting


class Seeded(Block):
    """A split that draws."""

    seed: int = setting(42, title="Seed", ge=0, le=2**31 - 1, more=True, help="Another number draws another part.")


class KeepsTest(Block):
    """A split that can put a part away until the end."""

    step: ClassVar[Step] = "split"
    icon: ClassVar[str] = "split"

    test_percent: float = setting(
        0.0,
        title="Test part",
        unit="%",
        ge=0,
        lt=100,
        more=True,
        help="How much is put away for a last check: never trained on, and not looked at while you choose.",
    )


class Shares(KeepsTest):
    """A split that keeps a share for validation, and may put another away."""

    valid_percent: float = setting(
        20.0,
        title="Validation part",
        unit="%",
        gt=0,
        lt=100,
        help="How much of the labeled pictures is kept for checking.",
    )

    @model_validator(mode="after")
    def _leaves_something(self) -> Self:
        if self.valid_percent + self.test_percent >= 100:
            raise ValueError("Validation and test part together must leave something to train on.")
        return self

    def shares_words(self) -> str:
        """Both shares, for summaries: "20 % to check, 10 % to test"."""
        test = f", {self.test_percent:g} % to test" if self.test_percent else ""
        return f"{self.valid_percent:g} % to check{test}"


class DrawnShares(Seeded, Shares):
    """A split that draws its shares."""
