"""Every data set of the lecture, and the ones that other programs leave, by blocks alone: from the wizard to a batch
with its labels drawn on it."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from pytestqt.qtbot import QtBot

from studio.app.preview import Batch
from studio.base.targets import MaskFile, Numbers, Objects, Points, Tags, kind_of
from studio.blocks.public_data import public_data_set
from studio.blocks.recipe import Recipe
from studio.blocks.settings_text import with_settings
from studio.gui.blocks_page import BlocksPage
from studio.gui.project_wizard.dialog import NewProject
from studio.gui.window import Window
from studio.jobs.messages import DataSetFetched, StepExplained
from tests.journeys.conftest import LONG_MS

Open = Callable[[], Window]


@dataclass
class Journey:
    """A project made in the wizard, checked, and a batch of it on the screen."""

    window: Window
    recipe: Recipe
    batch: Batch

    def counts(self, step: str) -> dict[str, int]:
        explained = next(item for item in self.window.work.pipeline.steps if item and item.step == step)
        assert isinstance(explained, StepExplained)
        return explained.counts

    def parts(self) -> dict[str, int]:
        rows = self.window.work.pipeline.rows
        return {part: sum(row.part == part for row in rows) for part in ("train", "valid")}


@pytest.fixture
def travel(open_window: Open, qtbot: QtBot, tmp_path: Path) -> Callable[..., Journey]:
    """Makes a project as a user would: names the pictures (or takes a public data set), creates, looks at a batch."""

    def go(pictures: Path, public: str = "", settings: tuple[str, ...] = ()) -> Journey:
        window = open_window()
        dialog = NewProject(window.work, window, window)
        qtbot.addWidget(dialog)
        dialog.show()
        if public:
            dialog.take_public(public_data_set(public), DataSetFetched(name=public, folder=str(pictures)))
        else:
            dialog.images.setText(str(pictures))
        draft = dialog.draft
        qtbot.waitUntil(lambda: draft.failure is not None or "split" in draft.steps, timeout=LONG_MS)
        assert draft.failure is None, draft.failure
        qtbot.waitUntil(lambda: draft.pictures is not None, timeout=LONG_MS)
        assert len(draft.pictures.paths) == 3
        assert all(target is not None for target in draft.pictures.targets)
        dialog.folder.setText(str(tmp_path / "mine.studio"))
        dialog.create_button.click()
        pipeline = window.work.pipeline
        assert pipeline.recipe is not None
        if settings:
            pipeline.set_recipe(with_settings(pipeline.recipe, list(settings)))
        qtbot.waitUntil(lambda: not pipeline.is_checking, timeout=LONG_MS)
        assert [f.message for _, f in pipeline.findings if f.level == "error"] == []
        page = window.page_widget("blocks")
        assert isinstance(page, BlocksPage)
        place = next(place for place, block in enumerate(page.blocks) if block.step == "batch")
        page.choose(place)
        preview = page.outcome.preview
        qtbot.waitUntil(lambda: preview.batch is not None and not preview.is_busy, timeout=LONG_MS)
        assert page.outcome.pictures.model.held_count() > 0
        return Journey(window, pipeline.recipe, preview.batch)

    return go


def test_mnist_by_folders(travel: Callable[..., Journey], shared_data: Path) -> None:
    journey = travel(shared_data / "mnist_tiny")
    assert journey.parts() == {"train": 709, "valid": 699}
    assert journey.window.work.pipeline.classes == ("3", "7")
    assert set(journey.batch.targets) == {"3", "7"}


def test_planet_by_a_table_with_tags(travel: Callable[..., Journey], tmp_path: Path) -> None:
    random = np.random.default_rng(7)
    (tmp_path / "planet_sample" / "train").mkdir(parents=True)
    lines = ["image_name,tags"]
    for number in range(40):
        tags = ["clear" if number % 2 else "haze", "primary", *(["road"] if number % 3 else [])]
        lines.append(f"train_{number},{' '.join(tags)}")
        tile = Image.fromarray(random.integers(0, 256, (64, 64, 3), np.uint8))
        tile.save(tmp_path / "planet_sample" / "train" / f"train_{number}.jpg")
    (tmp_path / "planet_sample" / "labels.csv").write_text("\n".join(lines) + "\n")

    journey = travel(tmp_path / "planet_sample", public="planet_sample")
    assert journey.parts() == {"train": 32, "valid": 8}
    assert journey.window.work.pipeline.classes == ("clear", "haze", "primary", "road")
    assert all(isinstance(target, Tags) and "primary" in target.names for target in journey.batch.targets)
    kinds = [block.kind for block in journey.recipe.transforms]  # type: ignore[attr-defined]
    assert "warp" not in kinds  # a satellite looks straight down
    assert next(block for block in journey.recipe.transforms if block.kind == "flip").sides == "all"
    assert journey.recipe.credit is not None


def test_camvid_by_masks_codes_and_a_list(travel: Callable[..., Journey], shared_data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "camvid"
    shutil.copytree(shared_data / "camvid_tiny", folder)
    names = sorted(path.name for path in (folder / "images").iterdir())
    valid = [name for name in names if name.startswith("0006R0")]
    (folder / "valid.txt").write_text("\n".join(valid) + "\n")

    journey = travel(folder, public="camvid")
    assert journey.parts() == {"train": len(names) - len(valid), "valid": len(valid)}
    assert journey.recipe.task.void == "Void"  # type: ignore[union-attr]
    codes = (folder / "codes.txt").read_text().split()
    assert list(journey.window.work.pipeline.classes) == codes
    masks = journey.batch.masks_nhw
    assert masks is not None
    assert masks.shape == journey.batch.pixels.shape[:3] == (8, 360, 480)
    assert set(np.unique(masks)) <= {*range(len(codes)), 255}
    assert len(np.unique(masks)) > 8
    assert all(isinstance(target, MaskFile) for target in journey.batch.targets)


def test_camvid_is_also_guessed(travel: Callable[..., Journey], shared_data: Path) -> None:
    journey = travel(shared_data / "camvid_tiny")
    assert kind_of(journey.batch.targets[0]) == "mask"  # type: ignore[arg-type]
    rows = journey.window.work.pipeline.rows
    sequences = {part: {row.image.rsplit("/", 1)[-1][:6] for row in rows if row.part == part}
                 for part in ("train", "valid")}  # fmt: skip
    assert not sequences["train"] & sequences["valid"]  # no sequence on both sides


def test_biwi_by_points_in_space_split_by_person(travel: Callable[..., Journey], tmp_path: Path) -> None:
    """The real data set's lines for its frame 667 of person 09, whose centre in the picture is published."""
    calibration = "517.679 0 320\n0 517.679 240.5\n0 0 1\n\n0 0 0 0\n"
    pose = "0.99 0.01 0.02\n0.01 0.98 0.03\n0.02 0.03 0.97\n\n{0} {1} {2}\n"
    for person in ("09", "12", "13"):
        folder = tmp_path / "biwi" / person
        folder.mkdir(parents=True)
        (folder / "rgb.cal").write_text(calibration)
        for frame in range(660, 670):
            x, y = 187.332 - (667 - frame), 40.3892
            name = f"frame_{frame:05d}"
            (folder / f"{name}_pose.txt").write_text(pose.format(x, y, 893.135))
            image = Image.new("RGB", (640, 480), (70, 80, 90))
            column, row = x * 517.679 / 893.135 + 320, y * 517.679 / 893.135 + 240.5
            ImageDraw.Draw(image).ellipse((column - 9, row - 9, column + 9, row + 9), fill=(250, 210, 190))
            image.save(folder / f"{name}_rgb.jpg", quality=95)

    journey = travel(tmp_path / "biwi", public="biwi")
    assert journey.parts() == {"train": 20, "valid": 10}
    rows = {row.image: row for row in journey.window.work.pipeline.rows}
    assert {image[:2] for image, row in rows.items() if row.part == "valid"} == {"13"}
    target = rows["09/frame_00667_rgb.jpg"].target
    assert isinstance(target, Points)
    (place,) = target.places
    assert place is not None
    assert (place.y_px, place.x_px) == pytest.approx((263.9104, 428.5814), abs=1e-3)
    for picture, moved in zip(journey.batch.pixels, journey.batch.targets, strict=True):
        assert isinstance(moved, Points)
        assert moved.places[0] is not None
        column, row = int(moved.places[0].x_px), int(moved.places[0].y_px)
        if 4 < column < 156 and 4 < row < 116:  # the drawn head is where the point says, however it was turned
            assert picture[row, column].astype(int).sum() > 330


def test_coco_by_boxes(travel: Callable[..., Journey], shared_data: Path) -> None:
    journey = travel(shared_data / "coco_tiny", public="coco_tiny")
    rows = journey.window.work.pipeline.rows
    boxes = sum(len(row.target.things) for row in rows if isinstance(row.target, Objects))
    assert (len(rows), boxes) == (200, 688)
    assert set(journey.window.work.pipeline.classes) == {"chair", "couch", "tv", "remote", "book", "vase"}
    counts = {len(target.things) for target in journey.batch.targets if isinstance(target, Objects)}
    assert len(counts) > 1  # a batch holds pictures with different numbers of things


@pytest.mark.parametrize(
    ("place", "kind", "rows", "classes"),
    [
        ("dlc_openfield", "points", 78, ()),
        ("bccd", "objects", 364, ("Platelets", "RBC", "WBC")),
        ("coco128_train", "objects", 80, None),
        ("isbi2012_em", "mask", 30, None),
        ("dlib_faces", "objects", None, None),
        ("flowers_128", "class", 1500, ("daisy", "dandelion", "rose", "sunflower", "tulip")),
    ],
)
def test_what_other_programs_leave(
    travel: Callable[..., Journey],
    shared_data: Path,
    place: str,
    kind: str,
    rows: int | None,
    classes: tuple[str, ...] | None,
) -> None:
    journey = travel(shared_data / place)
    pipeline = journey.window.work.pipeline
    labeled = [row for row in pipeline.rows if row.target is not None]
    assert {kind_of(target) for target in journey.batch.targets if target is not None} == {kind}
    assert rows is None or len(labeled) == rows
    assert classes is None or set(pipeline.classes) == set(classes)
    assert min(journey.parts().values()) > 0
    if kind == "points":
        assert pipeline.skeleton is not None
        assert pipeline.skeleton.names == ("snout", "leftear", "rightear", "tailbase")


def test_landmarks_from_a_flat_table(travel: Callable[..., Journey], tmp_path: Path) -> None:
    random = np.random.default_rng(11)
    lines = ["file,nose_x,nose_y,tail_x,tail_y"]
    for number in range(30):
        nose, tail = random.integers(10, 90, 2), random.integers(10, 90, 2)
        image = Image.new("RGB", (100, 100), (30, 30, 30))
        for (x, y), ink in ((nose, (240, 80, 60)), (tail, (60, 120, 240))):
            ImageDraw.Draw(image).ellipse((x - 4, y - 4, x + 4, y + 4), fill=ink)
        image.save(tmp_path / f"mouse {number}.png")
        lines.append(f"mouse {number}.png,{nose[0]},{nose[1]},{tail[0]},{tail[1]}")
    (tmp_path / "points.csv").write_text("\n".join(lines) + "\n")

    journey = travel(tmp_path / "points.csv")
    pipeline = journey.window.work.pipeline
    assert pipeline.skeleton is not None
    assert pipeline.skeleton.names == ("nose", "tail")
    assert all(isinstance(target, Points) for target in journey.batch.targets)


def test_a_number_from_a_table(travel: Callable[..., Journey], tmp_path: Path) -> None:
    lines = ["picture;age"]
    for number in range(40):
        Image.new("RGB", (48, 48), (6 * number, 90, 40)).save(tmp_path / f"{number:02d}.png")
        lines.append(f"{number:02d}.png;{number * 1.5:.1f}".replace(".", ",").replace(",png", ".png"))
    (tmp_path / "ages.csv").write_text("\n".join(lines) + "\n", encoding="utf-8-sig")

    journey = travel(tmp_path / "ages.csv")
    assert all(isinstance(target, Numbers) for target in journey.batch.targets)
    rows = {row.image: row.target for row in journey.window.work.pipeline.rows}
    assert rows["07.png"] == Numbers((10.5,))


def test_a_recipe_of_one_project_opens_in_another(
    travel: Callable[..., Journey], shared_data: Path, tmp_path: Path
) -> None:
    from studio.app.scripts import as_json
    from studio.blocks.recipe import read_recipe

    journey = travel(shared_data / "mnist_tiny")
    text = as_json(journey.recipe)
    assert read_recipe(text) == journey.recipe
    wrong = json.loads(text)
    wrong["split"]["colour"] = "blue"
    with pytest.raises(Exception, match=r"split.*colour"):
        read_recipe(json.dumps(wrong))
