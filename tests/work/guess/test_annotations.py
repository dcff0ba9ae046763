"""Other programs' annotation files, drawn small."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from studio.blocks.labels.annotation_file import AnnotationFile
from studio.blocks.labels.from_label_set import FromLabelSet
from studio.blocks.split.by_folder import SplitByFolder
from studio.blocks.split.by_list import SplitByList
from studio.blocks.tasks.classification import Classification
from studio.blocks.tasks.detection import Detection
from studio.blocks.tasks.keypoints import Keypoints
from studio.work.build import Surroundings
from studio.work.guess import annotations
from studio.work.guess.choice import guess
from studio.work.guess.proposal import Proposal
from studio.work.table import build_table

Draw = Callable[..., Path]
Write = Callable[[str, object], Path]
STEMS = [f"p{number * number + 11}q" for number in range(12)]


def labels_of(proposal: Proposal) -> AnnotationFile:
    assert isinstance(proposal.recipe.labels, AnnotationFile)
    return proposal.recipe.labels


def labeled(proposal: Proposal) -> int:
    table, _ = build_table(proposal.recipe, Surroundings())
    return sum(row.target is not None for row in table.rows)


def coco(stems: list[str]) -> dict[str, Any]:
    images = [{"id": place, "file_name": f"{stem}.png", "width": 80, "height": 80} for place, stem in enumerate(stems)]
    boxes = [
        {"id": place, "image_id": place, "category_id": 1 + place % 2, "bbox": [5, 6, 20, 30], "iscrowd": 0}
        for place in range(len(stems))
    ]
    categories = [{"id": 1, "name": "nut"}, {"id": 2, "name": "screw"}]
    return {"images": images, "annotations": boxes, "categories": categories}


def voc(stem: str) -> str:
    return (
        f"<annotation><filename>{stem}.png</filename><size><width>80</width><height>80</height><depth>3</depth></size>"
        "<object><name>nut</name><bndbox><xmin>5</xmin><ymin>6</ymin><xmax>20</xmax><ymax>30</ymax></bndbox></object>"
        "</annotation>"
    )


def test_coco(draw: Draw, write: Write) -> None:
    root = draw(f"train/{stem}.png" for stem in STEMS)
    write("train.json", coco(STEMS))
    proposal = guess(root)
    assert proposal.recipe.task == Detection()
    assert (labels_of(proposal).format, labels_of(proposal).path) == ("coco", "train.json")
    assert labeled(proposal) == 12


def test_coco_in_a_file_for_each_part(draw: Draw, write: Write) -> None:
    root = draw([f"train/{stem}.png" for stem in STEMS] + [f"val/v{stem}.png" for stem in STEMS])
    write("annotations/train.json", coco(STEMS))
    write("annotations/val.json", coco([f"v{stem}" for stem in STEMS]))
    proposal = guess(root)
    assert (labels_of(proposal).format, labels_of(proposal).path) == ("coco", "annotations")
    assert proposal.recipe.split == SplitByFolder(train="train", valid=("val",), test=())
    assert labeled(proposal) == 24


def test_voc_with_lists(draw: Draw, write: Write) -> None:
    root = draw(f"JPEGImages/{stem}.png" for stem in STEMS)
    for stem in STEMS:
        write(f"Annotations/{stem}.xml", voc(stem))
    write("ImageSets/Main/train.txt", "\n".join(STEMS[:7]))
    write("ImageSets/Main/val.txt", "\n".join(STEMS[7:10]))
    write("ImageSets/Main/test.txt", "\n".join(STEMS[10:]))
    proposal = guess(root)
    assert (labels_of(proposal).format, labels_of(proposal).path) == ("voc", "Annotations")
    assert proposal.recipe.split == SplitByList(file="ImageSets/Main/val.txt", test_file="ImageSets/Main/test.txt")
    rows = build_table(proposal.recipe, Surroundings())[0].rows
    assert sorted(row.part for row in rows) == ["test"] * 2 + ["train"] * 7 + ["valid"] * 3


def test_very_many_files_are_judged_by_some_of_them(draw: Draw, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(annotations, "MANY_FILES", 10)
    monkeypatch.setattr(annotations, "FILES_READ", 4)
    root = draw(f"JPEGImages/{stem}.png" for stem in STEMS)
    for stem in STEMS:
        write(f"Annotations/{stem}.xml", voc(stem))
    proposal = guess(root)
    assert labels_of(proposal).format == "voc"
    assert "tells of 12 pictures" in proposal.answer("labels").reason
    assert labeled(proposal) == 12


def test_yolo(draw: Draw, write: Write) -> None:
    where = [f"{part}/{stem}" for part in ("train", "val") for stem in STEMS]
    root = draw(f"images/{name}.png" for name in where)
    for name in where:
        write(f"labels/{name}.txt", "0 0.5 0.5 0.25 0.3\n1 0.2 0.2 0.1 0.1\n")
    write("data.yaml", "train: images/train\nval: images/val\nnames: [nut, screw]\n")
    proposal = guess(root)
    assert labels_of(proposal).format == "yolo"
    assert proposal.recipe.split == SplitByFolder(train="train", valid=("val",), test=())
    assert build_table(proposal.recipe, Surroundings())[0].classes == ["nut", "screw"]
    assert labeled(proposal) == 24


def test_labelme(draw: Draw, write: Write) -> None:
    root = draw(f"{stem}.png" for stem in STEMS)
    for stem in STEMS:
        shape: dict[str, Any] = {
            "label": "nut",
            "points": [[5, 6], [20, 30]],
            "shape_type": "rectangle",
            "flags": {},
            "group_id": None,
        }
        record: dict[str, Any] = {
            "version": "5.0.1",
            "flags": {},
            "shapes": [shape],
            "imagePath": f"{stem}.png",
            "imageData": None,
        }
        write(f"{stem}.json", record | {"imageWidth": 80, "imageHeight": 80})
    proposal = guess(root)
    assert (labels_of(proposal).format, labels_of(proposal).take) == ("labelme", "objects")
    assert labeled(proposal) == 12


def test_labelme_flags_are_a_class(draw: Draw, write: Write) -> None:
    root = draw(f"{stem}.png" for stem in STEMS)
    for place, stem in enumerate(STEMS):
        flags = {"good": place % 2 == 0, "bad": place % 2 == 1}
        record: dict[str, Any] = {
            "version": "5.0.1",
            "flags": flags,
            "shapes": [],
            "imagePath": f"{stem}.png",
            "imageData": None,
        }
        write(f"{stem}.json", record | {"imageWidth": 80, "imageHeight": 80})
    proposal = guess(root)
    assert proposal.recipe.task == Classification()
    assert labels_of(proposal).take == "class"


def test_deeplabcut_frames_of_one_video(draw: Draw, write: Write) -> None:
    frames = [f"labeled-data/mouse/img{number:04d}.png" for number in range(20)]
    root = draw(frames)
    rows = [f"{frame},{place},9,{place + 3},12,{place + 5},20.5" for place, frame in enumerate(frames)]
    header = (
        "scorer,Ann,Ann,Ann,Ann,Ann,Ann\nbodyparts,snout,snout,leftear,leftear,rightear,rightear\ncoords,x,y,x,y,x,y"
    )
    write("labeled-data/mouse/CollectedData_Ann.csv", "\n".join([header, *rows]))
    for folder in (root, root / "labeled-data", root / "labeled-data/mouse"):
        proposal = guess(folder)
        assert proposal.recipe.task == Keypoints()
        assert labels_of(proposal).format == "deeplabcut"
        table, _ = build_table(proposal.recipe, Surroundings())
        assert table.skeleton is not None
        assert table.skeleton.partners == ((1, 2),)
        train = [int(row.image[-8:-4]) for row in table.rows if row.part == "train"]
        valid = [int(row.image[-8:-4]) for row in table.rows if row.part == "valid"]
        assert min(abs(one - other) for one in train for other in valid) > 1


def test_a_broken_file_beside_good_pictures_does_not_stop_the_guess(draw: Draw, write: Write) -> None:
    root = draw(f"{stem}.png" for stem in STEMS)
    write("broken.json", '{"images": [{"id": 1, "file_na')
    write("broken.xml", "<dataset><images>")
    assert guess(root).recipe.labels == FromLabelSet()


def test_annotations_of_other_pictures_are_passed_over(draw: Draw, write: Write) -> None:
    root = draw(f"{stem}.png" for stem in STEMS)
    write("other.json", coco([f"elsewhere{number}" for number in range(5)]))
    assert guess(root).recipe.labels == FromLabelSet()
