"""What is said of the channels of pictures, with the file named."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.blocks.recipe import Recipe
from studio.blocks.source.folder import Folder
from studio.blocks.table import DataTable, Row
from studio.blocks.transforms.channels import Channels
from studio.blocks.transforms.normalise import Normalise
from studio.blocks.transforms.presets import preset_of
from studio.blocks.transforms.resize import Resize
from studio.work.channels_findings import channels_findings
from studio.work.guess.looks import choose_transforms, look_at
from studio.work.transform_findings import transform_findings

Pictures = Callable[..., DataTable]


@pytest.fixture
def pictures(write_tiff: Callable[..., Path], tmp_path: Path) -> Pictures:
    """Makes TIFF pictures with these channels, all of one depth."""

    def make(*channels: int, dtype: type = np.uint16) -> DataTable:
        names = [f"{number}.tif" for number in range(len(channels))]
        for name, count in zip(names, channels, strict=True):
            write_tiff(tmp_path / name, np.zeros((80, 80, count), dtype))
        return DataTable(root=str(tmp_path), rows=[Row(name) for name in names])

    return make


def test_pictures_with_other_channels_are_named(pictures: Pictures) -> None:
    block = Channels(read_as="stored", count=5)
    assert channels_findings(block, pictures(5, 5)) == []
    (found,) = channels_findings(block, pictures(5, 3, 5, 3))
    assert (found.level, found.field) == ("warning", "count")
    assert found.message.startswith("1.tif has 3 channels, not 5")
    assert "2 of 4 pictures" in found.message
    (found,) = channels_findings(block, pictures(3, 3))
    assert found.level == "error"


def test_bits_that_are_cut_off_are_told(pictures: Pictures) -> None:
    (found,) = channels_findings(Channels(read_as="stored", count=5, depth="8"), pictures(5, 5))
    assert (found.level, found.field) == ("warning", "depth")
    assert channels_findings(Channels(read_as="stored", count=5, depth="8"), pictures(5, dtype=np.uint8)) == []


def test_many_channels_seen_as_colours_are_told_at_the_resize(pictures: Pictures, tmp_path: Path) -> None:
    def told(table: DataTable, *transforms: Channels) -> list[str]:
        recipe = Recipe(source=Folder(path="photos"), transforms=(Resize(), *transforms))
        found = transform_findings(recipe.transforms[0], recipe, table)
        return [finding.level for finding in found if "'Channels'" in finding.hint]

    assert told(pictures(3, 5)) == ["warning"]
    assert told(pictures(5), Channels(count=5)) == []
    assert told(pictures(1)) == ["info"]
    assert told(pictures(1, dtype=np.uint8)) == []
    Image.new("RGBA", (80, 80)).save(tmp_path / "a.png")
    assert told(DataTable(root=str(tmp_path), rows=[Row("a.png")])) == []


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_the_guess_keeps_what_photographs_do_not_have(pictures: Pictures, dtype: type) -> None:
    table = pictures(5, 5, 5, dtype=dtype)
    names, root = [row.image for row in table.rows], Path(table.root)
    transforms, reasons = choose_transforms("class", look_at(root, names), root, names)
    depth = str(8 * np.dtype(dtype).itemsize)
    assert Channels(read_as="stored", count=5, depth=depth) in transforms  # type: ignore[arg-type]
    assert Normalise(statistics="own" if dtype == np.uint16 else "encoder") in transforms
    assert any(f"5 channels of {depth} bits" in reason for reason in reasons)
    assert preset_of(transforms) is not None


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "P"])
def test_the_guess_leaves_photographs_alone(tmp_path: Path, mode: str) -> None:
    Image.new(mode, (80, 80)).save(tmp_path / "a.png")
    transforms, _ = choose_transforms("class", look_at(tmp_path, ["a.png"]), tmp_path, ["a.png"])
    assert not any(isinstance(block, Channels) for block in transforms)
