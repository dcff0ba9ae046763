"""Colour does not tell the kinds apart: a classifier of colour histograms stays far below what shapes allow."""

import json
from pathlib import Path

import numpy as np
from PIL import Image

from studio.work.sample.draw import draw_sample
from studio.work.sample.recipe import sample_recipe

BINS = 8


def histogram(path: Path) -> np.ndarray:
    """Square roots of the shares of 8 x 8 x 8 colours: their distance is Hellinger's."""
    with Image.open(path) as image:
        colours = np.asarray(image).reshape(-1, 3) // (256 // BINS)
    counts = np.bincount(colours @ [1, BINS, BINS * BINS], minlength=BINS**3)
    return np.sqrt(counts / counts.sum())


def test_neighbours_in_colour_are_of_the_same_kind_hardly_more_often_than_by_chance(tmp_path: Path) -> None:
    recipe = sample_recipe().model_copy(update={"pictures": 600, "several": 0, "side_px": 64})
    truth = json.loads(draw_sample(tmp_path, recipe).read_text("utf-8"))
    looks = np.stack([histogram(tmp_path / picture["file"]) for picture in truth["pictures"]])
    kinds = np.array([truth["classes"].index(picture["class"]) for picture in truth["pictures"]])
    likeness = looks[450:] @ looks[:450].T
    nearest = kinds[np.argsort(-likeness, axis=1)[:, :9]]
    guesses = np.array([np.bincount(votes, minlength=4).argmax() for votes in nearest])
    assert (guesses == kinds[450:]).mean() < 0.5
