"""The same job from the command line, on real pictures: new, explain, train, predict, results."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.work.health.drawn import draw_scene, save

TIMEOUT_S = 600


def studio(*arguments: str | Path, status: int = 0) -> str:
    """What the command prints, or its complaint where it must end with another status than 0."""
    done = run(*arguments, status=status)
    return done.stdout if status == 0 else done.stderr


def studio_prints(*arguments: str | Path, status: int) -> str:
    """What the command prints; it must end with `status`."""
    return run(*arguments, status=status).stdout


def run(*arguments: str | Path, status: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "studio", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    assert done.returncode == status, done.stdout[-2000:] + done.stderr[-2000:]
    return done


QUICK = [
    "--set", "model.encoder=test_resnet", "--set", "model.weights=none",
    "--set", "training.epochs=2", "--set", "transforms.resize.side_px=32",
]  # fmt: skip


def test_digits_from_folder_to_prediction(shared_data: Path, tmp_path: Path) -> None:
    project = tmp_path / "digits.studio"
    assert "'train' and 'valid'" in studio("new", project, "--images", shared_data / "mnist_tiny", "--guess")
    explained = studio("explain", project)
    assert "709 to train on, 699 to check on, 20 not labeled" in explained

    lines = [json.loads(line) for line in studio("train", project, *QUICK, "--json").splitlines()]
    assert {"run_started", "step_done", "epoch_ended", "checkpoint_written"} <= {line["kind"] for line in lines}
    last = lines[-1]
    assert last["kind"] == "finished"
    assert set(last["metrics"]) >= {"accuracy", "macro_f1", "valid_loss"}
    run = project / last["run"]

    table = tmp_path / "out.csv"
    test = shared_data / "mnist_tiny" / "test"
    predicted = [json.loads(line) for line in studio("predict", run, test, "--json", "--csv", table).splitlines()]
    told = [line for line in predicted if line["kind"] == "prediction"]
    assert len(told) == 20
    assert all(line["label"] in ("3", "7") for line in told)
    assert all(abs(sum(line["probabilities"].values()) - 1) < 1e-4 for line in told)
    assert predicted[-1]["kind"] == "finished"
    assert len(table.read_text().splitlines()) == 21

    results = json.loads(studio("results", run, "--json"))
    assert results["accuracy"] == pytest.approx(last["metrics"]["accuracy"])
    assert sum(map(sum, results["confusion"])) == 699


def test_a_learning_rate_is_found(shared_data: Path, tmp_path: Path) -> None:
    project = tmp_path / "digits.studio"
    studio("new", project, "--images", shared_data / "mnist_tiny")
    lines = [json.loads(line) for line in studio("lr-find", project, *QUICK, "--json").splitlines()]
    tried = [line for line in lines if line["kind"] == "rate_tried"]
    assert [line["step"] for line in tried] == list(range(1, len(tried) + 1))
    found = next(line for line in lines if line["kind"] == "rates_suggested")
    assert 1e-5 < found["chosen"] < 1
    assert lines[-1]["kind"] == "finished"
    assert list((project / "runs").iterdir()) == []


def test_photographs_are_explained_and_trained(shared_data: Path, tmp_path: Path) -> None:
    project = tmp_path / "flowers.studio"
    studio("new", project, "--images", shared_data / "flowers_128")
    assert "1200 to train on, 300 to check on" in studio("explain", project)
    lines = studio("train", project, *QUICK, "--set", "training.epochs=1", "--json").splitlines()
    run = project / json.loads(lines[-1])["run"]
    assert "daisy" in studio("results", run)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("explain", "nowhere.studio"), "nowhere.studio"),
        (("train", "nowhere.studio"), "nowhere.studio"),
        (("predict", "nowhere", "x.png"), "not the folder of a run"),
        (("new", "x", "--images", "nowhere"), "does not exist"),
    ],
)
def test_what_the_user_can_mend_ends_with_status_1_and_a_hint(
    arguments: tuple[str, ...], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    message = studio(*arguments, status=1)
    assert words in message
    assert len(message.strip().splitlines()) >= 2


def test_wrong_usage_ends_with_status_2() -> None:
    studio("train", status=2)
    studio("dance", status=2)


def test_pretrained_without_a_network_fails_at_once_with_a_hint(shared_data: Path, tmp_path: Path) -> None:
    project = tmp_path / "digits.studio"
    studio("new", project, "--images", shared_data / "mnist_tiny")
    nowhere = {
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "https_proxy": "http://127.0.0.1:9",
    }
    command = [sys.executable, "-m", "studio", "train", str(project), "--set", "model.weights=pretrained"]
    environment = {**os.environ, **nowhere}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environment)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "weights" in done.stderr
    assert "file" in done.stderr  # the hint: take a file, the shipped encoder, or none


def test_the_sample_headless_small(tmp_path: Path) -> None:
    lines = studio("demo", "--headless", "--project", tmp_path / "s", "--pictures", "60", "--json").splitlines()
    last = json.loads(lines[-1])
    assert last["kind"] == "finished"
    assert "accuracy" in last["metrics"]
    assert last["train_s"] > 0
    assert all(Path(file).read_text().startswith("<svg") for file in last["files"])


def test_the_doctor_knows_the_versions() -> None:
    last = json.loads(studio("doctor", "--json").splitlines()[0])
    assert last["kind"] == "diagnosed"
    assert last["facts"]["torch"].startswith("2.")
    assert last["facts"]["write test"] == "passed"


def test_a_leaking_split_is_found_and_mended(tmp_path: Path) -> None:
    for kind in ("nut", "screw"):
        for seed in range(12):
            image = draw_scene(seed + 100 * len(kind))
            save(image, tmp_path / "pictures" / kind / f"{seed}a.png")
            save(image, tmp_path / "pictures" / kind / f"{seed}b.png")
    project = tmp_path / "bolts.studio"
    studio("new", project, "--images", tmp_path / "pictures")
    assert "wrong (split)" in studio_prints("check", project, status=1)
    lines = [json.loads(line) for line in studio_prints("check", project, "--json", status=1).splitlines()]
    leaks = [line for line in lines if line["kind"] == "health_found" and line["level"] == "error"]
    assert leaks[0]["check"] == "duplicates"
    assert leaks[0]["pairs"]
    assert lines[-1]["kind"] == "finished"
    mended = [json.loads(line) for line in studio_prints("check", project, "--group", "--json", status=0).splitlines()]
    assert [line for line in mended if line["kind"] == "health_found" and line["level"] == "error"] == []
    assert [line["kind"] for line in mended].count("finished") == 1
    assert "what looks alike" in studio("explain", project)


def test_one_picture_is_followed_through_all_steps(shared_data: Path, tmp_path: Path) -> None:
    project = tmp_path / "cells.studio"
    studio("new", project, "--images", shared_data / "bccd")
    told = studio("explain", project, "--image", "BCCD/JPEGImages/BloodImage_00023.jpg")
    assert "640 x 480 px, 3 channels of 8 bits" in told
    assert "WBC: x 98.0 to 281.0, y 34.0 to 206.0 px" in told
    assert told.index("trained on") < told.index("Resize:") < told.index("3 x 320 x 320 float32")
    complaint = studio("explain", project, "--image", "nothing.jpg", status=1)
    assert "Source: nothing.jpg is not among the pictures." in complaint


def test_a_public_data_set_shows_its_terms_and_says_when_it_cannot_be_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUDIO_DATASETS", "http://127.0.0.1:9/none")  # the port where nothing answers
    assert "Cite as: O. M. Parkhi" in studio("datasets")
    done = run("new", tmp_path / "digits", "--data", "mnist", status=1)
    assert "CC BY-SA 3.0" in done.stdout
    assert "could not be downloaded from http://127.0.0.1:9/none/mnist_png.tgz" in done.stderr
    assert "There are: mnist," in studio("new", tmp_path / "x", "--data", "imagenet", status=1)
