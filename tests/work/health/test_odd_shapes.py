"""Other sizes and extreme shapes."""

from pathlib import Path

from PIL import Image

from studio.work.health.odd_shapes import find_odd_shapes
from tests.work.health.drawn import looked_at, save


def draw(folder: Path, **sizes: tuple[int, int]) -> list[str]:
    names = []
    for name, size in ({f"usual{number}": (160, 120) for number in range(9)} | sizes).items():
        save(Image.new("L", size, 90), folder / f"{name}.png")
        names.append(f"{name}.png")
    return names


def test_usual_ones_are_no_finding(tmp_path: Path) -> None:
    assert list(find_odd_shapes(looked_at(tmp_path, draw(tmp_path, other=(120, 200))))) == []


def test_what_is_much_larger_or_smaller_is_named_with_its_size(tmp_path: Path) -> None:
    (found,) = find_odd_shapes(looked_at(tmp_path, draw(tmp_path, large=(900, 800), small=(30, 20))))
    assert found.level == "info"
    assert dict(found.pictures) == {"large.png": "900 x 800 px", "small.png": "30 x 20 px"}


def test_what_is_much_longer_than_wide(tmp_path: Path) -> None:
    (found,) = find_odd_shapes(looked_at(tmp_path, draw(tmp_path, stripe=(400, 80), column=(60, 300))))
    assert {name for name, _ in found.pictures} == {"stripe.png", "column.png"}
    assert (found.step, found.field) == ("transforms", "method")


def test_a_set_of_stripes_is_usual_to_itself(tmp_path: Path) -> None:
    names = []
    for number in range(5):
        save(Image.new("L", (800, 100), 90), tmp_path / f"{number}.png")
        names.append(f"{number}.png")
    assert list(find_odd_shapes(looked_at(tmp_path, names))) == []
