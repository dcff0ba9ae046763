"""Train the small encoder that is shipped with the program, on drawn things that are none of the sample's kinds.

Two commands make it again:

    python -m studio.work.sample.other_things FOLDER
    python -m studio.engine.pretrain FOLDER resources/encoders/studio_small.safetensors
"""

import argparse
import json
import time
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional as F

from studio.engine.encoders import create_encoder
from studio.engine.head import ConcatPool
from studio.imaging.decode import read_image

ARCHITECTURE = "mobilenetv3_small_050"
SIDE_PX = 96
CACHE_PX = 112
BATCH = 32
EPOCHS = 24
LEARNING_RATE = 2e-3
WEIGHT_DECAY = 0.03
SMOOTHING = 0.05
CHECK_SHARE = 0.05


class Pretraining(nn.Module):
    """An encoder under a plain head: mean and maximum over the picture, one linear layer."""

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


def read_drawn(folder: Path) -> tuple[Tensor, Tensor, list[str]]:
    """The drawn set: (N, 3, CACHE_PX, CACHE_PX) uint8, classes (N,), and the names of the classes."""
    truth = json.loads((folder / "truth.json").read_text("utf-8"))
    single = [picture for picture in truth["pictures"] if picture["class"] is not None]
    images = torch.empty((len(single), 3, CACHE_PX, CACHE_PX), dtype=torch.uint8)
    for index, picture in enumerate(single):
        image_hwc = read_image(folder / picture["file"], max_side_px=CACHE_PX)
        images[index] = torch.from_numpy(image_hwc).permute(2, 0, 1)
    classes = torch.tensor([truth["classes"].index(picture["class"]) for picture in single])
    return images, classes, truth["classes"]


def seen_anew(batch_nchw: Tensor, generator: torch.Generator) -> Tensor:
    """Each picture turned, mirrored, zoomed and lit at random: uint8 (N, 3, H, W) to float 0..1 at SIDE_PX."""
    count = len(batch_nchw)

    def draw(low: float, high: float) -> Tensor:
        return torch.rand(count, generator=generator) * (high - low) + low

    angle, scale = draw(0, 2 * torch.pi), draw(0.8, 1.15)
    mirror = torch.where(draw(0, 1) < 0.5, 1.0, -1.0)
    theta = torch.zeros(count, 2, 3)
    theta[:, 0, 0], theta[:, 0, 1] = scale * angle.cos() * mirror, -scale * angle.sin()
    theta[:, 1, 0], theta[:, 1, 1] = scale * angle.sin() * mirror, scale * angle.cos()
    theta[:, :, 2] = torch.stack([draw(-0.12, 0.12), draw(-0.12, 0.12)], 1)
    grid = F.affine_grid(theta, [count, 3, SIDE_PX, SIDE_PX], align_corners=False)
    images = F.grid_sample(batch_nchw.float() / 255, grid, padding_mode="reflection", align_corners=False)
    gain, lift = draw(0.7, 1.35).view(-1, 1, 1, 1), draw(-0.12, 0.12).view(-1, 1, 1, 1)
    tint = 1 + 0.06 * torch.randn((count, 3, 1, 1), generator=generator)
    return ((images - 0.5) * gain * tint + 0.5 + lift).contiguous(memory_format=torch.channels_last)


def pretrain(
    images: Tensor, classes: Tensor, names: list[str], architecture: str, epochs: int, rate: float
) -> tuple[Pretraining, dict[str, float]]:
    """Train for `epochs` on all but a share; returns the model and its figures on that share."""
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(0)
    order = torch.randperm(len(images), generator=generator)
    check, train = order[: round(CHECK_SHARE * len(images))], order[round(CHECK_SHARE * len(images)) :]
    sample = images[train[:1000]].float() / 255
    model = Pretraining(architecture, len(names), sample.mean((0, 2, 3)), sample.std((0, 2, 3)))
    model.to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=WEIGHT_DECAY)
    steps = len(train) // BATCH * epochs
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps, pct_start=0.2)
    started, busy = time.perf_counter(), time.process_time()
    for epoch in range(epochs):
        model.train()
        total = 0.0
        for rows in train[torch.randperm(len(train), generator=generator)].split(BATCH):
            if len(rows) < BATCH:
                continue
            loss = F.cross_entropy(model(seen_anew(images[rows], generator)), classes[rows], label_smoothing=SMOOTHING)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        accuracy = measure(model, images[check], classes[check])
        print(
            f"epoch {epoch + 1}/{epochs}  loss {total / (len(train) // BATCH):.3f}  accuracy {accuracy:.3f}"
            f"  {time.perf_counter() - started:.0f} s, {time.process_time() - busy:.0f} s of processor",
            flush=True,
        )
    return model, {"accuracy": round(accuracy, 4), "pictures": len(images), "classes": len(names), "epochs": epochs}


@torch.inference_mode()
def measure(model: Pretraining, images: Tensor, classes: Tensor) -> float:
    """Share of pictures whose class is found."""
    model.eval()
    right = 0
    for rows in torch.arange(len(images)).split(BATCH):
        batch = F.interpolate(images[rows].float() / 255, size=SIDE_PX, mode="bilinear", antialias=True)
        right += int((model(batch).argmax(1) == classes[rows]).sum())
    return right / len(images)


def save_encoder(
    model: Pretraining, names: list[str], figures: dict[str, float], architecture: str, path: Path
) -> None:
    """Write what turns a picture into features, in half precision, and beside it what one must know to use it."""
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
        "mean": [round(float(value), 4) for value in model.mean.flatten()],
        "std": [round(float(value), 4) for value in model.std.flatten()],
        "trained_by": "studio.engine.pretrain",
        "trained_on": "drawn things, made by studio.work.sample.other_things; no photograph, and no nut, washer, screw or gear",
        "things": names,
        "figures": figures,
        "licence": "Apache-2.0",
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
    images, classes, names = read_drawn(given.folder)
    model, figures = pretrain(images, classes, names, given.architecture, given.epochs, given.learning_rate)
    save_encoder(model, names, figures, given.architecture, given.out)


if __name__ == "__main__":
    main()
