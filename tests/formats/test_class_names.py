"""Files of class names, one a line, and the lists of YOLO data sets."""

from pathlib import Path

import pytest

from studio.base.errors import UserError
from studio.formats.class_names import find_class_list, read_class_names, read_yolo_settings


def test_the_codes_of_camvid(shared_data: Path) -> None:
    names = read_class_names(shared_data / "camvid_tiny" / "codes.txt")
    assert (len(names), names[0], names[-1]) == (32, "Animal", "Wall")
    assert "Void" in names


@pytest.mark.parametrize(
    "content",
    [b"cat\ndog", b"cat\r\ndog\r\n\r\n", b"\xef\xbb\xbfcat\ndog\n", "cat\ndog\n".encode("utf-16"), b"cat \n dog"],
)
def test_line_ends_and_encodings(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "names.txt").write_bytes(content)
    assert read_class_names(tmp_path / "names.txt") == ("cat", "dog")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"cat\n\ndog", "line 2: Nothing is written"),
        (b"cat\ndog\ncat", "line 3: The name 'cat' stands in line 1 too"),
        (b"", "line 1"),
        (b"cat\0dog", "not a text file"),
    ],
)
def test_what_is_wrong_names_the_line(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "names.txt").write_bytes(content)
    with pytest.raises(UserError, match=words):
        read_class_names(tmp_path / "names.txt")


@pytest.mark.parametrize(("folder", "first", "count"), [("object_detection", 0, 80), ("instance_segmentation", 1, 80)])
def test_the_settings_of_coco128(shared_data: Path, folder: str, first: int, count: int) -> None:
    found = find_class_list(shared_data / "coco128_train" / folder)
    assert found is not None
    assert (min(found.names), len(found.names), found.names[first]) == (first, count, "person")


def test_settings_without_names_are_none(shared_data: Path) -> None:
    assert read_yolo_settings(shared_data / "dlc_openfield/openfield-Pranav-2018-10-30/config.yaml") is None


def test_points_with_names(tmp_path: Path) -> None:
    path = tmp_path / "data.yaml"
    path.write_text("kpt_shape: [3, 3]\nkpt_names:\n  0:\n    - nose\n    - left_eye\n    - right_eye\nnames: [face]\n")
    found = read_yolo_settings(path)
    assert found is not None
    assert found.numbers_a_point == 3
    assert found.skeleton is not None
    assert (found.skeleton.names, found.skeleton.partners) == (("nose", "left_eye", "right_eye"), ((1, 2),))
