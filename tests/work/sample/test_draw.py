"""The drawn set: the truth agrees with the pixels, and nothing but the pictures gives a class away."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.base.errors import UserError
from studio.work.sample.draw import draw_sample, what_is_where
from studio.work.sample.recipe import SampleRecipe, sample_recipe

SMALL = sample_recipe().model_copy(update={"pictures": 32, "several": 8, "side_px": 64})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    drawn = tmp_path_factory.mktemp("sample")
    draw_sample(drawn, SMALL)
    return drawn


@pytest.fixture(scope="module")
def truth(folder: Path) -> dict:
    return json.loads((folder / "truth.json").read_text("utf-8"))


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image)


def test_every_picture_is_there_with_its_mask(folder: Path, truth: dict) -> None:
    assert len(truth["pictures"]) == 40
    for picture in truth["pictures"]:
        assert pixels(folder / picture["file"]).shape == (64, 64, 3)
        assert pixels(folder / picture["mask"]).shape == (64, 64)


def test_boxes_and_masks_agree(folder: Path, truth: dict) -> None:
    for picture in truth["pictures"]:
        if picture["class"] is None:
            continue
        mask = pixels(folder / picture["mask"])
        rows, columns = np.nonzero(mask == truth["mask_values"][picture["class"]])
        [thing] = picture["things"]
        assert thing["box_px"] == [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1], picture["file"]


def test_masks_of_several_things_lie_in_their_boxes(folder: Path, truth: dict) -> None:
    for picture in truth["pictures"][32:]:
        mask = pixels(folder / picture["mask"])
        covered = np.zeros(mask.shape, bool)
        for thing in picture["things"]:
            x0, y0, x1, y1 = thing["box_px"]
            covered[y0:y1, x0:x1] = True
        assert not mask[~covered].any(), picture["file"]
        assert len(picture["things"]) >= SMALL.several_count[0]
        assert picture["tags"] == sorted({thing["kind"] for thing in picture["things"]})


def test_a_point_that_is_seen_is_in_the_picture(truth: dict) -> None:
    seen = hidden = 0
    for picture in truth["pictures"]:
        for thing in picture["things"]:
            assert list(thing["points_px"]) == list(SMALL.kinds[thing["kind"]].points)
            for x, y, is_seen in thing["points_px"].values():
                seen, hidden = seen + is_seen, hidden + (not is_seen)
                assert not is_seen or (-0.05 <= x <= 64.05 and -0.05 <= y <= 64.05)
    assert seen > hidden > 0


def test_covers_hide_no_more_than_the_recipe_allows(truth: dict) -> None:
    shares = [picture["things"][0]["hidden_share"] for picture in truth["pictures"] if picture["class"]]
    assert 0 < max(shares) <= SMALL.hidden_share_max


def test_the_same_recipe_draws_the_same_set(folder: Path, tmp_path: Path) -> None:
    draw_sample(tmp_path, SMALL, threads=1)
    assert (tmp_path / "truth.json").read_bytes() == (folder / "truth.json").read_bytes()
    for picture in sorted(folder.rglob("*.jpg")):
        assert (pixels(tmp_path / picture.relative_to(folder)) == pixels(picture)).all(), picture.name


def test_another_seed_draws_other_pictures(folder: Path, tmp_path: Path) -> None:
    draw_sample(tmp_path, SMALL.model_copy(update={"pictures": 1, "several": 0, "seed": 1}))
    name = "pictures/single/bench_0001.jpg"
    assert (pixels(tmp_path / name) != pixels(folder / name)).any()


def test_a_name_does_not_give_the_class_away() -> None:
    plan = what_is_where(sample_recipe())
    single = [entry for entry in plan if entry["class"]]
    assert len({Path(entry["file"]).parent for entry in single}) == 1
    assert not any(kind in entry["file"] for entry in plan for kind in SMALL.kinds)
    classes = np.array([list(SMALL.kinds).index(entry["class"]) for entry in single])
    assert (np.bincount(classes) == len(single) / 4).all()
    # Neither the number nor its neighbour says more than chance (a quarter, give or take five standard errors).
    assert (classes[1:] == classes[:-1]).mean() < 0.31
    assert (classes == np.arange(len(classes)) % 4).mean() < 0.31


def test_labels_enough_to_validate_on_two_hundred() -> None:
    single = [entry for entry in what_is_where(sample_recipe()) if entry["class"]]
    labeled = sum(entry["labeled"] for entry in single)
    assert len(single) - labeled == round(0.2 * len(single))
    assert int(0.2 * labeled) >= 200


def test_an_exception_of_the_progress_stops_the_drawing(tmp_path: Path) -> None:
    class Enough(Exception):
        pass

    def stop(done: int, total: int) -> None:
        assert total == 40
        if done == 3:
            raise Enough

    with pytest.raises(Enough):
        draw_sample(tmp_path, SMALL, stop)
    assert not (tmp_path / "truth.json").exists()
    assert len(list(tmp_path.rglob("*.jpg"))) < 40


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "pictures").write_text("in the way")
    with pytest.raises(UserError, match=r"pictures|could not be written"):
        draw_sample(tmp_path, SMALL)


def test_the_recipe_survives_json() -> None:
    recipe = sample_recipe()
    assert SampleRecipe.model_validate_json(recipe.model_dump_json()) == recipe
