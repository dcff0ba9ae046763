"""fastai's side of `accuracy`, run by the interpreter of fastai's environment: `fastai_side.py JOB.json` prints JSON.

Everything that is not named in the job is fastai's own default. The metric of the last epoch is computed here as our
tasks define it, so that both sides are measured alike.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import torch
from fastai.vision.all import (
    CategoryBlock,
    ColReader,
    DataBlock,
    ImageBlock,
    IndexSplitter,
    MaskBlock,
    MultiCategoryBlock,
    PointBlock,
    Resize,
    ResizeMethod,
    TensorPoint,
    accuracy,
    accuracy_multi,
    aug_transforms,
    foreground_acc,
    mse,
    resnet18,
    set_seed,
    unet_learner,
    vision_learner,
)

F_BETA, F_THRESHOLD = 2, 0.2


def main(job):
    set_seed(job["seed"], reproducible=True)
    torch.set_num_threads(job["threads"])
    learner = LEARNERS[job["task"]](job)
    began = time.perf_counter()
    with learner.no_bar(), learner.no_logging():
        learner.fit_one_cycle(job["epochs"], job["rate"])
    seconds = time.perf_counter() - began
    with learner.no_bar():
        outputs, targets = learner.get_preds(dl=learner.dls.valid)
    return {"metric": METRICS[job["task"]](outputs, targets, job), "seconds": seconds}


def data(job, block, label):
    """The pictures by our rows: (image, label, whether it is checked on)."""
    rows = job["rows"]
    blocks = DataBlock(
        blocks=(ImageBlock, block),
        get_x=lambda row: Path(job["root"]) / row[0],
        get_y=label,
        splitter=IndexSplitter([place for place, row in enumerate(rows) if row[2]]),
        item_tfms=Resize(tuple(job["size_hw"]), method=ResizeMethod.Squish),
        batch_tfms=aug_transforms(do_flip=job["flip"]),
    )
    return blocks.dataloaders(rows, bs=job["batch"], num_workers=job["workers"])


def classification(job):
    return vision_learner(data(job, CategoryBlock, ColReader(1)), resnet18, pretrained=False, metrics=accuracy)


def tagging(job):
    block = MultiCategoryBlock(vocab=job["classes"])
    return vision_learner(data(job, block, ColReader(1)), resnet18, pretrained=False, metrics=accuracy_multi)


def segmentation(job):
    masks = data(job, MaskBlock(codes=job["classes"]), lambda row: Path(job["root"]) / row[1])
    return unet_learner(masks, resnet18, pretrained=False, metrics=foreground_acc)


def keypoints(job):
    def points(row):
        return TensorPoint.create(torch.tensor(row[1], dtype=torch.float32))

    places = data(job, PointBlock, points)
    return vision_learner(
        places, resnet18, pretrained=False, n_out=2 * len(job["rows"][0][1]), y_range=(-1, 1), metrics=mse
    )


def share_right(outputs, targets, job):
    return float((outputs.argmax(1) == targets).float().mean())


def share_of_pixels_right(outputs, targets, job):
    counts = targets != job["classes"].index(job["void"])
    return float((outputs.argmax(1) == targets)[counts].float().mean())


def f_beta(outputs, targets, job):
    said, true = (outputs > F_THRESHOLD).numpy(), targets.numpy().astype(bool)
    both, weight = (said & true).sum(1), F_BETA**2
    whole = weight * true.sum(1) + said.sum(1)
    return float(np.mean((1 + weight) * both / np.maximum(whole, 1)))


def pixel_error(outputs, targets, job):
    """In the original's pixels."""
    size_wh = torch.tensor(job["original_wh"], dtype=torch.float32)
    difference = (outputs.reshape(len(outputs), -1, 2) - targets.reshape(len(outputs), -1, 2)) / 2 * size_wh
    return float(difference.norm(dim=2).mean())


LEARNERS = {task.__name__: task for task in (classification, tagging, segmentation, keypoints)}
METRICS = {
    "classification": share_right,
    "tagging": f_beta,
    "segmentation": share_of_pixels_right,
    "keypoints": pixel_error,
}

if __name__ == "__main__":
    print(json.dumps(main(json.loads(Path(sys.argv[1]).read_text()))))
