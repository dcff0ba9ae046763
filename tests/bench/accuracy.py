"""Validation accuracy against fastai's vision_learner from no weights: same split, encoder, size, epochs, rate."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from studio.app.training import RunWatcher, start_run
from studio.blocks.labels.parent_folder import ParentFolder
from studio.blocks.model import Model
from studio.blocks.recipe import Recipe
from studio.blocks.source.folder import Folder
from studio.blocks.split.by_folder import SplitByFolder
from studio.blocks.split.random_split import RandomSplit
from studio.blocks.training import Training
from studio.blocks.transforms.flip import Flip
from studio.blocks.transforms.lighting import Lighting
from studio.blocks.transforms.normalise import Normalise
from studio.blocks.transforms.resize import Resize
from studio.blocks.transforms.rotate import Rotate
from studio.blocks.transforms.zoom import Zoom
from studio.jobs.messages import Finished
from studio.project.store import Project
from studio.runs.labels import read_labels
from tests.bench.peers import python_of

SEEDS = tuple(range(int(os.environ.get("STUDIO_BENCH_SEEDS", "3"))))
ENCODER, BATCH, RATE = "resnet18", 64, 1e-3
MNIST_RATE = 3e-3

FASTAI = """
import json, sys, time
from pathlib import Path
from fastai.vision.all import *
job = json.load(open(sys.argv[1]))
random_state = job["seed"]
set_seed(random_state, reproducible=True)
import torch
torch.set_num_threads(job["threads"])
frame = pd.DataFrame(job["rows"], columns=["image", "label", "is_valid"])
data = ImageDataLoaders.from_df(frame, path=job["root"], valid_col="is_valid", seed=random_state, bs=job["batch"],
    num_workers=0, item_tfms=Resize(job["side"]), batch_tfms=aug_transforms(max_warp=0.0, do_flip=job["flip"]))
learner = vision_learner(data, resnet18, pretrained=False, metrics=accuracy)
start = time.perf_counter()
with learner.no_bar(), learner.no_logging():
    learner.fit_one_cycle(job["epochs"], job["rate"])
seconds = time.perf_counter() - start
values = [row[2] for row in learner.recorder.values]
print(json.dumps({"accuracy": max(values), "last": values[-1], "seconds": seconds}))
"""


def jobs(data: Path) -> dict[str, dict[str, object]]:
    """What is compared, by data set."""
    # The flowers are small photographs enlarged to 128 px: at 64 px nothing of them is lost, and three seeds fit a
    # quarter of an hour on two cores.
    augmented = (Resize(side_px=64), Flip(), Rotate(), Zoom(), Lighting(), Normalise())
    small = (Resize(side_px=32), Rotate(), Zoom(), Lighting(), Normalise())
    return {
        "flowers": {"folder": data / "flowers_128", "split": RandomSplit(), "transforms": augmented,
                    "side": 64, "epochs": 5, "rate": RATE, "flip": True},
        "mnist_tiny": {"folder": data / "mnist_tiny", "split": SplitByFolder(), "transforms": small,
                       "side": 32, "epochs": 8, "rate": MNIST_RATE, "flip": False},
    }  # fmt: skip


def measure(only: str = "") -> tuple[dict[str, float], str | None]:
    data = Path(os.environ.get("STUDIO_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
    if not data.is_dir():
        return {}, "the real data sets are not here (set STUDIO_DATA to their folder)"
    fastai = python_of("fastai")
    figures: dict[str, float] = {}
    for name, job in jobs(data).items():
        if only and name != only:
            continue
        ours, theirs, our_s, their_s = [], [], [], []
        for seed in SEEDS:
            with tempfile.TemporaryDirectory() as folder:
                accuracy, seconds, rows = _train_ours(Path(folder), job, seed)
                ours.append(accuracy)
                our_s.append(seconds)
                if fastai is not None:
                    other = _train_fastai(fastai, Path(folder), job, seed, rows)
                    theirs.append(other["accuracy"])
                    their_s.append(other["seconds"])
            print(f"{name}, seed {seed}: ours {ours[-1]:.4f}, fastai {theirs[-1:]}", file=sys.stderr, flush=True)
        figures[f"{name}_accuracy"] = statistics.mean(ours)
        if theirs:
            gains = [a - b for a, b in zip(ours, theirs, strict=True)]
            figures[f"{name}_fastai_accuracy"] = statistics.mean(theirs)
            figures[f"{name}_gain"] = statistics.mean(gains)
            figures[f"{name}_gain_se"] = statistics.stdev(gains) / len(gains) ** 0.5 if len(gains) > 1 else 0.0
            figures[f"{name}_time_vs_fastai"] = statistics.median(our_s) / statistics.median(their_s)
    return figures, None if fastai else "fastai is not installed: python -m tests.bench peers makes its environment"


def _train_ours(folder: Path, job: dict, seed: int) -> tuple[float, float, list[list[object]]]:
    recipe = Recipe(
        source=Folder(path=str(job["folder"])),
        labels=ParentFolder(unlabeled_folders=("test",)),
        split=job["split"],
        transforms=job["transforms"],
        batch={"size": BATCH},
        model=Model(encoder=ENCODER, weights="none"),
        training=Training(epochs=job["epochs"], learning_rate=job["rate"], seed=seed),
    )
    project = Project.create(folder / "bench", author="bench")
    project.close()
    run = start_run(project.folder, recipe)
    watcher = RunWatcher(run, just_started=True)
    watcher.wait(lambda event: None)
    end = watcher.history.end
    assert isinstance(end, Finished), end
    rows = [[row.image, row.target, row.part == "valid"] for row in read_labels(run.labels_file) if row.target]
    return end.metrics["accuracy"], end.train_s or 0.0, rows


def _train_fastai(python: Path, folder: Path, job: dict, seed: int, rows: list[list[object]]) -> dict[str, float]:
    task = folder / "fastai.json"
    threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    task.write_text(
        json.dumps(
            {"root": str(job["folder"]), "rows": rows, "seed": seed, "threads": threads, "batch": BATCH,
             "side": job["side"], "epochs": job["epochs"], "rate": job["rate"], "flip": job["flip"]}
        )
    )  # fmt: skip
    began = time.perf_counter()
    done = subprocess.run(
        ["nice", "-n", "10", str(python), "-c", FASTAI, str(task)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    result: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    assert result["seconds"] <= time.perf_counter() - began
    return result
