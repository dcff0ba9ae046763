"""What is taken over from the run that a model starts from: parts, and which labels are other ones."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from studio.base.errors import UserError
from studio.blocks.recipe import Recipe
from studio.blocks.table import Part, Row
from studio.jobs.messages import Event, StepExplained
from studio.runs.labels import write_labels
from studio.runs.run import Run, create_run
from studio.work.build import Surroundings
from studio.work.explain import explain
from studio.work.table import build_table

PICTURES = [f"{kind}/{number}.png" for kind in ("cat", "dog") for number in range(6)]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for image in PICTURES:
        path = tmp_path / "photos" / image
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((8, 8, 3), 90, np.uint8)).save(path)
    return tmp_path


def recipe_of(project: Path, **model: Any) -> Recipe:
    sampler = model.pop("sampler", "all")
    return Recipe.model_validate(
        {
            "source": {"kind": "folder", "path": str(project / "photos")},
            "split": {"kind": "random", "seed": 3},
            "batch": {"size": 2, "sampler": sampler},
            "model": {"encoder": "resnet18", **model},
        }
    )


def old_run(project: Path, rows: list[Row]) -> Run:
    run = create_run(project / "runs", recipe_of(project), None, "old")
    write_labels(run.labels_file, rows)
    return run


def rows_of_old() -> list[Row]:
    """The first of each class were checked on, and one label was another one."""
    rows = []
    for image in PICTURES[:-1]:  # the last picture is new
        part: Part = "valid" if image.endswith(("0.png", "1.png")) else "train"
        rows.append(Row(image, image.split("/")[0], "folder", part))
    rows[3] = replace(rows[3], target="dog")
    return rows


def test_pictures_keep_their_part_and_changed_labels_are_known(project: Path) -> None:
    run, around = old_run(project, rows_of_old()), Surroundings(project_folder=project)
    table, findings = build_table(recipe_of(project, weights="run", weights_run=run.name), around)
    now = {row.image: row for row in table.rows}
    for old in rows_of_old():
        assert now[old.image].part == old.part
        assert now[old.image].changed == (old.image == PICTURES[3])
    assert now[PICTURES[-1]].changed
    (note,) = [finding for finding in findings if "keep" in finding.message]
    assert note.level == "info"
    assert run.name in note.message


def test_parts_may_be_divided_anew(project: Path) -> None:
    run, around = old_run(project, rows_of_old()), Surroundings(project_folder=project)
    chosen = recipe_of(project, weights="run", weights_run="1", keep_parts=False)
    plain, _ = build_table(recipe_of(project), around)
    table, findings = build_table(chosen, around)
    assert [row.part for row in table.rows] == [row.part for row in plain.rows]
    assert any(row.changed for row in table.rows)
    assert not any(run.name in finding.message for finding in findings)


def test_a_part_that_the_run_did_not_use_is_free(project: Path) -> None:
    rows = [replace(row, part="unused") for row in rows_of_old()]
    old_run(project, rows)
    around = Surroundings(project_folder=project)
    plain, _ = build_table(recipe_of(project), around)
    table, _ = build_table(recipe_of(project, weights="run", weights_run="1"), around)
    assert [row.part for row in table.rows] == [row.part for row in plain.rows]


@pytest.mark.parametrize(
    ("model", "change", "step", "message"),
    [
        ({"weights_run": "7"}, False, "model", "There is no run '7'"),
        ({"weights_run": "1", "encoder": "resnet34"}, False, "model", "has the encoder resnet18, and this is resnet34"),
        ({"weights_run": "1", "sampler": "corrected"}, False, "batch", "No label was corrected since the run 0001-old"),
        ({"weights_run": "1", "sampler": "corrected"}, True, "batch", "are ones to check on"),
    ],
)
def test_what_cannot_be_is_said_at_its_step(
    project: Path, model: dict[str, str], change: bool, step: str, message: str
) -> None:
    rows = [Row(image, image.split("/")[0], "folder", "train") for image in PICTURES]
    if change:
        rows[2] = replace(rows[2], target="dog", part="valid")
    old_run(project, rows)
    recipe, around = recipe_of(project, weights="run", **model), Surroundings(project_folder=project)
    told: list[Event] = []
    explain(recipe, around, told.append)
    errors = [
        (event.step, finding.message)
        for event in told
        if isinstance(event, StepExplained)
        for finding in event.findings
        if finding.level == "error"
    ]
    assert [where for where, _ in errors] == [step]
    assert message in errors[0][1]
    with pytest.raises(UserError, match=message.replace("'", ".")):
        build_table(recipe, around)
