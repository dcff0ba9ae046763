"""Asking a model without torch."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.base.errors import UserError
from studio.runtime.card import read_card, write_card
from studio.runtime.predictor import OnnxPredictor, Predictor, batch_size_for

COLOURS = {"red": (230, 20, 20), "green": (20, 230, 20), "blue": (20, 20, 230)}


def paint(folder: Path, count: int) -> list[tuple[Path, str]]:
    """Pictures of one colour each, with the name of the colour."""
    folder.mkdir(exist_ok=True)
    painted = []
    for number in range(count):
        name = list(COLOURS)[number % 3]
        path = folder / f"{number:03d}.png"
        Image.new("RGB", (40 + number, 50), COLOURS[name]).save(path)
        painted.append((path, name))
    return painted


def test_seventy_pictures_are_answered_in_their_order(colour_run: Path, tmp_path: Path) -> None:
    painted = paint(tmp_path / "pictures", 70)
    predictor: Predictor = OnnxPredictor(colour_run, threads=1)
    found = list(predictor.predict_paths(path for path, _ in painted))
    assert [(one.path, one.label) for one in found] == painted
    for one in found:
        assert one.reason == ""
        assert sum(one.probabilities.values()) == pytest.approx(1)
        assert next(iter(one.probabilities)) == one.label


def test_broken_pictures_give_a_reason_and_the_others_an_answer(colour_run: Path, tmp_path: Path) -> None:
    (first, _), (second, _) = paint(tmp_path / "pictures", 2)
    half = tmp_path / "half.png"
    half.write_bytes(first.read_bytes()[:60])
    folder = tmp_path / "folder.png"
    folder.mkdir()
    odd = [tmp_path / "absent.jpg", half, folder]
    found = list(OnnxPredictor(colour_run).predict_paths([odd[0], first, *odd[1:], second]))
    assert [one.label for one in found] == [None, "red", None, None, "green"]
    for one in found:
        assert (one.label is None) == bool(one.reason)
        assert one.path.name in one.reason or one.label


def test_only_broken_pictures_never_reach_the_model(colour_run: Path, tmp_path: Path) -> None:
    (one,) = OnnxPredictor(colour_run).predict_paths([tmp_path / "absent.jpg"])
    assert one.label is None
    assert "no longer exists" in one.reason


def test_no_pictures_are_no_answers(colour_run: Path) -> None:
    assert list(OnnxPredictor(colour_run).predict_paths([])) == []


def test_files_are_taken_a_little_ahead_only(colour_run: Path, tmp_path: Path) -> None:
    ((path, _),) = paint(tmp_path / "pictures", 1)
    taken = 0

    def endless():  # type: ignore[no-untyped-def]
        nonlocal taken
        while True:
            taken += 1
            yield path

    answers = OnnxPredictor(colour_run).predict_paths(endless())
    assert next(answers).label == "red"
    answers.close()  # type: ignore[attr-defined]
    assert taken <= 2 * batch_size_for((32, 32))


def test_probabilities_do_not_depend_on_the_company(colour_run: Path, tmp_path: Path) -> None:
    painted = [path for path, _ in paint(tmp_path / "pictures", 5)]
    predictor = OnnxPredictor(colour_run)
    together = list(predictor.predict_paths(painted))
    alone = [next(iter(predictor.predict_paths([path]))) for path in painted]
    for one, other in zip(together, alone, strict=True):
        assert one.probabilities == pytest.approx(other.probabilities, abs=1e-6)


def test_a_batch_of_large_pictures_is_small() -> None:
    assert batch_size_for((128, 128)) == 32
    assert batch_size_for((1024, 1024)) == 4
    assert batch_size_for((4096, 4096)) == 1


def test_a_run_without_the_file_says_so(colour_run: Path) -> None:
    (colour_run / "model.onnx").unlink()
    with pytest.raises(UserError, match=r"has no model\.onnx"):
        OnnxPredictor(colour_run)


def test_a_damaged_file_says_so(colour_run: Path) -> None:
    content = (colour_run / "model.onnx").read_bytes()
    (colour_run / "model.onnx").write_bytes(content[: len(content) // 2])
    with pytest.raises(UserError, match="damaged"):
        OnnxPredictor(colour_run)


def test_a_card_of_another_model_is_noticed(colour_run: Path) -> None:
    card = read_card(colour_run / "model.json")
    head = card.head.model_copy(update={"outputs": 2})
    write_card(colour_run / "model.json", card.model_copy(update={"classes": ("a", "b"), "head": head}))
    with pytest.raises(UserError, match="do not belong together"):
        OnnxPredictor(colour_run)


def test_predicting_32_pictures_needs_no_torch(colour_run: Path, tmp_path: Path) -> None:
    paint(tmp_path / "pictures", 32)
    script = (
        "import sys; from pathlib import Path; from studio.runtime.predictor import OnnxPredictor\n"
        "run, pictures = map(Path, sys.argv[1:])\n"
        "print(*[one.label for one in OnnxPredictor(run).predict_paths(sorted(pictures.iterdir()))])\n"
        "heavy = {'torch', 'torchvision', 'timm', 'PySide6', 'pandas'}\n"
        "sys.exit(f'imported: {heavy & set(sys.modules)}' if heavy & set(sys.modules) else 0)"
    )
    command = [sys.executable, "-c", script, str(colour_run), str(tmp_path / "pictures")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [list(COLOURS)[number % 3] for number in range(32)]


def test_importing_runtime_loads_no_heavy_library() -> None:
    script = (
        "import sys, studio.runtime.predictor\n"
        "print(*sorted({'torch', 'cv2', 'onnxruntime', 'onnx', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == []


def test_predict_takes_normalised_pictures(colour_run: Path) -> None:
    batch = np.zeros((2, 3, 32, 32), np.float32)
    batch[1, 2] = 1
    outputs = OnnxPredictor(colour_run).predict(batch)
    np.testing.assert_allclose(outputs, [[0, 0, 0], [0, 0, 20]], atol=1e-4)


def test_odd_files_are_answered_or_explained(colour_run: Path, shared_data: Path) -> None:
    odd = sorted(path for path in (shared_data / "odd_inputs").rglob("*") if path.is_file())
    found = list(OnnxPredictor(colour_run).predict_paths(odd))
    assert [one.path for one in found] == odd
    assert all((one.label is None) == bool(one.reason) for one in found)
    assert {one.label is None for one in found} == {True, False}
