"""The two commands: what they call, what they leave alone, what they say. No network, nothing installed."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ["packaging/run", "packaging/test", "packaging/setup", "packaging/system", ".ci/run"]
TOP_LEVEL = {"pyproject.toml", "README.md", "LICENSE", "studio", "resources", "tests", "packaging"}

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="the scripts are for bash")
needs_git = pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout")
needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="the faked system is a Linux")


def git(*arguments: str) -> list[str]:
    """Gives the lines that git prints for this checkout."""
    done = subprocess.run(["git", "-C", ROOT, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout.splitlines()


def project_files() -> list[str]:
    """Gives every file that is tracked, or would be by the next `git add`."""
    return git("ls-files", "--cached", "--others", "--exclude-standard")


@pytest.mark.parametrize("script", SCRIPTS)
def test_script_parses(script: str) -> None:
    subprocess.run(["bash", "-n", ROOT / script], check=True)


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
def test_scripts_pass_shellcheck() -> None:
    done = subprocess.run(
        ["shellcheck", "-x", "-P", ".", *SCRIPTS], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_ci_calls_the_test_script_and_nothing_else() -> None:
    lines = [line for line in (ROOT / ".ci/run").read_text().splitlines() if line and not line.startswith("#")]
    assert lines == ["set -eu", 'cd "$(dirname "$0")/.."', "exec bash packaging/test"]


@needs_git
def test_top_level_holds_the_agreed_names_only() -> None:
    names = {Path(file).parts[0] for file in project_files()}
    assert {name for name in names if not name.startswith(".")} <= TOP_LEVEL


@needs_git
def test_lock_file_is_ignored_and_untracked() -> None:
    assert git("check-ignore", "uv.lock") == ["uv.lock"]
    assert git("ls-files", "uv.lock") == []


@needs_git
def test_no_file_names_a_package_host_or_a_path_of_one_machine() -> None:
    wrong = re.compile(
        r"pypi\.org|pythonhosted\.org|download\.pytorch\.org|deb\.debian\.org|"
        r"/(?:work/(?:main|shared|\.)|[r]oot/|home/[a-z]+/)"
    )
    found = []
    for name in project_files():
        try:
            text = (ROOT / name).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue
        found += [f"{name}:{row}: {line}" for row, line in enumerate(text.splitlines(), 1) if wrong.search(line)]
    assert found == []


def test_constraints_pin_every_dependency_within_its_range() -> None:
    pins = {}
    for line in (ROOT / "packaging/constraints.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            match = re.fullmatch(r"([a-z0-9][a-z0-9._-]*)==([0-9][0-9A-Za-z.]*)", line)
            assert match, f"not a name and a version: {line}"
            pins[canonicalize_name(match[1])] = match[2]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for text in project["project"]["dependencies"] + project["dependency-groups"]["dev"]:
        wanted = Requirement(text)
        assert canonicalize_name(wanted.name) in pins, f"{wanted.name} has no version in constraints.txt"
        assert wanted.specifier.contains(pins[canonicalize_name(wanted.name)], prereleases=True), text


@dataclass
class Checkout:
    """A copy of the scripts with a .venv of shell scripts, on a machine where uv, apt and the loader are faked.

    Every fake writes its name and arguments to one file.
    """

    folder: Path
    environment: dict[str, str]

    def bash(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Runs bash somewhere else than in the checkout, as a user would."""
        return subprocess.run(
            ["bash", *arguments],
            cwd=self.folder.parent,
            env=self.environment | variables,
            capture_output=True,
            text=True,
            check=False,
        )

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return self.bash(f"{self.folder}/packaging/run", *arguments, **variables)

    def set_up(self, parts: str) -> None:
        """Marks the parts as set up, the way that the scripts do it."""
        done = self.bash("-euc", f'source "{self.folder}/packaging/setup"; remember {parts}')
        assert done.returncode == 0, done.stderr

    def calls(self) -> list[str]:
        """Gives what was called so far, in order."""
        file = self.folder.parent / "calls"
        return file.read_text().splitlines() if file.exists() else []

    def fake(self, path: str, body: str) -> None:
        """Puts a shell script where the fakes are, or into the checkout if the path has a folder."""
        file = (self.folder if "/" in path else self.folder.parent / "bin") / path
        file.parent.mkdir(parents=True, exist_ok=True)
        log = self.folder.parent / "calls"
        file.write_text(f'#!/bin/bash\n{body.replace("LOG", f"""echo "{file.name} $*" >>"{log}" """)}\n')
        file.chmod(0o755)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A set-up checkout in a folder with a space in its name, for a user who may not install system packages."""
    folder = tmp_path / "a clone"
    shutil.copytree(ROOT / "packaging", folder / "packaging")
    shutil.copy(ROOT / "pyproject.toml", folder)
    unwanted = ("DISPLAY", "WAYLAND_DISPLAY", "XDG_CACHE_HOME", "UV_", "PIP_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    environment |= {"PATH": f"{tmp_path / 'bin'}:{environment['PATH']}", "HOME": str(tmp_path)}
    made = Checkout(folder, environment)
    made.fake("uv", f'LOG\ncase $1 in --version) echo "uv 99.0.0" ;; cache) echo "{tmp_path}/cache" ;; esac')
    made.fake("apt-get", "LOG")
    made.fake("sudo", "exit 1")
    made.fake("id", "echo 1000")
    made.fake("ldconfig", "exit 0")
    made.fake(".venv/bin/studio", "LOG")
    made.fake(".venv/bin/python", f'[ "$1" != -c ] || exec {sys.executable} "$@"\nLOG')
    (folder / ".venv/pyvenv.cfg").write_text("version_info = 3.11.7\n")
    made.set_up("base window dev")
    return made


@needs_linux
def test_second_start_goes_straight_to_the_program(checkout: Checkout) -> None:
    done = checkout.run("--project", "my things", DISPLAY=":9")
    assert (done.returncode, done.stderr) == (0, "")
    assert checkout.calls() == ["studio demo --project my things"]


@needs_linux
def test_without_a_display_the_job_is_headless_and_says_so(checkout: Checkout) -> None:
    done = checkout.run("--json")
    assert "No display" in done.stderr
    assert done.stdout == ""
    assert checkout.calls() == ["studio demo --headless --json"]


@needs_linux
@pytest.mark.parametrize(
    "changed", ["pyproject.toml", "packaging/constraints.txt", "packaging/setup", ".venv/pyvenv.cfg"]
)
def test_a_change_sets_up_again_once(checkout: Checkout, changed: str) -> None:
    checkout.fake("ldconfig", 'echo " libGL.so.1 libgthread-2.0.so.0 "')
    with (checkout.folder / changed).open("a") as file:
        file.write("# changed\n")
    assert checkout.run().returncode == 0
    first = checkout.calls()
    assert [call.split()[1] for call in first if call.startswith("uv ")] == ["--version", "cache", "lock", "sync"]
    pins = [line for line in (ROOT / "packaging/constraints.txt").read_text().splitlines() if "==" in line]
    (lock,) = (call for call in first if call.startswith("uv lock"))
    assert [pin for pin in pins if f"--upgrade-package {pin}" not in lock] == []
    assert checkout.run().returncode == 0
    assert checkout.calls()[len(first) :] == ["studio demo --headless"]


@needs_linux
def test_a_part_not_set_up_is_missed(checkout: Checkout) -> None:
    (checkout.folder / ".venv/set-up-window").unlink()
    assert checkout.run("--headless", DISPLAY=":9").returncode == 0
    assert checkout.calls() == ["studio demo --headless"]
    done = checkout.run(DISPLAY=":9")
    assert done.returncode == 1
    assert "libxcb-cursor0" in done.stderr


@needs_linux
def test_who_may_not_install_gets_the_one_line(checkout: Checkout) -> None:
    (checkout.folder / ".venv/set-up-base").unlink()
    done = checkout.run()
    assert done.returncode == 1
    (line,) = (line.strip() for line in done.stderr.splitlines() if "apt-get" in line)
    assert line.startswith("sudo apt-get update && sudo apt-get install -y ")
    assert line.endswith(" libgl1 libglib2.0-0")
    assert checkout.calls() == []


@needs_linux
def test_root_installs_what_is_missing(checkout: Checkout) -> None:
    (checkout.folder / ".venv/set-up-base").unlink()
    checkout.fake("id", "echo 0")
    assert checkout.run().returncode == 0
    apt = [call for call in checkout.calls() if call.startswith("apt-get")]
    assert [call.split()[1] for call in apt] == ["update", "install"]
    assert apt[1].endswith(" libgl1 libglib2.0-0")


@needs_linux
def test_an_old_python_is_named(checkout: Checkout) -> None:
    shutil.rmtree(checkout.folder / ".venv")
    for name in ("python3", "python3.11", "python3.12", "python3.13"):
        checkout.fake(name, 'if [ "$1" = --version ]; then echo Python 3.9.2; else exit 1; fi')
    done = checkout.run("--headless")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "Python 3.11 or newer" in line
    assert "Python 3.9.2" in line


@needs_linux
def test_all_checks_run_and_the_first_failure_is_the_status(checkout: Checkout) -> None:
    checkout.fake(".venv/bin/python", "LOG\ncase $3 in ruff) exit 3 ;; mypy) exit 4 ;; esac")
    done = checkout.bash(f"{checkout.folder}/packaging/test", "-k", "one thing")
    assert done.returncode == 3
    assert checkout.calls() == [
        "python -P -m ruff check .",
        "python -P -m ruff format --check .",
        "python -P -m mypy",
        "python -P -m pytest -q -k one thing",
    ]
    assert done.stderr.splitlines()[-1] == "Failed: ruff check ., ruff format --check ., mypy"


@needs_linux
def test_a_failed_test_run_is_a_failure(checkout: Checkout) -> None:
    checkout.fake(".venv/bin/python", "case $3 in pytest) exit 5 ;; esac")
    assert checkout.bash(f"{checkout.folder}/packaging/test").returncode == 5
