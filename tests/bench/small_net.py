"""A network and batches whose training step takes about 10 ms: what a loop adds to that shows.

Imported by both sides, ours and fastai's, so it needs torch alone.
"""

import time
from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

CLASSES, PICTURES, SIDE_PX = 4, 32, 32
STEPS, CHECKS = 100, 20  # batches of an epoch, and of its validation
RATE = 1e-3

Batches = list[tuple[Tensor, Tensor]]


def make_body(features: int) -> nn.Sequential:
    """Pictures (N, 3, H, W) to maps (N, features, h, w)."""
    widths = (3, features // 4, features // 2, features)
    return nn.Sequential(*(_layer(*pair) for pair in pairwise(widths)))


def _layer(before: int, after: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU(),
        nn.Conv2d(after, after, 3, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU(),
    )  # fmt: skip


def draw_batches(count: int, seed: int) -> Batches:
    """Noise of another colour for each class; a few of them again and again, as a cache of pictures has them."""
    random = torch.Generator().manual_seed(seed)
    kept = []
    for _ in range(min(count, 16)):
        classes = torch.randint(CLASSES, (PICTURES,), generator=random)
        pictures = torch.randn(PICTURES, 3, SIDE_PX, SIDE_PX, generator=random) + classes.view(-1, 1, 1, 1) / 4
        kept.append((pictures, classes))
    return [kept[number % len(kept)] for number in range(count)]


def hand_written_epoch(
    model: nn.Module, optimizer: torch.optim.Optimizer, train: Batches, valid: Batches
) -> tuple[float, float]:
    """The seconds of its training, and of its validation."""
    began = time.perf_counter()
    model.train()
    for pictures, classes in train:
        loss = functional.cross_entropy(model(pictures), classes)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    trained = time.perf_counter()
    model.eval()
    right, total = 0, 0.0
    with torch.inference_mode():
        for pictures, classes in valid:
            outputs = model(pictures)
            total += float(functional.cross_entropy(outputs, classes))
            right += int((outputs.argmax(1) == classes).sum())
    return trained - began, time.perf_counter() - trained


def in_turn(
    repeats: int, ours: Callable[[], tuple[float, float]], bare: Callable[[], tuple[float, float]]
) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """Both sides after a first round that does not count, each beginning half of the rounds."""
    ours(), bare()
    found: tuple[list[tuple[float, float]], list[tuple[float, float]]] = ([], [])
    for number in range(repeats):
        for place in (number % 2, 1 - number % 2):
            found[place].append((ours, bare)[place]())
    return found
