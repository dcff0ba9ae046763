"""Keeping one wild batch from spoiling the model."""

import torch

from studio.engine.learner import Callback, Learner


class GradientClipping(Callback):
    """Shortens the gradient of all weights together to `longest`, where it is longer.

    Source: Pascanu et al. 2013, arXiv:1211.5063.
    """

    order = 0

    def __init__(self, longest: float) -> None:
        self.longest = longest

    def after_backward(self, learner: Learner) -> None:
        torch.nn.utils.clip_grad_norm_(learner.model.parameters(), self.longest)
