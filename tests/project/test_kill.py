import os
import random
import runpy
import subprocess
import sys
from pathlib import Path

from studio.project.store import Project

SCRIPT = Path(__file__).with_name("label_until_killed.py")
KILLS = 1000 if os.environ.get("STUDIO_NIGHTLY") else 15


def test_no_edit_that_was_acknowledged_is_lost_by_a_kill(project: Project) -> None:
    project.close()
    expected_after = runpy.run_path(str(SCRIPT))["expected_after"]
    done, chance = 0, random.Random()
    for _ in range(KILLS):
        acknowledged = edit_and_kill(project.folder, done, after=chance.randrange(12))
        with Project.open(project.folder, author="Ada") as again:
            found = (
                again.class_names("classes"),
                {image: label.class_name for image, label in again.class_labels("classes").items()},
            )
            assert again._database.connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            assert again._database.connection.execute("PRAGMA foreign_key_check").fetchone() is None
        # An edit may have been committed without its acknowledgement, never the other way round.
        possible = [count for count in (acknowledged, acknowledged + 1) if expected_after(count) == found]
        assert possible, f"{acknowledged} edits were acknowledged, and something else was found"
        done = possible[0]
    assert done > KILLS


def edit_and_kill(folder: Path, start: int, after: int) -> int:
    """How many edits were acknowledged, all together, when the process was killed at the earliest `after` more."""
    command = [sys.executable, str(SCRIPT), str(folder), str(start)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(after)]
        assert all(lines), "the process ended by itself"
        process.kill()
        lines += process.stdout.read().splitlines()
        process.wait()
    # A number that was cut off in the middle was not acknowledged.
    whole = [line.strip() for line in lines if line.strip()]
    return int(whole[-1]) + 1 if whole else start
