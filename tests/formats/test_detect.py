"""What is found in a folder, and how a path that somebody named is read."""

from pathlib import Path
from typing import get_args

import pytest

from studio.base.errors import UserError
from studio.formats.detect import detect, find_annotations, format_of
from studio.formats.format_names import TITLES, FormatName
from studio.formats.registry import FORMATS, format_named


def test_every_format_stands_once_and_has_words() -> None:
    assert [known.name for known in FORMATS] == list(get_args(FormatName)) == list(TITLES)
    assert all(known.title and known.suffixes for known in FORMATS)
    assert all(format_named(known.name) is known for known in FORMATS)


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("bccd", [("voc", "BCCD/Annotations")]),
        ("coco_tiny", [("coco", "train.json")]),
        ("coco128_train", [("yolo", "instance_segmentation"), ("yolo", "object_detection")]),
        (
            "dlc_openfield",
            [("deeplabcut", "openfield-Pranav-2018-10-30/labeled-data/m4s1/CollectedData_Pranav.csv")],
        ),
        (
            "dlib_faces",
            [
                ("dlib", f"faces/{name}.xml")
                for name in ("testing", "testing_with_face_landmarks", "training", "training_with_face_landmarks")
            ],
        ),
        ("flowers_128", []),
        ("mnist_tiny", []),
        ("camvid_tiny", []),
        ("isbi2012_em", []),
        ("imdb_sample", []),
        ("odd_inputs", []),
    ],
)
def test_what_is_in_the_data_sets(shared_data: Path, folder: str, expected: list[tuple[str, str]]) -> None:
    found = find_annotations(shared_data / folder)
    assert [(one.format.name, one.path.relative_to(shared_data / folder).as_posix()) for one in found] == expected


def test_files_of_other_tools_are_not_taken_for_ours(shared_data: Path) -> None:
    for name in (
        "annotations/via_v1/balloon/train/via_region_data.json",
        "annotations/label_studio_converter/tests/data/test_export_yolo/data.json",
        "annotations/label_studio_converter/tests/pathtrack/info.xml",
        "sleap_testdata/tests/data/json_format_v2/minimal_instance.json",
        "sleap_testdata/tests/data/alphatracker/at_testdata.json",
        "bccd/test.csv",
        "camvid_tiny/codes.txt",
    ):
        assert format_of(shared_data / name) is None, name


def test_a_folder_is_read_as_the_one_thing_that_is_in_it(shared_data: Path) -> None:
    assert detect(shared_data / "coco_tiny").path == shared_data / "coco_tiny" / "train.json"
    assert detect(shared_data / "bccd").path == shared_data / "bccd"


@pytest.mark.parametrize(
    ("folder", "words"),
    [
        ("coco128_train", "holds 2 YOLO data sets: instance_segmentation, object_detection"),
        ("annotations/labelme/bbox_detection", "several formats: labelme .JSON. and Pascal VOC .XML."),
        ("flowers_128", "No annotation files were found"),
        ("bccd/test.csv", "of no format that is read here"),
        ("not/there", "does not exist"),
    ],
)
def test_what_is_not_clear_is_asked(shared_data: Path, folder: str, words: str) -> None:
    with pytest.raises(UserError, match=words) as refused:
        detect(shared_data / folder)
    assert refused.value.hint


def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "again").symlink_to(tmp_path)
    (tmp_path / "b.json").symlink_to(tmp_path / "b.json")
    assert find_annotations(tmp_path) == []
