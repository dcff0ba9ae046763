"""Size, and what chance may do to the pictures."""

from collections.abc import Callable
from pathlib import Path

from studio.blocks.transforms.flip import Flip
from studio.blocks.transforms.presets import DOCUMENTS, FROM_ABOVE, PHOTOGRAPHS, preset_of
from studio.work.guess.looks import choose_epochs, choose_model, choose_transforms, look_at

Draw = Callable[..., Path]


def test_small_digits_are_not_mirrored(draw: Draw) -> None:
    root = draw(["a.png", "b.png"], side_px=28, mode="L")
    looks = look_at(root, ["a.png", "b.png"])
    transforms, reasons = choose_transforms("class", looks, root, ["a.png", "b.png"])
    assert not any(isinstance(item, Flip) for item in transforms)
    assert transforms[0].side_px == 32  # type: ignore[union-attr]
    assert any("not mirrored" in reason for reason in reasons)
    assert choose_model(looks).weights == "none"


def test_photographs(draw: Draw) -> None:
    root = draw(["a.png", "b.png"], side_px=200)
    transforms, _ = choose_transforms("class", look_at(root, ["a.png"]), root, ["a.png"])
    assert preset_of(transforms) is PHOTOGRAPHS


def test_large_square_grey_pictures_come_from_above(draw: Draw) -> None:
    root = draw(["a.png", "b.png"], side_px=512, mode="L")
    transforms, _ = choose_transforms("mask", look_at(root, ["a.png", "b.png"]), root, ["a.png", "b.png"])
    assert preset_of(transforms) is FROM_ABOVE
    assert transforms[0].side_px == 256  # type: ignore[union-attr]  # masks need finer detail


def test_names_speak_of_what_the_pictures_are(draw: Draw) -> None:
    names = ["tile_3.png", "tile_8.png"]
    root = draw(names, side_px=200)
    assert preset_of(choose_transforms("class", look_at(root, names), root, names)[0]) is FROM_ABOVE
    names = ["receipt 3.png", "receipt 8.png"]
    root = draw(names, side_px=200)
    assert preset_of(choose_transforms("class", look_at(root, names), root, names)[0]) is DOCUMENTS


def test_few_pictures_need_more_rounds() -> None:
    assert [choose_epochs(count) for count in (10, 600, 100_000)] == [30, 10, 5]
