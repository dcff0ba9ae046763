"""A part of the picture instead of all of it."""

from typing import ClassVar, Literal

from studio.blocks.block import Block, Step, setting


class RandomCrop(Block):
    """Shows the model a random part of each training picture, so that size and place of things matter less."""

    title: ClassVar[str] = "Random crop"
    step: ClassVar[Step] = "transforms"
    icon: ClassVar[str] = "crop"

    kind: Literal["random_crop"] = "random_crop"
    min_share: float = setting(
        0.35,
        title="At least",
        gt=0,
        le=1,
        help="The smallest part of the picture's area that is shown; too little may miss what matters.",
    )
    max_stretch_factor: float = setting(
        1.33,
        title="Stretch",
        unit="times",
        ge=1,
        le=2,
        more=True,
        help="How much wider or narrower than the model's picture the part may be; it is stretched to fit.",
    )

    def summary(self) -> str:
        return f"At least {self.min_share:.0%} of the picture"
