"""All checks together, as the child runs them."""

from pathlib import Path

from studio.blocks.recipe import Recipe
from studio.blocks.source.folder import Folder
from studio.jobs.launch import ask
from studio.jobs.messages import CheckData, Event, Finished, HealthFound, Progressed
from studio.work.build import Surroundings
from studio.work.health.examination import CHECKS, LISTED, examine
from tests.work.health.drawn import draw_scene, save


def no_progress(what: str):
    return lambda done, total: None


def test_a_good_folder_has_nothing_to_tell(tmp_path: Path) -> None:
    for seed in range(40):
        save(draw_scene(seed), tmp_path / ("nut" if seed % 2 else "screw") / f"x{'abcdefghij'[seed % 10]}{seed}.png")
    assert list(examine(Recipe(source=Folder(path=str(tmp_path))), Surroundings(), no_progress)) == []


def test_findings_come_with_their_check_and_nothing_is_told_twice(tmp_path: Path) -> None:
    for seed in range(24):
        save(draw_scene(seed), tmp_path / ("Nut" if seed % 2 else "nut") / f"{seed}.png")
    save(draw_scene(99), tmp_path / "screw" / "a.png")
    (tmp_path / "screw" / "broken.png").write_bytes(b"x")
    found = list(examine(Recipe(source=Folder(path=str(tmp_path))), Surroundings(), no_progress))
    assert {"names", "unreadable", "examples", "balance"} <= {item.check for item in found} <= {*CHECKS, "blocks"}
    assert all(item.root == str(tmp_path) for item in found)
    messages = [item.message for item in found]
    assert len(messages) == len(set(messages))
    assert sum("screw" in item.message and "Few" in item.message for item in found) == 1
    assert next(item.pictures for item in found if item.check == "unreadable")[0][0] == "screw/broken.png"


def test_long_lists_are_cut_and_counted(tmp_path: Path) -> None:
    for number in range(LISTED + 50):
        path = tmp_path / ("nut" if number % 2 else "screw") / f"{number}.png"
        if number < 2:
            save(draw_scene(number, (16, 16)), path)
        else:
            path.write_bytes(b"x")
    (found,) = [
        item
        for item in examine(Recipe(source=Folder(path=str(tmp_path))), Surroundings(), no_progress)
        if item.check == "unreadable"
    ]
    assert (len(found.pictures), found.pictures_total) == (LISTED, LISTED + 48)


def test_an_empty_folder_is_the_blocks_own_error(tmp_path: Path) -> None:
    found = list(examine(Recipe(source=Folder(path=str(tmp_path))), Surroundings(), no_progress))
    assert ("blocks", "error", "source", "path") in [(f.check, f.level, f.step, f.field) for f in found]


def test_the_child_answers_with_progress_and_findings(tmp_path: Path) -> None:
    for seed in range(70):
        save(draw_scene(seed, (64, 48)), tmp_path / ("nut" if seed % 2 else "screw") / f"{seed}.png")
    (tmp_path / "screw" / "again.png").write_bytes((tmp_path / "nut" / "1.png").read_bytes())
    events: list[Event] = []
    end = ask(CheckData(recipe=Recipe(source=Folder(path=str(tmp_path)))), events.append)
    assert isinstance(end, Finished)
    assert {"pictures looked at", "pictures compared"} <= {e.what for e in events if isinstance(e, Progressed)}
    assert "duplicates" in {event.check for event in events if isinstance(event, HealthFound)}


def test_a_check_can_be_cancelled(tmp_path: Path) -> None:
    for seed in range(400):
        save(draw_scene(seed % 40, (64, 48)), tmp_path / ("nut" if seed % 2 else "screw") / f"{seed}.png")
    asked = [0]

    def should_stop() -> bool:
        asked[0] += 1
        return asked[0] > 10

    found = list(examine(Recipe(source=Folder(path=str(tmp_path))), Surroundings(should_stop=should_stop), no_progress))
    assert found == []
    assert asked[0] < 60
