"""Head poses in space, on a small copy of the BIWI data set's files."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.base.errors import UserError
from studio.base.targets import Place, Points
from studio.blocks.labels.projected_points import ProjectedPoints
from studio.blocks.table import DataTable, Finding, Row
from studio.work.build import Surroundings, build
from studio.work.labelers.projected_points import project, read_camera

# The form of the data set's files. The place of the head is that of 09/frame_00667 and the matrix that of its camera;
# what is not read (rotation, distortion, depth camera) stands in for the real one.
POSE = "0.96 0.28 0 \n-0.28 0.96 0 \n0 0 1 \n\n187.332 40.3892 893.135 \n"
CALIBRATION = """517.679 0 320
0 517.679 240.5
0 0 1

0 0 0 0

1 0 0
0 1 0
0 0 1

-25 5 -13

640 480
"""
CAMERA = np.array([[517.679, 0, 320], [0, 517.679, 240.5], [0, 0, 1]])


@pytest.fixture
def biwi(tmp_path: Path) -> Path:
    person = tmp_path / "09"
    person.mkdir()
    (person / "rgb.cal").write_text(CALIBRATION)
    (person / "frame_00667_pose.txt").write_text(POSE)
    return tmp_path


def labeled(folder: Path, *images: str, **settings: object) -> tuple[DataTable, list[Finding]]:
    images = images or ("09/frame_00667_rgb.jpg",)
    table = DataTable(root=str(folder), rows=[Row(image) for image in images])
    return table, build(ProjectedPoints.model_validate(settings), table, Surroundings())


@pytest.mark.parametrize("calibration", ["{parent}/rgb.cal", "09/rgb.cal"])
def test_the_centre_of_a_head(biwi: Path, calibration: str) -> None:
    table, findings = labeled(biwi, calibration=calibration, point_name="head")
    assert findings == []
    target = table.rows[0].target
    assert isinstance(target, Points)
    (place,) = target.places
    assert place is not None
    assert (place.y_px, place.x_px) == pytest.approx((263.9104, 428.5814), abs=5e-5)
    assert table.skeleton is not None
    assert table.skeleton.names == ("head",)


def test_pictures_without_a_pose(biwi: Path) -> None:
    table, findings = labeled(biwi, "09/frame_00667_rgb.jpg", "09/frame_00668_rgb.jpg", "09/other.jpg")
    assert [row.target is None for row in table.rows] == [False, True, True]
    assert [finding.level for finding in findings] == ["warning"]
    assert "09/other.jpg has no file by this rule" in findings[0].message
    assert "09/frame_00668_pose.txt" in findings[0].message


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("rgb.cal", None, "rgb.cal no longer exists"),
        ("rgb.cal", "1 0 0\n0 1 0\n0 0 2\n", "third line must be 0 0 1"),
        ("rgb.cal", "517 0 320\n", "rgb.cal has 3 numbers; at least 9"),
        ("frame_00667_pose.txt", POSE.replace("893.135", "-893.135"), "behind the camera"),
        ("frame_00667_pose.txt", POSE.replace("40.3892", "high"), "frame_00667_pose.txt, line 5: 'high'"),
        ("frame_00667_pose.txt", "", "0 numbers; at least 12"),
    ],
)
def test_files_that_do_not_help(biwi: Path, name: str, text: str | None, words: str) -> None:
    if text is None:
        (biwi / "09" / name).unlink()
    else:
        (biwi / "09" / name).write_text(text)
    table, findings = labeled(biwi)
    assert [finding.level for finding in findings] == ["error"]
    assert words in findings[0].message
    assert table.rows[0].target is None


@given(st.floats(-500, 500), st.floats(-500, 500), st.floats(100, 3000))
def test_what_is_seen_lies_on_its_ray(x_mm: float, y_mm: float, z_mm: float) -> None:
    x_px, y_px = project((x_mm, y_mm, z_mm), CAMERA)
    ray = np.linalg.solve(CAMERA, [x_px, y_px, 1])
    assert ray * z_mm == pytest.approx([x_mm, y_mm, z_mm], abs=1e-6)
    assert project((2 * x_mm, 2 * y_mm, 2 * z_mm), CAMERA) == pytest.approx((x_px, y_px))


def test_the_axis_is_seen_in_the_cameras_centre(biwi: Path) -> None:
    assert project((0, 0, 700), read_camera(biwi / "09" / "rgb.cal")) == (320, 240.5)
    with pytest.raises(UserError, match="behind"):
        project((0, 0, 0), CAMERA)


def test_a_place_is_kept_outside_the_picture(biwi: Path) -> None:
    (biwi / "09" / "frame_00667_pose.txt").write_text(POSE.replace("187.332", "-1e4"))
    table, _ = labeled(biwi)
    assert isinstance(table.rows[0].target, Points)
    place = table.rows[0].target.places[0]
    assert isinstance(place, Place)
    assert place.x_px < 0
