"""Too few examples, and masks whose classes are in one part only."""

from pathlib import Path

import numpy as np
from PIL import Image

from studio.base.targets import MaskFile, Target
from studio.work.health.examples import find_few_examples
from studio.work.labelers.classes import class_findings
from tests.work.health.drawn import looked_at, save


def draw(folder: Path, **counts: int) -> dict[str, Target | None]:
    labels: dict[str, Target | None] = {}
    for kind, count in counts.items():
        for number in range(count):
            name = f"{kind}{number}.png"
            save(Image.new("L", (20, 20), number), folder / name)
            labels[name] = kind
    return labels


def test_ten_are_enough_and_nine_are_not(tmp_path: Path) -> None:
    data = looked_at(tmp_path, draw(tmp_path, nut=10, screw=9))
    (found,) = find_few_examples(data)
    assert "'screw' (9)" in found.message
    assert [name for name, _ in found.pictures] == [f"screw{number}.png" for number in range(9)]


def test_the_words_are_those_of_the_labels_block(tmp_path: Path) -> None:
    data = looked_at(tmp_path, draw(tmp_path, b10=2, b9=3, a=12))
    assert [item.message for item in find_few_examples(data)] == [
        item.message for item in class_findings(data.table, "", "")
    ]


def test_classes_of_masks_in_one_part_only(tmp_path: Path) -> None:
    labels: dict[str, Target | None] = {}
    for number in range(24):
        values = np.zeros((20, 20), np.uint8)
        values[:5] = 1
        if number < 20:
            values[5:10] = 2  # only among the training pictures
        else:
            values[5:10] = 3  # only among those kept aside
        save(Image.fromarray(values * 40), tmp_path / f"{number}.png")
        save(Image.fromarray(values), tmp_path / f"masks/{number}.png")
        labels[f"{number}.png"] = MaskFile(f"masks/{number}.png")
    parts = {f"{number}.png": "valid" for number in range(20, 24)}
    data = looked_at(tmp_path, labels, parts, classes=("ground", "road", "car", "tree", "moon"))  # type: ignore[arg-type]
    few, never_trained, never_checked = find_few_examples(data)
    assert "'tree' (4)" in few.message
    assert "moon" not in few.message  # in no mask at all
    assert "'tree'" in never_trained.message
    assert "'car'" in never_checked.message
