"""What a model says of one picture, whatever the task."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from studio.base.targets import Target

NO_NUMBERS = "The model gives no numbers for this picture; train it with a smaller learning rate."


@dataclass(frozen=True)
class Answer:
    """What the model sees, as a label would say it, places in pixels of the original; and how probable each class is,
    where the task has classes for the picture, or how much of it each class has, where pixels have; or how bright each
    point is in its heat map.

    mask_hw: the place of each pixel's class, uint8 (height, width); `target` is then a file whose path is empty until
    somebody writes it.

    `target` is None where the model gave no numbers; `reason` then says so.
    """

    target: Target | None
    probabilities: dict[str, float] = field(default_factory=dict)
    reason: str = ""
    mask_hw: NDArray[np.uint8] | None = field(default=None, repr=False, compare=False)
