"""dlib's XML: real faces with landmarks, and what is wrong in a file."""

from pathlib import Path

import pytest

from studio.base.targets import Place, Thing
from studio.formats.annotations import Annotations
from studio.formats.reading import read_annotations, what_to_read


def read(path: Path) -> Annotations:
    return read_annotations(what_to_read(path))


def written(folder: Path, boxes: str) -> Path:
    path = folder / "faces.xml"
    path.write_text(f"<dataset><images><image file='a.jpg' width='100' height='50'>{boxes}</image></images></dataset>")
    return path


@pytest.mark.parametrize(("name", "images", "faces"), [("training", 4, 18), ("testing", 5, 25)])
def test_the_faces(shared_data: Path, name: str, images: int, faces: int) -> None:
    folder = shared_data / "dlib_faces" / "faces"
    plain, marked = read(folder / f"{name}.xml"), read(folder / f"{name}_with_face_landmarks.xml")
    for found in (plain, marked):
        assert (found.format, found.classes, found.problems) == ("dlib", ("object",), ())
        assert len(found.entries) == images
        assert sum(len(entry.things) for entry in found.entries.values()) == faces
    assert plain.skeleton is None
    assert marked.skeleton is not None
    assert marked.skeleton.names == tuple(f"{number:02}" for number in range(68))
    points = [one for entry in marked.entries.values() for one in entry.points]
    assert len(points) == faces
    assert all(None not in one.places for one in points)


def test_the_first_face(shared_data: Path) -> None:
    found = read(shared_data / "dlib_faces" / "faces" / "training_with_face_landmarks.xml")
    entry = found.entries["2007_007763.jpg"]
    assert entry.things[0] == Thing("object", 194, 90, 231, 127)
    assert entry.points[0].places[0] == Place(201, 107)
    assert entry.size_wh == (500, 375)


def test_labels_and_marks(tmp_path: Path) -> None:
    box = "<box top='1' left='2' width='3' height='4' ignore='1' difficult='1'><label>dog</label></box>"
    (thing,) = read(written(tmp_path, box)).entries["a.jpg"].things
    assert thing == Thing("dog", 2, 1, 5, 5, is_crowd=True, is_difficult=True)


def test_a_part_that_is_missing_in_one_box_is_absent(tmp_path: Path) -> None:
    box = "<box top='1' left='2' width='3' height='4'>{}</box>"
    nose, ear = "<part name='nose' x='3' y='2'/>", "<part name='ear' x='4' y='3'/>"
    found = read(written(tmp_path, box.format(nose + ear) + box.format(nose)))
    assert found.skeleton is not None
    assert found.skeleton.names == ("ear", "nose")
    assert [points.places for points in found.entries["a.jpg"].points] == [
        (Place(4, 3), Place(3, 2)),
        (None, Place(3, 2)),
    ]


@pytest.mark.parametrize(
    ("boxes", "field", "words"),
    [
        ("<box top='1' left='2' width='-3' height='4'/>", "box", "negative width"),
        ("<box top='1' left='2' width='3'/>", "height", "Nothing is written"),
        ("<box top='x' left='2' width='3' height='4'/>", "top", "'x'"),
        ("<box top='1' left='2' width='3' height='4'><part x='1' y='1'/></box>", "part", "where a name belongs"),
        (
            "<box top='1' left='2' width='3' height='4'><part name='a' x='1' y=''/></box>",
            "part a, y",
            "Nothing is written",
        ),
        (
            "<box top='1' left='2' width='3' height='4'><part name='a' x='1' y='1'/><part name='a' x='1' y='1'/></box>",
            "part",
            "occurs twice",
        ),
    ],
)
def test_what_is_wrong_names_image_box_and_field(tmp_path: Path, boxes: str, field: str, words: str) -> None:
    (problem,) = read(written(tmp_path, boxes)).problems
    assert (problem.file, problem.place, problem.field) == ("faces.xml", "image 1, box 1", field)
    assert words in problem.message


def test_a_part_outside_is_told(tmp_path: Path) -> None:
    box = "<box top='1' left='2' width='3' height='4'><part name='nose' x='130' y='2'/></box>"
    (problem,) = read(written(tmp_path, box)).problems
    assert problem.is_used
    assert (problem.field, problem.message) == (
        "nose",
        "The point (130, 2) is outside the picture, which is 100 x 50 pixels.",
    )
