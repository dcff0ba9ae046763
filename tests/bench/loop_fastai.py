"""fastai's side of `loop`, run by the interpreter of fastai's environment: `loop_fastai.py JOB.json` prints JSON.

Of our own package it takes only what is made of torch alone, the head.
"""

import json
import sys
import time
from pathlib import Path

import torch
from fastai.basics import Callback, CrossEntropyLossFlat, DataLoaders, Learner
from fastai.callback.all import ProgressCallback  # noqa: F401  importing it gives the learner no_bar and fit_one_cycle
from fastai.metrics import accuracy

from studio.engine.head import make_head
from tests.bench import small_net


class Stopwatch(Callback):
    """When training and validation of an epoch begin and end."""

    def before_train(self):
        self.began = time.perf_counter()

    def after_train(self):
        self.trained = time.perf_counter()

    def after_validate(self):
        self.validated = time.perf_counter()


def main(job):
    torch.set_num_threads(job["threads"])
    train, valid = small_net.draw_batches(small_net.STEPS, 0), small_net.draw_batches(small_net.CHECKS, 1)

    def network():
        torch.manual_seed(0)
        head = make_head(job["features"], small_net.CLASSES)
        return torch.nn.Sequential(small_net.make_body(job["features"]), head)

    watch = Stopwatch()
    loaders = DataLoaders(*(torch.utils.data.DataLoader(batches, batch_size=None) for batches in (train, valid)))
    learner = Learner(loaders, network(), loss_func=CrossEntropyLossFlat(), metrics=accuracy, cbs=watch)
    bare = network()
    optimizer = torch.optim.AdamW(bare.parameters(), lr=small_net.RATE, fused=True)

    def theirs():
        with learner.no_bar(), learner.no_logging():
            learner.fit_one_cycle(1, small_net.RATE)
        return watch.trained - watch.began, watch.validated - watch.trained

    return small_net.in_turn(
        job["repeats"], theirs, lambda: small_net.hand_written_epoch(bare, optimizer, train, valid)
    )


if __name__ == "__main__":
    print(json.dumps(main(json.loads(Path(sys.argv[1]).read_text()))))
