"""Images a CPU-second, from JPEG files of 1024x768 px to batches of 128 px ready for the model, against fastai's
ImageDataLoaders with RandomResizedCrop, aug_transforms() and Normalize. CPU time counts all threads and children."""

import json
import os
import statistics
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio.blocks.transforms.flip import Flip
from studio.blocks.transforms.lighting import Lighting
from studio.blocks.transforms.normalise import Normalise
from studio.blocks.transforms.resize import Resize
from studio.blocks.transforms.rotate import Rotate
from studio.blocks.transforms.warp import Warp
from studio.blocks.transforms.zoom import Zoom
from studio.engine.augment import Augment, Placed, Seen
from studio.engine.cache import PictureCache
from studio.engine.chance import epoch_order
from studio.engine.loader import Loader, training_batches
from studio.runtime.preprocess import Preprocess
from tests.bench.peers import python_of

PICTURES, BATCH, SIDE_PX = 192, 64, 128
QUALITY = 85  # files of about 300 kB, as photographs of this size have
REPEATS = 3
CLASSES = ("a", "b")
LATER_EPOCHS, FASTAI_LATER_EPOCHS = 20, 1
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)

# In the main process on one thread and on all, and with worker processes as users have it: the best one counts.
FASTAI = """
import gc, json, os, sys
from fastai.vision.all import *
job = json.load(open(sys.argv[1]))
default_device(False)
def cpu_s(): return sum(os.times()[:4])
def epoch(data):
    before, pictures = cpu_s(), 0
    for pixels, _ in data.train:
        pictures += len(pixels)
    assert pixels.shape[1:] == (3, job["side"], job["side"]) and pixels.dtype == torch.float32
    gc.collect()
    return pictures / (cpu_s() - before)
rates = {}
for workers, threads in ((0, 1), (0, job["threads"]), (None, job["threads"])):
    torch.set_num_threads(threads)
    data = ImageDataLoaders.from_folder(job["root"], train="train", valid="valid", bs=job["batch"], seed=0,
        num_workers=workers, item_tfms=RandomResizedCrop(job["side"], min_scale=0.35),
        batch_tfms=[*aug_transforms(), Normalize.from_stats(*imagenet_stats)])
    data.one_batch() if workers == 0 else None
    rates[f"{workers}-{threads}"] = [epoch(data) for _ in range(1 + job["later"])]
print(json.dumps(rates))
"""


def measure() -> tuple[dict[str, float], str | None]:
    fastai = python_of("fastai")
    figures: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as top:
        folder = Path(top)
        draw_pictures(folder / "pictures")
        _ours(folder / "pictures", folder / "warm-up")
        for repeat in range(REPEATS):
            rates = _ours(folder / "pictures", folder / f"kept-{repeat}")
            if fastai is not None:
                rates |= _theirs(fastai, folder)
            for name, rate in rates.items():
                figures.setdefault(name, []).append(rate)
    result = {name: statistics.median(rates) for name, rates in figures.items()}
    if fastai is None:
        return result, "fastai is not installed: python -m tests.bench peers makes its environment"
    for epoch in ("first_epoch", "later_epochs"):
        pairs = zip(figures[f"{epoch}_pictures_cpu_s"], figures[f"fastai_{epoch}_pictures_cpu_s"], strict=True)
        result[f"{epoch}_vs_fastai"] = statistics.median(ours / theirs for ours, theirs in pairs)
    return result, None


def draw_pictures(folder: Path) -> None:
    """Pictures with the spectrum of photographs (power falls with the square of the frequency) and hard edges."""
    random = np.random.default_rng(0)
    clouds = [_clouds(random, 1024, 1536) for _ in range(4)]
    for number in range(PICTURES + 2):
        part, name = ("train", CLASSES[number % 2]) if number < PICTURES else ("valid", CLASSES[number - PICTURES])
        picture = np.full((768, 1024, 3), random.uniform(60, 190, 3), np.float32)
        for cloud in random.choice(len(clouds), 2, replace=False):
            y, x = random.integers(0, 256), random.integers(0, 512)
            picture += random.uniform(12, 30, 3) * clouds[cloud][y : y + 768, x : x + 1024, None]
        for _ in range(12):
            y, x, height, width = random.integers((0, 0, 40, 40), (700, 950, 300, 300))
            picture[y : y + height, x : x + width] += random.uniform(-60, 60, 3)
        path = folder / part / name / f"{number:03d}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8)).save(path, quality=QUALITY)


def _clouds(random: np.random.Generator, height_px: int, width_px: int) -> NDArray[np.float32]:
    """Noise whose amplitude falls with the frequency; mean 0, deviation 1."""
    spectrum = np.fft.rfft2(random.normal(size=(height_px, width_px)))
    frequency = np.hypot(np.fft.fftfreq(height_px)[:, None], np.fft.rfftfreq(width_px))
    frequency[0, 0] = np.inf
    noise = np.fft.irfft2(spectrum / frequency, s=(height_px, width_px))
    return np.asarray(noise / noise.std(), dtype=np.float32)


def _ours(pictures: Path, kept: Path) -> dict[str, float]:
    """The first epoch decodes and keeps the pictures, as a run does before it starts to learn."""
    threads = _cores()
    preprocess = Preprocess(SIDE_PX, "crop", mean=MEAN, std=STD)
    transforms = (Resize(side_px=SIDE_PX), Flip(), Rotate(), Zoom(), Warp(), Lighting(), Normalise())
    augment = Augment(preprocess, transforms, seed=0)
    images = sorted(path.relative_to(pictures).as_posix() for path in (pictures / "train").rglob("*.jpg"))
    labels = [Path(image).parent.name for image in images]
    cache = PictureCache(pictures, preprocess, folder=kept)

    def place(row: int, epoch: int) -> Placed:
        image_hwc, own_wh = cache.read_sized(images[row])
        return augment.place(Seen(image_hwc, own_wh, labels[row]), epoch, row)

    def collate(placed: Sequence[Placed]) -> NDArray[np.int64]:
        return np.array([CLASSES.index(str(one.target)) for one in placed])

    loader = Loader(place, collate, preprocess, threads, _lost)

    def epoch(number: int) -> int:
        seen = 0
        batches = training_batches(epoch_order(list(range(len(images))), 0, number), BATCH)
        with closing(loader.batches(batches, number)) as made:
            for batch in made:
                seen += len(batch.pixels_nchw)
        return seen

    start = _cpu_s()
    assert cache.fill(images, threads) == []
    first = epoch(0) / (_cpu_s() - start)
    start = _cpu_s()
    later = sum(epoch(number) for number in range(1, 1 + LATER_EPOCHS)) / (_cpu_s() - start)
    return {"first_epoch_pictures_cpu_s": first, "later_epochs_pictures_cpu_s": later}


def _lost(row: int, error: Exception) -> None:
    raise error


def _theirs(fastai: Path, folder: Path) -> dict[str, float]:
    task = folder / "fastai.json"
    job: dict[str, Any] = {"root": str(folder / "pictures"), "batch": BATCH, "side": SIDE_PX, "threads": _cores()}
    task.write_text(json.dumps({**job, "later": FASTAI_LATER_EPOCHS}))
    done = subprocess.run([str(fastai), "-c", FASTAI, str(task)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    rates = json.loads(done.stdout.strip().splitlines()[-1]).values()
    return {
        "fastai_first_epoch_pictures_cpu_s": max(first for first, *_ in rates),
        "fastai_later_epochs_pictures_cpu_s": max(max(later) for _, *later in rates),
    }


def _cpu_s() -> float:
    """The processor time of this process with all its threads and its ended children."""
    return sum(os.times()[:4])


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
