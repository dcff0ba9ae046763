"""Answers as a table."""

import csv
from pathlib import Path

from studio.app.predicting import write_csv
from studio.base.targets import Objects, Thing
from studio.blocks.recipe import Recipe
from studio.jobs.messages import Prediction
from studio.runs.run import create_run

SEEN = Prediction(
    path="a.png",
    label=None,
    target=Objects((Thing("=dog", 1, 2.25, 30.123, 40, score=0.875), Thing("cat", 0, 0, 9.5, 8, score=0.5))),
)
NOTHING = Prediction(path="b.png", label=None, target=Objects(()))
UNREAD = Prediction(path="c.png", label=None, reason="It is no picture.")


def test_a_table_has_a_line_a_box(tmp_path: Path) -> None:
    recipe = Recipe.model_validate(
        {
            "task": {"kind": "detection"},
            "source": {"kind": "folder", "path": str(tmp_path)},
            "labels": {"kind": "annotation_file", "path": "boxes.json"},
        }
    )
    table = tmp_path / "out.csv"
    write_csv(table, create_run(tmp_path / "runs", recipe, None), [SEEN, NOTHING, UNREAD])
    assert list(csv.reader(table.open(newline=""))) == [
        ["image", "label", "score", "x0", "y0", "x1", "y1", "reason"],
        ["a.png", "'=dog", "0.875", "1.00", "2.25", "30.12", "40.00", ""],
        ["a.png", "cat", "0.5", "0.00", "0.00", "9.50", "8.00", ""],
        ["b.png", "", "", "", "", "", "", ""],
        ["c.png", "", "", "", "", "", "", "It is no picture."],
    ]
