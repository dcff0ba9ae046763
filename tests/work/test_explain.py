"""The walk through a recipe."""

from collections import Counter
from pathlib import Path

import numpy as np
from PIL import Image

from studio.app.found_rows import FoundRows
from studio.blocks.recipe import Recipe
from studio.blocks.source.folder import Folder
from studio.jobs.messages import Event, ImagesLeftOut, RowsFound, StepExplained
from studio.work.build import Surroundings
from studio.work.explain import explain


def draw(folder: Path, names: list[str], side_px: int = 24) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((side_px, side_px, 3), 90, np.uint8)).save(path)
    return folder


def told(recipe: Recipe) -> list[Event]:
    events: list[Event] = []
    explain(recipe, Surroundings(), events.append)
    return events


def test_every_step_is_told_in_order_with_its_numbers(tmp_path: Path) -> None:
    folder = draw(tmp_path, [f"{kind}/{i}.png" for kind in ("nut", "screw") for i in range(15)])
    (folder / "nut" / "broken.png").write_text("x")
    recipe = Recipe(source=Folder(path=str(folder)))
    events = told(recipe)
    steps = [event for event in events if isinstance(event, StepExplained)]
    assert [step.title for step in steps] == [block.title for block in recipe.steps()]
    assert [step.block for step in steps] == list(range(len(steps)))
    source, labels, split = steps[1:4]
    assert source.counts == {"pictures": 30, "folders": 2, "left out": 1}
    assert source.findings[0].level == "warning"
    assert "broken.png" in source.findings[0].message
    assert labels.counts["class nut"] == 15
    assert split.counts == {"to train on": 24, "to check on": 6, "not labeled": 0} or split.counts["to check on"] == 6
    assert {sample.part for sample in split.samples} == {"train", "valid"}
    left_out = next(event for event in events if isinstance(event, ImagesLeftOut))
    assert [name for name, _ in left_out.images] == ["nut/broken.png"]
    rows = FoundRows()
    for event in events:
        if isinstance(event, RowsFound):
            rows.add(event)
    assert Counter(row.part for row in rows) == {"train": 24, "valid": 6}


def test_an_empty_folder_is_told_at_its_field(tmp_path: Path) -> None:
    steps = [event for event in told(Recipe(source=Folder(path=str(tmp_path)))) if isinstance(event, StepExplained)]
    assert (steps[1].findings[0].level, steps[1].findings[0].field) == ("error", "path")
    assert len(steps) == len(Recipe(source=Folder(path="x")).steps())
