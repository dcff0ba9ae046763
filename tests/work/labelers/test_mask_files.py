"""Masks beside pictures: where they are, what their values mean, and what is wrong with them."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.base.targets import MaskFile
from studio.blocks.labels.mask_files import MaskFiles
from studio.blocks.table import DataTable, Finding, Row
from studio.imaging import masks
from studio.work.build import Surroundings, build

NAMED = {"template": "{stem}_m.png", "classes_from": "names"}


def draw(folder: Path, name: str, values: object, size_wh: tuple[int, int] = (4, 2)) -> Row:
    """A picture and its mask."""
    Image.new("RGB", size_wh, "red").save(folder / f"{name}.png")
    Image.fromarray(np.array(values, dtype=np.uint8)).save(folder / f"{name}_m.png")
    return Row(f"{name}.png")


def labeled(folder: Path, rows: list[Row], **settings: object) -> tuple[DataTable, list[Finding]]:
    table = DataTable(root=str(folder), rows=rows)
    block = MaskFiles.model_validate(NAMED | settings)
    return table, build(block, table, Surroundings())


def levels(findings: list[Finding]) -> list[str]:
    return [finding.level for finding in findings]


@pytest.mark.parametrize("root", ["images", ""])
def test_camvid(label_folder, shared_data: Path, root: str) -> None:
    rows, findings = label_folder(shared_data / "camvid_tiny" / root, MaskFiles())
    assert len(rows.classes) == 32
    assert (rows.classes[0], rows.classes[30]) == ("Animal", "Void")
    used = [row for row in rows.rows if row.target is not None]
    assert len(used) == 100
    for row in used:
        assert isinstance(row.target, MaskFile)
        assert row.target.values == ()
        assert row.target == row.by_rule
        assert (Path(rows.root) / row.target.path).is_file()
    assert levels(findings) == ([] if root else ["warning"])  # the masks are pictures without a mask


@pytest.mark.parametrize(
    ("settings", "classes", "told"),
    [
        ({"classes_from": "names", "class_names": ("membrane", "cell")}, ["membrane", "cell"], ["info"]),
        (
            {"classes_from": "names", "class_names": ("cell", "membrane"), "values": ("255", "0")},
            ["cell", "membrane"],
            [],
        ),
        ({"classes_from": "masks"}, ["0", "255"], []),
    ],
)
def test_cell_membranes(label_folder, shared_data: Path, settings: dict, classes: list[str], told: list[str]) -> None:
    block = MaskFiles.model_validate({"template": "../label/{stem}.png"} | settings)
    rows, findings = label_folder(shared_data / "isbi2012_em" / "data" / "membrane" / "train" / "image", block)
    assert rows.classes == classes
    values = (255, 0) if "values" in settings else (0, 255)
    assert {row.target.values for row in rows.rows} == {values}
    assert levels(findings) == told


def test_missing_masks_are_listed(tmp_path: Path) -> None:
    rows = [draw(tmp_path, "a", [[0, 1, 0, 1]] * 2), Row("b.png"), Row("c.png")]
    table, findings = labeled(tmp_path, rows, class_names=("x", "y"))
    assert [row.target for row in table.rows] == [MaskFile("a_m.png"), None, None]
    assert levels(findings) == ["warning"]
    assert "b_m.png; c_m.png" in findings[0].message
    table, findings = labeled(tmp_path, rows, class_names=("x", "y"), template="{stem}_q.png")
    assert [(finding.level, finding.field) for finding in findings] == [("error", "template")]


def test_a_mask_of_another_size(tmp_path: Path) -> None:
    rows = [draw(tmp_path, "a", [[0, 1, 0, 1]] * 2), draw(tmp_path, "b", [[0, 1]])]
    table, findings = labeled(tmp_path, rows, class_names=("x", "y"))
    assert levels(findings) == ["error"]
    assert "b_m.png has 2 x 1 pixels, but its picture b.png has 4 x 2 pixels" in findings[0].message
    table, findings = labeled(tmp_path, rows, class_names=("x", "y"), skip_bad=True)
    assert levels(findings) == ["warning"]
    assert [row.image for row in table.rows] == ["a.png"]
    assert table.left_out[0].image == "b.png"


def test_values_without_a_name(tmp_path: Path) -> None:
    rows = [draw(tmp_path, "a", [[0, 1, 0, 1]] * 2), draw(tmp_path, "b", [[0, 7, 9, 1]] * 2)]
    table, findings = labeled(tmp_path, rows, class_names=("x", "y"))
    assert levels(findings) == ["error"]
    assert "b_m.png holds the values 7, 9 without a name" in findings[0].message
    assert "Values" in findings[0].hint
    assert table.rows[1].target is None


def test_a_border_of_255_needs_a_name_of_its_own(tmp_path: Path) -> None:
    rows = [draw(tmp_path, name, [[0, 1, 255, 1]] * 2) for name in "ab"]
    assert levels(labeled(tmp_path, rows, class_names=("x", "y"))[1]) == ["error"]
    table, findings = labeled(tmp_path, rows, class_names=("x", "y", "void"), values=("0", "1", "255"))
    assert table.rows[0].target == MaskFile("a_m.png", (0, 1, 255))
    assert findings == []


def test_one_odd_mask_does_not_change_the_meaning_of_all(tmp_path: Path) -> None:
    rows = [draw(tmp_path, name, [[0, 255, 0, 255]] * 2) for name in "abc"]
    rows.append(draw(tmp_path, "d", [[0, 128, 0, 255]] * 2))
    table, findings = labeled(tmp_path, rows, class_names=("x", "y"))
    assert levels(findings) == ["info", "error"]
    assert "d_m.png holds the value 128 without a name" in findings[1].message
    assert table.rows[0].target == MaskFile("a_m.png", (0, 255))


def test_masks_in_colour_or_broken(tmp_path: Path) -> None:
    rows = [draw(tmp_path, name, [[0, 1, 0, 1]] * 2) for name in "abc"]
    Image.new("RGB", (4, 2), "red").save(tmp_path / "b_m.png")
    (tmp_path / "c_m.png").write_bytes(b"no picture")
    _, findings = labeled(tmp_path, rows, class_names=("x", "y"))
    assert levels(findings) == ["error"]
    assert "b_m.png holds colours" in findings[0].message
    assert "c_m.png is not a picture" in findings[0].message


def test_pictures_taken_for_masks(tmp_path: Path) -> None:
    shades = np.arange(200, dtype=np.uint8).reshape(10, 20)
    _, findings = labeled(tmp_path, [draw(tmp_path, "a", shades, (20, 10))], classes_from="masks")
    assert [(finding.level, finding.field) for finding in findings] == [("error", "template")]
    assert "200 different values" in findings[0].message


@pytest.mark.parametrize(
    ("text", "words"), [(None, "codes.txt"), ("", "no names"), ("sky\nroad\nsky\n", "'sky' twice")]
)
def test_a_file_of_names_that_does_not_help(tmp_path: Path, text: str | None, words: str) -> None:
    if text is not None:
        (tmp_path / "codes.txt").write_text(text)
    rows = [draw(tmp_path, "a", [[0, 1, 0, 1]] * 2)]
    _, findings = labeled(tmp_path, rows, classes_from="file")
    assert [(finding.level, finding.field) for finding in findings] == [("error", "classes_file")]
    assert words in findings[0].message


def test_names_and_values_must_be_as_many(tmp_path: Path) -> None:
    rows = [draw(tmp_path, "a", [[0, 1, 0, 1]] * 2)]
    _, findings = labeled(tmp_path, rows, class_names=("x", "y"), values=("1",))
    assert [(finding.level, finding.field) for finding in findings] == [("error", "values")]


def test_a_mask_is_looked_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [draw(tmp_path, name, [[0, 1, 0, 1]] * 2) for name in "ab"]
    progress: list[tuple[int, int]] = []
    read: list[str] = []
    real = masks.read_image
    monkeypatch.setattr(masks, "read_image", lambda path, **how: (read.append(path.name), real(path, **how))[1])
    block = MaskFiles.model_validate(NAMED | {"class_names": ("x", "y")})
    around = Surroundings(on_progress=lambda done, total: progress.append((done, total)))
    build(block, DataTable(root=str(tmp_path), rows=rows), around)
    assert sorted(read) == ["a_m.png", "b_m.png"]
    assert progress[-1] == (2, 2)
    build(block, DataTable(root=str(tmp_path), rows=rows), around)
    assert len(read) == 2
    draw(tmp_path, "b", [[0, 1, 0, 9]] * 2)
    findings = build(block, DataTable(root=str(tmp_path), rows=rows), around)
    assert read[2:] == ["b_m.png"]
    assert levels(findings) == ["error"]


@pytest.mark.parametrize("values", [("0", "x"), ("0", "256"), ("1", "01")])
def test_values_are_different_small_numbers(values: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="value"):
        MaskFiles(values=values)
