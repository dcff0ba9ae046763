"""Real data from nothing: threes and sevens, 28 px, learned on two cores in less than a minute."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from studio.blocks.recipe import Recipe
from studio.blocks.table import Part, Row
from studio.engine.train import train_run
from studio.jobs.messages import Finished
from studio.runs.run import Run


@pytest.mark.skipif(not os.environ.get("STUDIO_NIGHTLY"), reason="trains for half a minute: set STUDIO_NIGHTLY=1")
def test_threes_and_sevens(make_run: Callable[..., Run], shared_data: Path) -> None:
    root = shared_data / "mnist_tiny"
    parts: tuple[Part, ...] = ("train", "valid")
    rows = [
        Row(path.relative_to(root).as_posix(), path.parent.name, "folder", part)
        for part in parts
        for path in sorted((root / part).rglob("*.png"))
    ]
    assert len(rows) > 1000
    recipe = Recipe.model_validate(
        {
            "source": {"kind": "folder", "path": str(root)},
            # No mirror images: they are not threes.
            "transforms": [
                {"kind": "resize", "side_px": 32},
                {"kind": "rotate"},
                {"kind": "zoom"},
                {"kind": "normalise"},
            ],
            "model": {"encoder": "test_resnet"},
            "training": {"epochs": 5, "learning_rate": 1e-2, "device": "cpu"},
        }
    )
    began = time.process_time()
    end = train_run(make_run(rows, recipe, root, ("3", "7")), lambda event: None, lambda: False, resume=False)
    assert isinstance(end, Finished)
    assert end.metrics["accuracy"] >= 0.97
    assert time.process_time() - began < 60
