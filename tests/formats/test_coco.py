"""COCO JSON: whole, partial, with run lengths, crowds and keypoints; what is wrong names its place."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pycocotools import mask as cocomask

from studio.base.errors import UserError
from studio.base.targets import Place, Points, Thing
from studio.formats.annotations import Annotations
from studio.formats.reading import read_annotations, what_to_read


def written(folder: Path, **changes: Any) -> Path:
    content: dict[str, Any] = {
        "images": [{"id": 7, "file_name": "a.jpg", "width": 100, "height": 50}],
        "annotations": [{"id": 1, "image_id": 7, "category_id": 3, "bbox": [10, 20, 30, 15]}],
        "categories": [{"id": 3, "name": "cat"}],
    }
    path = folder / "train.json"
    path.write_text(json.dumps(content | changes), encoding="utf-8")
    return path


def read(path: Path) -> Annotations:
    return read_annotations(what_to_read(path))


def annotation(**fields: Any) -> dict[str, Any]:
    return {"image_id": 7, "category_id": 3, "bbox": [10, 20, 30, 15]} | fields


def test_the_partial_file_of_coco_tiny(shared_data: Path) -> None:
    found = read(shared_data / "coco_tiny" / "train.json")
    assert (found.format, len(found.entries), found.problems) == ("coco", 200, ())
    assert found.classes == ("chair", "couch", "tv", "remote", "book", "vase")
    counts = Counter(thing.class_name for entry in found.entries.values() for thing in entry.things)
    assert sum(counts.values()) == 688
    assert counts == {"chair": 284, "book": 254, "vase": 64, "couch": 40, "tv": 26, "remote": 20}
    first = found.entries["000000542959.jpg"].things[0]
    assert (first.left_px, first.top_px) == (32.52, 86.34)
    assert (first.right_px, first.bottom_px) == pytest.approx((41.05, 95.75))


def test_labelmes_export_has_the_outlines_of_the_drawing(shared_data: Path) -> None:
    folder = shared_data / "annotations" / "labelme" / "instance_segmentation"
    exported = read(folder / "data_dataset_coco" / "annotations.json")
    drawn = read(folder / "data_annotated")
    assert sum(len(entry.things) for entry in exported.entries.values()) == 12
    for name, entry in drawn.entries.items():
        other = exported.entries[f"JPEGImages/{name}"]
        assert sorted((one.class_name, sorted(one.outline)) for one in other.things) == sorted(
            (one.class_name, sorted(one.outline)) for one in entry.things
        )
        assert other.size_wh == entry.size_wh


def test_a_box_is_taken_as_written(tmp_path: Path) -> None:
    entry = read(written(tmp_path)).entries["a.jpg"]
    assert entry.things == (Thing("cat", 10, 20, 40, 35),)
    assert entry.size_wh == (100, 50)


def test_a_picture_without_annotations_is_an_entry_without_things(tmp_path: Path) -> None:
    found = read(written(tmp_path, annotations=[]))
    assert found.entries["a.jpg"].things == ()


def test_run_lengths_of_both_kinds_give_the_same_outline(tmp_path: Path) -> None:
    mask_hw = np.zeros((50, 100), np.uint8)
    mask_hw[5:12, 20:30] = 1
    mask_hw[7:9, 22:25] = 0
    packed = cocomask.encode(np.asfortranarray(mask_hw))
    compressed = {"size": [50, 100], "counts": packed["counts"].decode()}
    flat = mask_hw.T.ravel()
    runs = np.diff([0, *(np.nonzero(np.diff(flat))[0] + 1), len(flat)]).tolist()
    plain = {"size": [50, 100], "counts": runs}
    found = read(
        written(
            tmp_path,
            annotations=[
                annotation(segmentation=compressed, iscrowd=1, bbox=None),
                annotation(segmentation=plain, iscrowd=1, bbox=None),
            ],
        )
    )
    one, other = found.entries["a.jpg"].things
    assert one == other
    assert one.is_crowd
    assert (one.left_px, one.top_px, one.right_px, one.bottom_px) == (20, 5, 30, 12)
    assert sorted(map(len, one.outline)) == [8, 8]


def test_keypoints_with_what_can_be_seen(tmp_path: Path) -> None:
    category = {"id": 3, "name": "mouse", "keypoints": ["nose", "left_ear", "right_ear"], "skeleton": [[1, 2], [1, 3]]}
    found = read(
        written(
            tmp_path,
            categories=[category],
            annotations=[annotation(keypoints=[1, 2, 2, 0, 0, 0, 30, 40, 1], num_keypoints=2)],
        )
    )
    assert found.entries["a.jpg"].points == (Points((Place(1, 2), None, Place(30, 40, is_hidden=True))),)
    assert found.skeleton is not None
    assert found.skeleton.names == ("nose", "left_ear", "right_ear")
    assert found.skeleton.edges == ((0, 1), (0, 2))
    assert found.skeleton.partners == ((1, 2),)


def test_somebody_of_whom_no_keypoint_is_known_has_no_points(tmp_path: Path) -> None:
    category = {"id": 3, "name": "mouse", "keypoints": ["nose"]}
    found = read(written(tmp_path, categories=[category], annotations=[annotation(keypoints=[0, 0, 0])]))
    assert found.entries["a.jpg"].points == ()
    assert len(found.entries["a.jpg"].things) == 1


@pytest.mark.parametrize(
    ("fields", "place", "words"),
    [
        ({"bbox": [10, 20, -3, 5]}, "bbox", "negative width (-3)"),
        ({"bbox": [10, 20, 3]}, "bbox", "3 numbers where 4 belong"),
        ({"bbox": [10, 20, "x", 5]}, "bbox", "'x' is written where a number belongs"),
        ({"bbox": [10, 20, float("nan"), 5]}, "bbox", "where a number belongs"),
        ({"bbox": [10, 20, float("inf"), 5]}, "bbox", "where a number belongs"),
        ({"bbox": [10, 20, 1e300, 5]}, "bbox", "far outside any picture"),
        ({"bbox": None}, "bbox", "neither a box nor an outline"),
        ({"image_id": 8}, "image_id", "no image '8'"),
        ({"image_id": [7]}, "image_id", "a list is no id"),
        ({"category_id": 4}, "category_id", "no category '4'"),
        ({"iscrowd": 5}, "iscrowd", "'5'"),
        ({"segmentation": [[1, 2, 3]]}, "segmentation", "3 numbers"),
        ({"segmentation": "all"}, "segmentation", "'all'"),
        ({"segmentation": {"size": [50, 100], "counts": [5]}}, "segmentation.counts", "do not add up"),
        ({"segmentation": {"size": [10**6, 10**6], "counts": [10**12]}}, "segmentation.size", "not possible"),
        ({"keypoints": [1, 2, 2]}, "keypoints", "no category names them"),
    ],
)
def test_what_is_wrong_names_annotation_and_field(tmp_path: Path, fields: Any, place: str, words: str) -> None:
    good = annotation()
    found = read(written(tmp_path, annotations=[good, annotation(**fields)]))
    (problem,) = found.problems
    assert (problem.file, problem.place, problem.field) == ("train.json", "annotation 2", place)
    assert words in problem.message
    assert not problem.is_used
    assert len(found.entries["a.jpg"].things) == 1


@pytest.mark.parametrize(
    ("bbox", "words"), [([10, 20, 0, 5], "no area"), ([90, 20, 30, 5], "outside the picture, which is 100 x 50")]
)
def test_what_looks_wrong_is_taken_and_told(tmp_path: Path, bbox: list[float], words: str) -> None:
    found = read(written(tmp_path, annotations=[annotation(bbox=bbox)]))
    (problem,) = found.problems
    assert problem.is_used
    assert problem.picture == "a.jpg"
    assert words in problem.message
    assert len(found.entries["a.jpg"].things) == 1


def test_a_picture_that_is_named_twice_is_told(tmp_path: Path) -> None:
    images = [{"id": 7, "file_name": "a.jpg"}, {"id": 8, "file_name": "a.jpg"}]
    (problem,) = read(written(tmp_path, images=images)).problems
    assert (problem.place, problem.message) == ("image 2", "The picture 'a.jpg' is named twice.")


def test_splits_in_folders_of_their_own_are_read_together(tmp_path: Path) -> None:
    for part in ("train", "valid"):
        (tmp_path / part).mkdir()
        written(tmp_path / part)
    assert list(read(tmp_path).entries) == ["train/a.jpg", "valid/a.jpg"]


def test_panoptic_files_are_refused_in_words(shared_data: Path) -> None:
    path = shared_data / "coco128_train" / "panoptic_segmentation" / "annotations" / "panoptic_train2017.json"
    with pytest.raises(UserError, match="panoptic masks"):
        read_annotations(what_to_read(path, "coco"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is empty"),
        ('{"images": [', "ends too early"),
        ('{"images": [}', "not valid JSON at line 1, column 13"),
        ("[" * 100_000, "nested too deeply"),
        ('{"images": 5}', "a list 'images'"),
        ('{"images": [], "annotations": {}}', "are a list"),
        ("[1, 2]", "a list 'images'"),
    ],
)
def test_a_broken_file_is_refused_in_words(tmp_path: Path, content: str, words: str) -> None:
    (tmp_path / "bad.json").write_text(content)
    with pytest.raises(UserError, match=words):
        read_annotations(what_to_read(tmp_path / "bad.json", "coco"))
