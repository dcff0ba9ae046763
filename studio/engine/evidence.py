"""What a task's report is made of: of each validation picture its label and a few numbers, never the picture."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.base.targets import Target
from studio.runtime.view import View


@dataclass(frozen=True, slots=True)
class Witnessed:
    """One picture. kept: what its answer is decoded from, None where that would be as large as a picture; noted: what
    the task wrote down of it, None where it needs nothing else."""

    image: str
    target: Target | None
    view: View
    kept: NDArray[Any] | None
    noted: Any


@dataclass(frozen=True)
class Evidence:
    """All pictures of a pass, in its order."""

    seen: Sequence[Witnessed] = field(default_factory=list)

    @property
    def images(self) -> list[str]:
        return [one.image for one in self.seen]

    def sound(self) -> "Evidence":
        """Without the pictures for which the model gave no numbers: nothing can be said of those."""
        return Evidence([one for one in self.seen if one.kept is None or np.isfinite(one.kept).all()])

    def kept(self) -> NDArray[Any]:
        """(N, ...), of all pictures."""
        return np.stack([one.kept for one in self.seen if one.kept is not None])
