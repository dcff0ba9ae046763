"""The whole sample set, drawn to a folder: pictures, masks, and truth.json with everything that is known."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio.base.files import cannot_write, write_atomically
from studio.work.sample.recipe import SampleRecipe
from studio.work.sample.relief import Grow
from studio.work.sample.scene import Bench
from studio.work.sample.things import THINGS

TRUTH = "truth.json"
SINGLE, SEVERAL, MASKS = "pictures/single", "pictures/several", "masks"
Progress = Callable[[int, int], None]


def draw_sample(
    folder: Path,
    recipe: SampleRecipe,
    on_progress: Progress | None = None,
    *,
    shapes: dict[str, Grow] = THINGS,
    threads: int = 2,
) -> Path:
    """Draw the set of `recipe` into `folder` and return the path of its truth.json.

    The same recipe gives the same pixels and the same truth, with any number of threads. truth.json is written last:
    a folder without one is unfinished and may be drawn over. `on_progress(done, total)` is called after each
    picture from the calling thread; an exception that it raises cancels the drawing.
    Raises UserError when the folder cannot be written.
    """
    plan = what_is_where(recipe)
    bench = Bench(recipe, shapes)
    palette = [0, 0, 0, *(int(kind.colour[i : i + 2], 16) for kind in recipe.kinds.values() for i in (1, 3, 5))]
    try:
        (folder / TRUTH).unlink(missing_ok=True)
        for part in (SINGLE, SEVERAL, MASKS):
            (folder / part).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error

    def draw(number: int) -> dict[str, Any]:
        entry = dict(plan[number])
        scene = bench.picture(number, entry.pop("kinds"))
        save(folder / entry["file"], scene.image_hwc, quality=recipe.jpeg_quality)
        save(folder / entry["mask"], scene.mask, palette=palette)
        return {**entry, "background": scene.background, "things": [asdict(thing) for thing in scene.things]}

    pictures = []
    with ThreadPoolExecutor(threads, "draw") as pool:
        try:
            for done, record in enumerate(pool.map(draw, range(len(plan))), 1):
                pictures.append(record)
                if on_progress:
                    on_progress(done, len(plan))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    truth = {
        "version": 1,
        "recipe": recipe.model_dump(mode="json"),
        "classes": list(recipe.kinds),
        "mask_values": {"background": 0, **{kind: 1 + index for index, kind in enumerate(recipe.kinds)}},
        "pictures": pictures,
    }
    write_atomically(folder / TRUTH, (json.dumps(truth, ensure_ascii=False, indent=1) + "\n").encode())
    return folder / TRUTH


def what_is_where(recipe: SampleRecipe) -> list[dict[str, Any]]:
    """File, mask, class, tags and kinds of every picture, before anything is drawn.

    The order is shuffled, so that neither a name nor a number gives the class away.
    """
    rng = np.random.default_rng([recipe.seed, 0])
    kinds = list(recipe.kinds)
    classes = rng.permutation([index % len(kinds) for index in range(recipe.pictures)]).tolist()
    unlabeled = set(rng.permutation(recipe.pictures)[: round(recipe.unlabeled_share * recipe.pictures)].tolist())
    plan: list[dict[str, Any]] = []
    for number, index in enumerate(classes):
        kind = kinds[index]
        stem = f"bench_{number + 1:04d}"
        plan.append(
            {
                "file": f"{SINGLE}/{stem}.jpg",
                "mask": f"{MASKS}/{stem}.png",
                "class": kind,
                "labeled": number not in unlabeled,
                "tags": [kind],
                "kinds": [kind],
            }
        )
    fewest, most = recipe.several_count
    for number in range(recipe.several):
        chosen = [kinds[index] for index in rng.integers(0, len(kinds), int(rng.integers(fewest, most + 1)))]
        stem = f"tray_{number + 1:04d}"
        plan.append(
            {
                "file": f"{SEVERAL}/{stem}.jpg",
                "mask": f"{MASKS}/{stem}.png",
                "class": None,
                "labeled": True,
                "tags": sorted(set(chosen)),
                "kinds": chosen,
            }
        )
    return plan


def save(path: Path, pixels: NDArray[np.uint8], *, quality: int = 92, palette: list[int] | None = None) -> None:
    """Write a JPEG (H, W, 3), or with a palette an index PNG (H, W)."""
    image = Image.fromarray(pixels)
    try:
        if palette is None:
            image.save(path, quality=quality)
        else:
            image.putpalette(palette)  # makes an index image of the grey one
            image.save(path)
    except OSError as error:
        raise cannot_write(path, error) from error
