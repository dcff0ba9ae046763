"""Teaching a head by examples that come in while it learns: a step takes a millisecond, as no body is run."""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from studio.engine.chance import generator, step_seed
from studio.engine.devices import seed_generators
from studio.engine.head import after_pool, is_pooling
from studio.engine.optimizer import make_optimizer, set_rates

_MOMENTUM = 0.9  # source: fastai 2 `Adam`

Loss = Callable[[Tensor, Tensor], Tensor]


class HeadTeacher:
    """A head with the examples that it was shown, on the processor.

    Features are what `EncoderAndHead.features` gives, (n, features); a pooling at the head's beginning is passed by.
    """

    def __init__(
        self,
        head: nn.Module,
        loss: Loss,
        *,
        rate: float = 3e-3,
        weight_decay: float = 0.01,
        batch: int = 64,
        seed: int = 0,
    ) -> None:
        """The head learns in place."""
        self.head = after_pool(head) if is_pooling(head) else head
        self._loss, self._batch, self._seed = loss, batch, seed
        self._optimizer = make_optimizer([list(self.head.parameters())], weight_decay)
        set_rates(self._optimizer, [rate], _MOMENTUM)
        self._features: Tensor | None = None
        self._targets: Tensor | None = None
        self.steps = 0

    def __len__(self) -> int:
        """How many examples there are."""
        return 0 if self._features is None else len(self._features)

    def show(self, features: NDArray[np.float32], targets: NDArray[np.generic]) -> None:
        """More examples; targets, (n, ...), as the loss takes them."""
        self._features = _joined(self._features, features)
        self._targets = _joined(self._targets, targets)

    def learn(self, steps: int) -> float | None:
        """Take so many steps, each from examples drawn at random. Gives the mean loss; None while there are too few
        examples to learn from."""
        if self._features is None or self._targets is None or len(self) < 2:  # a norm layer needs two
            return None
        self.head.train()
        total = 0.0
        for _ in range(steps):
            seed_generators(step_seed(self._seed, self.steps))
            places = self._draw()
            loss = self._loss(self.head(self._features[places]), self._targets[places])
            torch.autograd.backward(loss)
            self._optimizer.step()
            self._optimizer.zero_grad()
            self.steps += 1
            total += float(loss.detach())
        return total / steps

    @torch.inference_mode()
    def answer(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """What the head says by now, (n, outputs)."""
        self.head.eval()
        return np.asarray(self.head(torch.from_numpy(features)).numpy())

    def _draw(self) -> Tensor:
        """Different examples, a batch of them or all."""
        count = min(self._batch, len(self))
        return torch.from_numpy(generator(self._seed, 0, self.steps).permutation(len(self))[:count])


def _joined(known: Tensor | None, more: NDArray[np.generic]) -> Tensor:
    added = torch.from_numpy(np.ascontiguousarray(more))
    return added.clone() if known is None else torch.cat([known, added])
