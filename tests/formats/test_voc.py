"""Pascal VOC XML: the real blood cells, what other tools write, and what must never be followed."""

from collections import Counter
from pathlib import Path

import pytest

from studio.base.errors import UserError
from studio.base.targets import Thing
from studio.formats.annotations import Annotations
from studio.formats.reading import read_annotations, what_to_read

OBJECT = """<object><name>{name}</name><difficult>{difficult}</difficult>
<bndbox><xmin>{box[0]}</xmin><ymin>{box[1]}</ymin><xmax>{box[2]}</xmax><ymax>{box[3]}</ymax></bndbox></object>"""


def voc(
    filename: str = "a.jpg",
    name: str = "cat",
    difficult: str = "0",
    box: tuple[object, ...] = (1, 2, 30, 40),
    size: tuple[object, object] = (100, 50),
) -> str:
    return f"""<annotation><filename>{filename}</filename>
<size><width>{size[0]}</width><height>{size[1]}</height><depth>3</depth></size>
{OBJECT.format(name=name, difficult=difficult, box=box)}</annotation>"""


def read(path: Path, content: str | bytes = "") -> Annotations:
    if content:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_annotations(what_to_read(path, "voc"))


def test_the_blood_cells(shared_data: Path) -> None:
    found = read_annotations(what_to_read(shared_data / "bccd" / "BCCD" / "Annotations"))
    assert (found.format, len(found.entries)) == ("voc", 364)
    counts = Counter(thing.class_name for entry in found.entries.values() for thing in entry.things)
    assert counts == {"RBC": 4155, "WBC": 372, "Platelets": 361}
    assert [str(problem) for problem in found.problems] == [
        "BloodImage_00338.xml, object 13, bndbox: The box of 'RBC' has no area.",
        "BloodImage_00343.xml, object 4, bndbox: The box of 'RBC' has no area.",
    ]
    assert all(problem.is_used for problem in found.problems)
    assert found.entries["BloodImage_00000.jpg"].things[0] == Thing("WBC", 260, 177, 491, 376)
    assert found.entries["BloodImage_00000.jpg"].size_wh == (640, 480)


def test_labelmes_export_has_the_boxes_of_the_drawing(shared_data: Path) -> None:
    folder = shared_data / "annotations" / "labelme" / "bbox_detection"
    drawn = read_annotations(what_to_read(folder / "data_annotated"))
    exported = read_annotations(what_to_read(folder / "data_dataset_voc"))
    assert len(drawn.entries) == 3
    for name, entry in drawn.entries.items():
        other = exported.entries[f"Annotations/{name}"]
        assert [one.class_name for one in other.things] == [one.class_name for one in entry.things]
        for one, two in zip(other.things, entry.things, strict=True):
            written = (one.left_px, one.top_px, one.right_px, one.bottom_px)
            assert written == pytest.approx((two.left_px, two.top_px, two.right_px, two.bottom_px))


def test_difficult_things_are_marked(tmp_path: Path) -> None:
    (thing,) = read(tmp_path / "a.xml", voc(difficult="1")).entries["a.jpg"].things
    assert thing.is_difficult
    assert not thing.is_crowd


def test_a_file_that_names_no_picture_belongs_to_the_one_of_its_own_name(tmp_path: Path) -> None:
    assert list(read(tmp_path / "b.xml", voc(filename="")).entries) == ["b"]


def test_two_files_that_name_the_same_picture_go_by_their_own_names(tmp_path: Path) -> None:
    for name in ("a.xml", "b.xml"):
        (tmp_path / name).write_text(voc(filename="a.jpg"))
    assert list(read(tmp_path).entries) == ["a.jpg", "b"]


def test_other_xml_in_the_folder_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(voc())
    (tmp_path / "b.xml").write_text("<config><size/></config>")
    found = read(tmp_path)
    assert (list(found.entries), found.problems) == (["a.jpg"], ())


def test_a_broken_file_among_others_is_a_problem_of_its_picture(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(voc())
    (tmp_path / "b.xml").write_text(voc(filename="b.jpg")[:120])
    found = read(tmp_path)
    (problem,) = found.problems
    assert list(found.entries) == ["a.jpg"]
    assert (problem.file, problem.picture, problem.is_used) == ("b.xml", "b", False)
    assert "line 3" in problem.message
    assert str(tmp_path) not in problem.message


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"box": (30, 2, 1, 40)}, "bndbox", "negative width (-29)"),
        ({"box": (1, "two", 30, 40)}, "ymin", "'two' is written where a number belongs"),
        ({"box": (1, "", 30, 40)}, "ymin", "Nothing is written where a number belongs"),
        ({"box": (1, 2, "nan", 40)}, "xmax", "where a number belongs"),
        ({"box": (1, 2, 30, "1e999")}, "ymax", "where a number belongs"),
        ({"box": (1, 2, 30, "1_0")}, "ymax", "where a number belongs"),
        ({"name": " "}, "name", "Nothing is written where a name belongs"),
        ({"difficult": "maybe"}, "difficult", "'maybe'"),
    ],
)
def test_what_is_wrong_names_object_and_field(
    tmp_path: Path, changes: dict[str, object], field: str, words: str
) -> None:
    found = read(tmp_path / "a.xml", voc(**changes))  # type: ignore[arg-type]
    (problem,) = found.problems
    assert (problem.file, problem.place, problem.field, problem.picture) == ("a.xml", "object 1", field, "a.jpg")
    assert words in problem.message
    assert found.entries["a.jpg"].things == ()


def test_a_size_that_cannot_be_is_told_and_not_used(tmp_path: Path) -> None:
    found = read(tmp_path / "a.xml", voc(size=(-5, 50)))
    assert found.entries["a.jpg"].size_wh is None
    assert [problem.field for problem in found.problems] == ["width"]
    assert read(tmp_path / "a.xml", voc(size=(0, 0))).problems == ()


BILLION_LAUGHS = """<?xml version="1.0"?><!DOCTYPE annotation [<!ENTITY a "ha">
%s]><annotation><filename>&b9;</filename></annotation>""" % "".join(  # noqa: UP031
    f'<!ENTITY b{level} "{f"&b{level - 1};" * 10 if level else "&a;" * 10}">' for level in range(10)
)
OUTSIDE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><annotation><filename>&x;</filename></annotation>'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (BILLION_LAUGHS, "declares entities"),
        (OUTSIDE, "declares entities"),
        (BILLION_LAUGHS.encode("utf-16"), "declares entities"),
        (b"   ", "is empty"),
        (b"<annotation>", "not valid XML at line 1"),
        (b"<annotation></annotations>", "mismatched tag"),
        (b"\x00\x01\x02", "not valid XML"),
        (b'<?xml version="1.0" encoding="klingon"?><annotation/>', "not valid XML"),
        (b"<other/>", "outermost element"),
    ],
)
def test_a_hostile_or_broken_file_is_refused_in_words(tmp_path: Path, content: str | bytes, words: str) -> None:
    with pytest.raises(UserError, match=words):
        read(tmp_path / "a.xml", content)


def test_very_deep_xml_does_no_harm(tmp_path: Path) -> None:
    depth = 100_000
    try:
        found = read(tmp_path / "a.xml", "<annotation>" + "<a>" * depth + "</a>" * depth + "</annotation>")
    except UserError:
        return
    assert list(found.entries) == ["a"]
