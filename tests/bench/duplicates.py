"""Near-duplicates among 20,000 JPEG files of 1024x768 px: how long it takes to look at them all and to find the pairs.

Looking is measured on fewer files, with nothing remembered, and scaled; the search is measured on 20,000 pictures.
Beside it stands what Pillow alone needs to decode the same files at their smallest scale, on as many threads.
"""

import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from studio.work.health.search import find_look_alikes
from studio.work.survey.likeness import perceptual_hash
from studio.work.survey.looks import LOOK, survey_pictures
from studio.work.survey.records import SEEN, Records

SIZE_WH = (1024, 768)
FILES, ALL, COPIES = 1000, 20_000, 200


def draw_picture(draw: np.random.Generator) -> Image.Image:
    """Soft shapes with fine grain: a JPEG of it is about as large as one of a photograph."""
    shapes = draw.integers(0, 256, (12, 16, 3), dtype=np.uint8)
    image = Image.fromarray(shapes).resize(SIZE_WH, Image.Resampling.BICUBIC)
    grain = draw.integers(0, 24, (SIZE_WH[1] // 2, SIZE_WH[0] // 2, 3), dtype=np.uint8)
    return Image.blend(image, Image.fromarray(grain * 8).resize(SIZE_WH, Image.Resampling.BILINEAR), 0.15)


def write_pictures(folder: Path) -> list[str]:
    names = [f"{number}.jpg" for number in range(FILES)]

    def write(number: int) -> None:
        draw_picture(np.random.default_rng(number)).save(folder / names[number], quality=85)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(write, range(FILES)))
    return names


def bare_decode(path: Path) -> None:
    with Image.open(path) as image:
        image.draft("L", (32, 32))
        image.load()


def looks_with_copies() -> Records:
    """What would be seen of 20,000 pictures, of which some are another one with a little noise."""
    draw = np.random.default_rng(0)
    looks = np.zeros(ALL, dtype=LOOK)
    looks["state"], looks["width_px"], looks["height_px"] = SEEN, *SIZE_WH
    for number in range(ALL - COPIES):
        rough = Image.fromarray(draw.integers(0, 256, (12, 16), dtype=np.uint8))
        looks["small"][number] = np.asarray(rough.resize((32, 32), Image.Resampling.BICUBIC))
    noise = draw.normal(0, 4, (COPIES, 32, 32))
    looks["small"][-COPIES:] = np.clip(looks["small"][:COPIES] + noise, 0, 255)
    looks["hash"] = [perceptual_hash(small) for small in looks["small"]]
    return looks


def measure() -> tuple[dict[str, float], str | None]:
    nothing, never = (lambda done, total: None), (lambda: False)
    before = os.environ.get("STUDIO_HOME")
    with tempfile.TemporaryDirectory() as home:
        os.environ["STUDIO_HOME"] = home
        folder = Path(home) / "pictures"
        folder.mkdir()
        names = write_pictures(folder)
        with ThreadPoolExecutor(min(8, (os.cpu_count() or 1) + 1)) as pool:
            list(pool.map(bare_decode, [folder / name for name in names[:100]]))  # fills the disk's cache
            began = time.perf_counter()
            list(pool.map(bare_decode, [folder / name for name in names]))
            bare_s = time.perf_counter() - began
        began = time.perf_counter()
        survey_pictures(folder, names, nothing, never)
        look_s = time.perf_counter() - began
        began = time.perf_counter()
        survey_pictures(folder, names, nothing, never)
        again_s = time.perf_counter() - began
        looks = looks_with_copies()
        began = time.perf_counter()
        pairs = find_look_alikes(looks, nothing, never)
        search_s = time.perf_counter() - began
    if before is None:
        del os.environ["STUDIO_HOME"]
    else:
        os.environ["STUDIO_HOME"] = before
    figures = {
        "images_per_s": FILES / look_s,
        "bare_images_per_s": FILES / bare_s,
        "search_s_20000": search_s,
        "total_s_20000": ALL / FILES * look_s + search_s,
        "again_s_20000": ALL / FILES * again_s + search_s,
        "copies_found": float(sum(second - first == ALL - COPIES for first, second, _ in pairs)) / COPIES,
        "false_pairs": float(sum(second - first != ALL - COPIES for first, second, _ in pairs)),
    }
    return figures, None
