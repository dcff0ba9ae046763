"""What a picture's likeness outlives, and what it does not mistake for it."""

import io

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from studio.work.survey.likeness import (
    ALIKE,
    agreement_in_place,
    agreement_where_it_fits,
    differing_bits,
    is_flat,
    make_small,
    perceptual_hash,
)
from tests.work.health.drawn import draw_scene

CHANGES = {
    "jpeg": lambda image: recompressed(image, 30),
    "half size": lambda image: image.resize((image.width // 2, image.height // 2)),
    "other shape": lambda image: image.resize((image.height, image.height)),
    "brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.2),
    "darker": lambda image: ImageEnhance.Brightness(image).enhance(0.7),
    "less contrast": lambda image: ImageEnhance.Contrast(image).enhance(0.6),
    "grey": lambda image: image.convert("L").convert("RGB"),
}


def recompressed(image: Image.Image, quality: int) -> Image.Image:
    content = io.BytesIO()
    image.save(content, "JPEG", quality=quality)
    return Image.open(content)


def small_of(image: Image.Image) -> np.ndarray:
    return make_small(np.asarray(image.convert("L")))


def bits_between(first: np.ndarray, second: np.ndarray) -> int:
    return int(differing_bits(perceptual_hash(first), perceptual_hash(second)))


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("seed", range(5))
def test_a_changed_picture_is_recognised(change: str, seed: int) -> None:
    image = draw_scene(seed)
    before, after = small_of(image), small_of(CHANGES[change](image))
    assert bits_between(before, after) <= 10
    assert agreement_in_place(before[None], after[None])[0] >= ALIKE


@pytest.mark.parametrize("seed", range(5))
def test_a_part_of_a_picture_is_recognised_where_it_lies(seed: int) -> None:
    image = draw_scene(seed, (640, 480))
    whole, part = small_of(image), small_of(image.crop((10, 20, 610, 474)))
    assert agreement_in_place(whole[None], part[None])[0] < agreement_where_it_fits(whole, part)
    assert agreement_where_it_fits(whole, part) >= ALIKE
    assert agreement_where_it_fits(part, whole) >= ALIKE


def test_other_pictures_differ_in_about_half_of_their_bits() -> None:
    smalls = [small_of(draw_scene(seed)) for seed in range(40)]
    bits = [bits_between(first, second) for place, first in enumerate(smalls) for second in smalls[:place]]
    assert 28 < np.mean(bits) < 36
    assert min(bits) > 10
    assert max(agreement_where_it_fits(smalls[0], other) for other in smalls[1:]) < 0.7


def test_bits_are_counted() -> None:
    assert list(differing_bits(np.array([0, 0b1011, 2**64 - 1], np.uint64), np.uint64(0))) == [0, 3, 64]


def test_what_shows_nothing_is_flat() -> None:
    plain, noise = np.full((32, 32), 90, np.uint8), np.random.default_rng(0).integers(89, 92, (32, 32)).astype(np.uint8)
    assert list(is_flat(np.stack([plain, noise, small_of(draw_scene(0))]))) == [True, True, False]


def test_a_constant_picture_agrees_with_nothing() -> None:
    plain = np.full((32, 32), 90, np.uint8)
    assert agreement_in_place(plain[None], small_of(draw_scene(1))[None])[0] == pytest.approx(0, abs=0.02)
