"""Real files, broken in every way: what cannot be read is a problem or a UserError, never anything else."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from pycocotools import mask as cocomask

from studio.base.errors import UserError
from studio.formats.annotations import Annotations
from studio.formats.detect import find_annotations
from studio.formats.reading import read_annotations, what_to_read
from studio.formats.taking import take, what_there_is

ODD_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, -1, 10**30, 1e308, float("nan"), float("inf"), "", "\0", "\ud800", "a\nb", "../../x", [], {}]),
    st.text(max_size=8),
    st.lists(st.integers(-5, 5), max_size=5),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)
FUZZ = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def keypoints_and_masks() -> str:
    """A small COCO file with everything that the format has."""
    packed = cocomask.encode(np.asfortranarray(np.eye(8, dtype=np.uint8)))
    common = {"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}
    return json.dumps(
        {
            "images": [{"id": 1, "file_name": "a.jpg", "width": 8, "height": 8}, {"id": 2, "file_name": "b.jpg"}],
            "categories": [{"id": 1, "name": "cat", "keypoints": ["nose", "tail"], "skeleton": [[1, 2]]}],
            "annotations": [
                common | {"segmentation": [[0, 0, 4, 0, 4, 4]], "keypoints": [1, 1, 2, 0, 0, 0]},
                common | {"segmentation": {"size": [8, 8], "counts": packed["counts"].decode()}, "iscrowd": 1},
                common | {"segmentation": {"size": [8, 8], "counts": [8, 8, 48]}, "image_id": 2},
            ],
        }
    )


def real_file(shared_data: Path, name: str) -> str:
    return {
        "coco": keypoints_and_masks,
        "voc": lambda: (shared_data / "bccd/BCCD/Annotations/BloodImage_00001.xml").read_text(),
        "dlib": lambda: (shared_data / "dlib_faces/faces/training_with_face_landmarks.xml").read_text()[:6000],
        "labelme": lambda: (shared_data / "annotations/labelme/primitives/primitives.json").read_text(),
        "deeplabcut": lambda: (
            shared_data / "sleap_testdata/tests/data/dlc/labeled-data/video/madlc_testdata_v2.csv"
        ).read_text(),
        "yolo": lambda: (
            shared_data / "coco128_train/instance_segmentation/labels/train2017/000000000009.txt"
        ).read_text(),
    }[name]()


SUFFIX = {"coco": ".json", "voc": ".xml", "dlib": ".xml", "labelme": ".json", "deeplabcut": ".csv", "yolo": ".txt"}


def read_or_refuse(path: Path, known: str) -> tuple[UserError | None, Annotations | None]:
    try:
        return None, read_annotations(what_to_read(path, known))
    except UserError as error:
        return error, None


def survives(folder: Path, name: str, content: bytes) -> Annotations | None:
    """Read the content alone and among others; whatever is in it, only a UserError may come out."""
    path = folder / f"broken{SUFFIX[name]}"
    path.write_bytes(content)
    found = None
    for target, known in ((path, name), (folder, name), (path, "auto"), (folder, "auto")):
        refused, found = read_or_refuse(target, known)
        if refused is not None or found is None:
            assert refused is not None
            assert refused.message
            assert refused.hint
            continue
        for what in what_there_is(found):
            take(found, what)
        for problem in found.problems:
            assert problem.message.endswith(".")
            assert str(problem).encode()
    assert isinstance(find_annotations(folder), list)
    return found


@st.composite
def changes(draw: st.DrawFn) -> Callable[[bytes], bytes]:
    """Something done to the bytes of a file: cut, doubled, overwritten or put in."""
    start, length = draw(st.floats(0, 1)), draw(st.integers(0, 60))
    put = draw(
        st.sampled_from(
            [
                b"",
                b"\0",
                b"<",
                b"&x;",
                b"]]>",
                b"[",
                b"}",
                b"NaN",
                b"1e999",
                b"-",
                b",",
                b"\n",
                b'"',
                b"\xff\xfe",
                b"9" * 5000,
            ]
        )
    )
    kind = draw(st.sampled_from(["cut", "put", "end", "double"]))

    def change(content: bytes) -> bytes:
        at = int(start * len(content))
        if kind == "end":
            return content[:at]
        if kind == "double":
            return content[:at] + content[max(0, at - length) :]
        return content[:at] + put + content[at + (length if kind == "cut" else 0) :]

    return change


@pytest.mark.parametrize("name", [name for name in SUFFIX if name != "dlib"])  # that one is cut off already
def test_the_files_themselves_are_read(shared_data: Path, tmp_path: Path, name: str) -> None:
    if name == "yolo":
        Image.new("RGB", (64, 48)).save(tmp_path / "broken.png")
        (tmp_path / "classes.txt").write_text("\n".join(f"class {number}" for number in range(100)))
    found = survives(tmp_path, name, real_file(shared_data, name).encode())
    assert found is not None
    assert found.format == name
    assert found.entries


@pytest.mark.parametrize("name", list(SUFFIX))
@given(change=st.lists(changes(), min_size=1, max_size=4))
@FUZZ
def test_bytes_are_changed(
    shared_data: Path, tmp_path_factory: pytest.TempPathFactory, name: str, change: list[Callable[[bytes], bytes]]
) -> None:
    folder = tmp_path_factory.mktemp("hostile")
    if name == "yolo":
        Image.new("RGB", (64, 48)).save(folder / "broken.png")
    content = real_file(shared_data, name).encode()
    for one in change:
        content = one(content)
    survives(folder, name, content)


def with_odd_value(draw: st.DrawFn, value: Any) -> Any:
    """The value, with something else in one place of it."""
    inside = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    )
    if not inside or draw(st.integers(0, 5)) == 0:
        return draw(ODD_VALUES)
    key, child = draw(st.sampled_from(inside[:20]))
    if isinstance(value, dict) and draw(st.integers(0, 7)) == 0:
        return {other: item for other, item in value.items() if other != key}
    changed = with_odd_value(draw, child)
    if isinstance(value, dict):
        return value | {key: changed}
    return [changed if place == key else item for place, item in inside]


@pytest.mark.parametrize("name", ["coco", "labelme"])
@given(data=st.data())
@FUZZ
def test_values_of_json_are_changed(
    shared_data: Path, tmp_path_factory: pytest.TempPathFactory, name: str, data: st.DataObject
) -> None:
    content = json.loads(real_file(shared_data, name))

    @st.composite
    def odd(draw: st.DrawFn) -> Any:
        return with_odd_value(draw, content)

    survives(tmp_path_factory.mktemp("hostile"), name, json.dumps(data.draw(odd())).encode("ascii"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
@pytest.mark.parametrize("name", list(SUFFIX))
def test_a_pipe_is_refused_and_never_waited_for(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"pipe{SUFFIX[name]}"
    os.mkfifo(path)
    with pytest.raises(UserError, match="is not a file"):
        read_annotations(what_to_read(path, name))
    assert find_annotations(tmp_path) == []


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with open(tmp_path / "huge.json", "wb") as file:
        file.truncate(3 << 30)  # a hole: it takes no room
    with pytest.raises(UserError, match="too large: 3221 MB"):
        read_annotations(what_to_read(tmp_path / "huge.json", "coco"))
