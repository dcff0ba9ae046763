"""Parts by the folders that the data came in."""

from collections import Counter
from pathlib import Path

import pytest
from pydantic import ValidationError

from studio.blocks.labels.parent_folder import ParentFolder
from studio.blocks.split.by_folder import SplitByFolder
from studio.work.build import Surroundings, build
from tests.work.splits.picture_tables import images_in, split, table_of


def test_older_recipes_name_one_validation_folder() -> None:
    read = SplitByFolder.model_validate_json('{"kind": "by_folder", "train": "train", "valid": "val"}')
    assert read.valid == ("val",)
    assert read == SplitByFolder(valid="val")


def test_the_test_folder_may_check() -> None:
    table = table_of(["train/1.png", "test/2.png"], ["a"])
    assert split(SplitByFolder(valid="test"), table) == []
    assert [row.part for row in table.rows] == ["train", "valid"]


def test_several_folders_and_a_test_folder() -> None:
    images = ["train/a/1.png", "val_a/2.png", "val_b/3.png", "held/train/4.png", "extra/5.png"]
    table = table_of(images, ["a"])
    findings = split(SplitByFolder(valid=("val_a", "val_b"), test=("held",)), table)
    assert [row.part for row in table.rows] == ["train", "valid", "valid", "test", "unused"]
    assert [finding.level for finding in findings] == ["info"]


@pytest.mark.parametrize("changed", [{"valid": ("train",)}, {"test": ("valid",)}, {"test": ("x", "x")}, {"valid": ()}])
def test_folders_must_differ(changed: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(ValidationError):
        SplitByFolder.model_validate({"train": "train", **changed})


def test_the_folders_of_the_digits(shared_data: Path) -> None:
    root = shared_data / "mnist_tiny"
    table = table_of(sorted(path.relative_to(root).as_posix() for path in root.rglob("*.png")))
    build(ParentFolder(unlabeled_folders=("test",)), table, Surroundings())
    assert split(SplitByFolder(test=("test",)), table) == []
    assert Counter(row.part for row in table.rows) == {"train": 709, "valid": 699, "": 20}
    assert all(image.startswith("valid/") for image in images_in(table, "valid"))
