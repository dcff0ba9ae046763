"""Classes that are much rarer than others."""

from pathlib import Path

from PIL import Image

from studio.work.health.balance import find_imbalance
from tests.work.health.drawn import looked_at, save


def test_ten_times_as_many_is_told_and_nine_times_is_not(tmp_path: Path) -> None:
    names = [f"{number}.png" for number in range(44)]
    for name in names:
        save(Image.new("L", (8, 8)), tmp_path / name)
    ten_times, less = ({name: "ab"[place >= cut] for place, name in enumerate(names)} for cut in (40, 39))
    (found,) = find_imbalance(looked_at(tmp_path, ten_times))
    assert found.level == "info"
    assert "'b' only 4" in found.message
    assert list(find_imbalance(looked_at(tmp_path, less))) == []
