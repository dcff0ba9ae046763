"""A function of the user's: only with consent, away from this process, and with what went wrong in words."""

import os
import sys
import time
from pathlib import Path

import pytest

from studio.base import consent
from studio.base.targets import Numbers, Tags, Target
from studio.blocks.labels.python_function import PythonFunction
from studio.blocks.table import DataTable, Finding, Row
from studio.work.build import Surroundings, build

IMAGES = ("cat/1.png", "dog/2.png")


def run(
    folder: Path, text: str, images: tuple[str, ...] = IMAGES, *, allowed: bool = True, **settings: object
) -> tuple[DataTable, list[Finding]]:
    script = folder / "label.py"
    script.write_text(text, encoding="utf-8")
    if allowed:
        consent.allow(script, consent.sha256_of(script.read_bytes()))
    table = DataTable(root=str(folder), rows=[Row(image) for image in images])
    block = PythonFunction.model_validate({"file": "label.py"} | settings)
    return table, build(block, table, Surroundings(project_folder=folder))


def errors(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.field, finding.message) for finding in findings if finding.level == "error"]


def test_without_consent_nothing_runs(tmp_path: Path) -> None:
    text = "open('ran', 'w').close()\ndef label(path): return 'x'\n"
    table, findings = run(tmp_path, text, allowed=False)
    assert errors(findings)[0][0] == "file"
    assert "label.py has not been allowed" in findings[0].message
    assert "allow it on the Labels card" in findings[0].hint
    assert not (tmp_path / "ran").exists()
    assert all(row.target is None for row in table.rows)
    run(tmp_path, text)
    assert (tmp_path / "ran").exists()


def test_a_change_is_asked_about_again(tmp_path: Path) -> None:
    text = "def label(path): return path[:3]\n"
    assert errors(run(tmp_path, text)[1]) == []
    _, findings = run(tmp_path, text + "# more\n", allowed=False)
    assert errors(findings)[0][0] == "file"


@pytest.mark.parametrize(
    ("body", "targets"),
    [
        ("path.split('/')[0]", ["cat", "dog"]),
        ("[path[:3], 'animal', 'animal']", [Tags(("cat", "animal")), Tags(("dog", "animal"))]),
        ("float(path[4])", [Numbers((1.0,)), Numbers((2.0,))]),
        ("[int(path[4]), 0.5]", [Numbers((1.0, 0.5)), Numbers((2.0, 0.5))]),
        ("__import__('numpy').array([int(path[4]), 7])", [Numbers((1.0, 7.0)), Numbers((2.0, 7.0))]),
        ("__import__('numpy').float32(path[4])", [Numbers((1.0,)), Numbers((2.0,))]),
        ("None if 'cat' in path else 'dog'", [None, "dog"]),
    ],
)
def test_what_it_may_give(tmp_path: Path, body: str, targets: list[Target | None]) -> None:
    table, _ = run(tmp_path, f"def label(path):\n    return {body}\n")
    assert [row.target for row in table.rows] == targets
    assert [row.labeled_by for row in table.rows if row.target is not None][-1] == "function"
    is_number = isinstance(targets[1], Numbers)
    assert len(table.number_names) == (len(targets[1].values) if is_number else 0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def label(path):\n    x = 1\n    return {}[path]\n", "label.py, line 3: KeyError: 'cat/1.png'"),
        (
            "def helper(path):\n    return 1 / 0\ndef label(path):\n    return helper(path)\n",
            "line 2: ZeroDivisionError",
        ),
        ("def label(path):\n    raise SystemExit(3)\n", "line 2: SystemExit"),
        ("def label(path)\n    return 1\n", "line 1: SyntaxError"),
        ("def other(path): return 'x'\n", "there is no function label()"),
        ("import nowhere_to_be_found\n", "line 1: ModuleNotFoundError"),
        ("def label(path): return {'a': 1}\n", "it gave a dict"),
        ("def label(path): return True\n", "it gave a bool"),
        ("def label(path): return [1, 'a']\n", "texts alone or numbers alone"),
        ("def label(path): return float('nan')\n", "it gave nan"),
        ("def label(path): return 'x' if 'cat' in path else 1.5\n", "it gave 1 number, but a class for cat/1.png"),
    ],
)
def test_what_goes_wrong_is_told(tmp_path: Path, text: str, words: str) -> None:
    _, findings = run(tmp_path, text)
    assert errors(findings)[0][0] == "file"
    assert words in findings[0].message


def test_pictures_on_which_it_fails_may_be_left_out(tmp_path: Path) -> None:
    text = "def label(path):\n    if 'dog' in path:\n        raise ValueError('no dogs')\n    return path[0]\n"
    table, findings = run(tmp_path, text, ("cat/1.png", "dog/2.png", "bat/3.png"), skip_bad=True)
    assert [row.target for row in table.rows] == ["c", "b"]
    assert [item.image for item in table.left_out] == ["dog/2.png"]
    assert "line 3: ValueError: no dogs" in table.left_out[0].reason
    assert errors(findings) == []


def test_what_it_prints_disturbs_nobody(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    text = "import os\nprint('hello')\ndef label(path):\n    print(path)\n    os.write(1, b'x')\n    return path[:3]\n"
    table, _ = run(tmp_path, text)
    assert [row.target for row in table.rows] == ["cat", "dog"]
    assert "hello" not in capfd.readouterr().out


def test_it_works_in_the_folder_of_the_pictures(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("cow")
    table, _ = run(tmp_path, "def label(path): return open('words.txt').read() + path[0]\n")
    assert [row.target for row in table.rows] == ["cowc", "cowd"]


def test_a_neighbour_of_the_file_is_not_imported(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("raise RuntimeError('planted')")
    (tmp_path / "planted.py").write_text("raise RuntimeError('planted')")
    table, _ = run(tmp_path, "import json\ndef label(path): return json.loads('\"a\"') + path[0]\n")
    assert [row.target for row in table.rows] == ["ac", "ad"]
    _, findings = run(tmp_path, "import planted\ndef label(path): return path\n")
    assert "ModuleNotFoundError" in findings[0].message


@pytest.mark.parametrize("loop", ["while True: pass", "__import__('re').match('(a+)+$', 'a' * 60 + '!')"])
def test_an_endless_loop_is_ended(tmp_path: Path, loop: str) -> None:
    text = f"def label(path):\n    if 'dog' in path:\n        {loop}\n    return path\n"
    start = time.monotonic()
    _, findings = run(tmp_path, text, limit_s=0.5)
    assert time.monotonic() - start < 30
    assert errors(findings)[0][0] == "limit_s"
    assert "dog/2.png" in findings[0].message


def test_a_crash_is_told(tmp_path: Path) -> None:
    _, findings = run(tmp_path, "import os\ndef label(path): return 'a' if 'cat' in path else os._exit(3)\n")
    assert "it ended at dog/2.png" in findings[0].message


@pytest.mark.skipif(os.name != "posix", reason="process groups are of POSIX systems")
def test_nothing_goes_on_when_somebody_stops_it(tmp_path: Path) -> None:
    script = tmp_path / "label.py"
    script.write_text(
        "import os\ndef label(path):\n    open('pid', 'w').write(str(os.getpid()))\n    while True: pass\n"
    )
    consent.allow(script, consent.sha256_of(script.read_bytes()))
    table = DataTable(root=str(tmp_path), rows=[Row("a.png")])
    pid_file = tmp_path / "pid"
    around = Surroundings(should_stop=lambda: pid_file.exists() and bool(pid_file.read_text()))
    build(PythonFunction(file=str(script)), table, around)
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid_file.read_text()), 0)


def test_a_name_that_is_no_function() -> None:
    with pytest.raises(ValueError, match="pattern"):
        PythonFunction(function="os.system")
    assert sys.version_info >= (3, 11)  # what -P, which keeps neighbours from being imported, needs


def test_no_file_and_a_missing_one(tmp_path: Path) -> None:
    table = DataTable(root=str(tmp_path), rows=[Row("a.png")])
    for file in ("", "gone.py"):
        findings = build(PythonFunction(file=file), table, Surroundings(project_folder=tmp_path))
        assert errors(findings)[0][0] == "file"
