"""Train the small encoder that is shipped with the program, on drawn things that are none of the sample's kinds.

Two commands make it again:

    python -m studio.work.sample.other_things FOLDER
    python -m studio.engine.pretrain FOLDER resources/encoders/studio_small.safetensors
"""

import argparse
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional

from studio.engine.encoders import create_encoder
from studio.engine.head import ConcatPool
from studio.imaging.decode import read_image

ARCHITECTURE = "test_resnet"
SIDE_PX = 96
BATCH = 32
EPOCHS = 20
LEARNING_RATE = 4e-3
WEIGHT_DECAY = 0.02
SMOOTHING = 0.05
CHECK_SHARE = 0.05


@dataclass(frozen=True)
class Drawn:
    """The drawn set. frames: where the thing lies, as x, y (of -1..1) and half of its longer side (0..1)."""

    images: Tensor  # (N, 3, H, H) uint8
    frames: Tensor  # (N, 3)
    classes: Tensor  # (N,)
    names: list[str]

    def rows(self, chosen: Tensor) -> "Drawn":
        return Drawn(self.images[chosen], self.frames[chosen], self.classes[chosen], self.names)


class Pretraining(nn.Module):
    """An encoder under a plain head: the largest and the mean value of each feature, one linear layer."""

    mean: Tensor
    std: Tensor

    def __init__(self, architecture: str, classes: int, mean: Tensor, std: Tensor) -> None:
        super().__init__()
        self.encoder = create_encoder(architecture, side_px=SIDE_PX)
        width = 2 * self.encoder.features
        self.head = nn.Sequential(ConcatPool(), nn.BatchNorm1d(width), nn.Dropout(0.2), nn.Linear(width, classes))
        self.register_buffer("mean", mean.view(1, 3, 1, 1))
        self.register_buffer("std", std.view(1, 3, 1, 1))

    def forward(self, batch_nchw: Tensor) -> Tensor:
        scores: Tensor = self.head(self.encoder((batch_nchw - self.mean) / self.std))
        return scores


def read_drawn(folder: Path) -> Drawn:
    """Everything that studio.work.sample.other_things drew into `folder`."""
    truth = json.loads((folder / "truth.json").read_text("utf-8"))
    pictures = [picture for picture in truth["pictures"] if picture["class"] is not None]
    side_px = truth["recipe"]["side_px"]
    images = torch.empty((len(pictures), 3, side_px, side_px), dtype=torch.uint8)
    frames = torch.empty((len(pictures), 3))
    for index, picture in enumerate(pictures):
        images[index] = torch.from_numpy(read_image(folder / picture["file"])).permute(2, 0, 1)
        x0, y0, x1, y1 = (2 * value / side_px - 1 for value in picture["things"][0]["box_px"])
        frames[index] = torch.tensor([(x0 + x1) / 2, (y0 + y1) / 2, max(x1 - x0, y1 - y0) / 2])
    classes = torch.tensor([truth["classes"].index(picture["class"]) for picture in pictures])
    return Drawn(images, frames, classes, truth["classes"])


def seen_anew(batch: Drawn, widest: float, generator: torch.Generator) -> Tensor:
    """Each picture turned, mirrored, cut and lit at random: float (N, 3, SIDE_PX, SIDE_PX), about 0..1.

    A cut is between one close around the thing and one that is `widest` of the way to the whole picture. From whole
    pictures alone an encoder that knows nothing does not begin to learn: most of what it sees is the bench.
    """
    count = len(batch.images)

    def draw(low: float, high: float) -> Tensor:
        return torch.rand(count, generator=generator) * (high - low) + low

    angle = draw(0, 2 * torch.pi)
    mirror = torch.where(draw(0, 1) < 0.5, 1.0, -1.0)
    close = (1.1 * batch.frames[:, 2]).clamp(0.2, 1)
    share = draw(0, 1) * widest
    half = close + (1.1 - close) * share
    theta = torch.zeros(count, 2, 3)
    theta[:, 0, 0], theta[:, 0, 1] = half * angle.cos() * mirror, -half * angle.sin()
    theta[:, 1, 0], theta[:, 1, 1] = half * angle.sin() * mirror, half * angle.cos()
    theta[:, :, 2] = batch.frames[:, :2] * (1 - share)[:, None] + 0.1 * torch.stack([draw(-1, 1), draw(-1, 1)], 1)
    grid = functional.affine_grid(theta, [count, 3, SIDE_PX, SIDE_PX], align_corners=False)
    images = functional.grid_sample(batch.images.float() / 255, grid, padding_mode="reflection", align_corners=False)
    gain, lift = draw(0.75, 1.3).view(-1, 1, 1, 1), draw(-0.1, 0.1).view(-1, 1, 1, 1)
    tint = 1 + 0.06 * torch.randn((count, 3, 1, 1), generator=generator)
    return ((images - 0.5) * gain * tint + 0.5 + lift).contiguous(memory_format=torch.channels_last)


def pretrain(drawn: Drawn, architecture: str, epochs: int, rate: float) -> tuple[Pretraining, dict[str, Any]]:
    """Train for `epochs` on all but a share of the pictures; gives the model and its figures on that share."""
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(0)
    order = torch.randperm(len(drawn.images), generator=generator)
    held_out = round(CHECK_SHARE * len(order))
    check, train = drawn.rows(order[:held_out]), order[held_out:]
    some = drawn.images[train[:1000]].float() / 255
    model = Pretraining(architecture, len(drawn.names), some.mean((0, 2, 3)), some.std((0, 2, 3)))
    model.to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=WEIGHT_DECAY)
    steps = len(train) // BATCH
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps * epochs, pct_start=0.25)
    started, accuracy = time.process_time(), 0.0
    for epoch in range(epochs):
        model.train()
        total = 0.0
        shuffled = train[torch.randperm(len(train), generator=generator)]
        for step in range(steps):
            batch = drawn.rows(shuffled[step * BATCH : (step + 1) * BATCH])
            widest = min(1.0, 2 * (epoch + step / steps) / epochs)
            scores = model(seen_anew(batch, widest, generator))
            loss = functional.cross_entropy(scores, batch.classes, label_smoothing=SMOOTHING)
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            optimizer.step()
            schedule.step()
            total += loss.item()
        accuracy = measure(model, check)
        spent_s = time.process_time() - started
        print(
            f"epoch {epoch + 1}/{epochs}  loss {total / steps:.3f}  accuracy {accuracy:.3f}  {spent_s:.0f} s",
            flush=True,
        )
    return model, {
        "accuracy": round(accuracy, 4),
        "pictures": len(order),
        "classes": len(drawn.names),
        "epochs": epochs,
        "processor_s": round(time.process_time() - started),
    }


@torch.inference_mode()
def measure(model: Pretraining, drawn: Drawn) -> float:
    """Share of whole pictures whose class is found."""
    model.eval()
    right = 0
    for start in range(0, len(drawn.images), BATCH):
        images = drawn.images[start : start + BATCH].float() / 255
        scores = model(functional.interpolate(images, size=SIDE_PX, mode="bilinear", antialias=True))
        right += int((scores.argmax(1) == drawn.classes[start : start + BATCH]).sum())
    return right / len(drawn.images)


def save_encoder(model: Pretraining, names: list[str], figures: dict[str, Any], architecture: str, path: Path) -> None:
    """Write the encoder in half precision, and beside it what one must know to use it."""
    weights = {
        name: (value.half() if value.is_floating_point() else value).contiguous()
        for name, value in model.encoder.net.state_dict().items()
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(weights, path)
    card = {
        "name": path.stem,
        "title": "Studio small",
        "architecture": architecture,
        "side_px": SIDE_PX,
        "mean": [round(value, 4) for value in model.mean.flatten().tolist()],
        "std": [round(value, 4) for value in model.std.flatten().tolist()],
        "licence": "Apache-2.0",
        "trained_by": "trained by studio.engine.pretrain on drawn things",
        "trained_on": "Things drawn by studio.work.sample.other_things: no photograph, no nut, washer, screw or gear.",
        "things": names,
        "figures": figures,
    }
    path.with_suffix(".json").write_text(json.dumps(card, indent=2) + "\n", "utf-8")


def main() -> None:
    """Read the command line, train, save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="drawn by studio.work.sample.other_things")
    parser.add_argument("out", type=Path, help="the .safetensors file to write")
    parser.add_argument("--architecture", default=ARCHITECTURE, help="name of a timm model")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--learning-rate", type=float, default=LEARNING_RATE)
    given = parser.parse_args()
    drawn = read_drawn(given.folder)
    model, figures = pretrain(drawn, given.architecture, given.epochs, given.learning_rate)
    save_encoder(model, drawn.names, figures, given.architecture, given.out)


if __name__ == "__main__":
    main()
