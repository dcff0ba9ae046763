"""The five lines of the README, from pictures to an answer."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.base.errors import UserError
from studio.base.paths import resources
from studio.blocks.recipe import Recipe
from studio.jobs.messages import EpochEnded, Event, Stopped
from studio.library import predict, resume, train

SIDE_PX = 32


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Dark and light squares, in a folder each."""
    chance = np.random.default_rng(0)
    for name, middle in (("dark", 60), ("light", 190)):
        (tmp_path / "pictures" / name).mkdir(parents=True)
        for number in range(16):
            noise_hwc = np.clip(chance.normal(middle, 20, (SIDE_PX, SIDE_PX, 3)), 0, 255).astype(np.uint8)
            Image.fromarray(noise_hwc).save(tmp_path / "pictures" / name / f"{number}.png")
    return tmp_path / "pictures"


def recipe_for(pictures: Path, epochs: int) -> Recipe:
    return Recipe.model_validate(
        {
            "source": {"kind": "folder", "path": str(pictures)},
            "transforms": [{"kind": "resize", "side_px": SIDE_PX}, {"kind": "normalise"}],
            "batch": {"size": 4, "threads": 1},
            "model": {"encoder": "test_resnet", "weights": "none"},
            "training": {"epochs": epochs, "learning_rate": 0.003},
        }
    )


def test_trains_and_answers(pictures: Path, tmp_path: Path) -> None:
    events: list[Event] = []
    run, end = train(recipe_for(pictures, epochs=6), tmp_path / "runs", tell=events.append)
    assert end.kind == "finished"
    assert len([event for event in events if isinstance(event, EpochEnded)]) == 6
    assert end.metrics["accuracy"] == 1.0
    assert {(Path(answer.path).parent.name, answer.label) for answer in predict(run, [pictures])} == {
        ("dark", "dark"),
        ("light", "light"),
    }


def test_stops_and_goes_on(pictures: Path, tmp_path: Path) -> None:
    asked = iter([False, False, True])
    run, end = train(recipe_for(pictures, epochs=2), tmp_path / "runs", should_stop=lambda: next(asked, True))
    assert isinstance(end, Stopped)
    assert resume(run).kind == "finished"


def test_what_can_be_mended_is_raised(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nowhere"):
        train(recipe_for(tmp_path / "nowhere", epochs=1), tmp_path / "runs")


def test_the_lines_of_the_readme_run(pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    readme = resources().parent / "README.md"
    if not readme.exists():
        pytest.skip("the README is not part of what is installed")
    lines = re.search(r"```python\n(.*?)```", readme.read_text(encoding="utf-8"), re.DOTALL)
    assert lines is not None
    code = lines.group(1)
    here = {
        '"photos/flowers"': repr(str(pictures)),
        '{"weights": "pretrained"}': '{"encoder": "test_resnet"}',  # no download, and quick
        '"rose.jpg"': repr(str(pictures / "dark/0.png")),
    }
    for shown, instead in here.items():
        assert shown in code
        code = code.replace(shown, instead)
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})
    assert (tmp_path / "runs").is_dir()
