"""One press: what looks alike is written down, and a split by that list keeps it together."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from studio.base.errors import UserError
from studio.blocks.recipe import Recipe
from studio.blocks.source.folder import Folder
from studio.blocks.split.by_group import GroupSplit
from studio.work.build import Surroundings
from studio.work.groups_file import read_groups, write_groups
from studio.work.health.clusters import clusters_of
from studio.work.health.examination import examine
from studio.work.health.grouping import group_pictures, make_groups
from tests.work.health.drawn import draw_scene, draw_video, looked_at, save


def no_progress(what: str) -> object:
    return lambda done, total: None


def test_look_alikes_share_a_group_and_others_have_none(tmp_path: Path) -> None:
    for seed in range(8):
        save(draw_scene(seed), tmp_path / f"x{'abcdefgh'[seed]}.png")
    for number, quality in enumerate((40, 60)):
        save(Image.open(tmp_path / "xc.png"), tmp_path / f"copy{'pq'[number]}.jpg", quality=quality)
    names = sorted(path.name for path in tmp_path.iterdir())
    groups = make_groups(looked_at(tmp_path, names))
    assert {names[place] for place in groups} == {"xc.png", "copyp.jpg", "copyq.jpg"}
    assert len(set(groups.values())) == 1


def test_videos_are_groups_and_a_single_one_is_cut_into_stretches(tmp_path: Path) -> None:
    names = [f"clip{seed}_{number}.png" for seed in range(3) for number in range(12)]
    for seed in range(3):
        for number, image in enumerate(draw_video(seed, 12)):
            save(image, tmp_path / f"clip{seed}_{number}.png")
    groups = make_groups(looked_at(tmp_path, names))
    assert Counter(groups.values()) == {"clip0_": 12, "clip1_": 12, "clip2_": 12}
    alone = make_groups(looked_at(tmp_path, names[:12]))
    assert sorted(Counter(alone.values()).values()) == [2, 2, 2, 3, 3]
    order = [alone[place] for place in range(12)]
    assert order == sorted(order)  # stretches, not mixed


def test_the_list_written_and_split_by_leaves_nothing_to_warn_of(tmp_path: Path) -> None:
    pictures, project = tmp_path / "pictures", tmp_path / "x.studio"
    project.mkdir()
    for kind in ("nut", "screw"):
        for seed in range(12):
            image = draw_scene(seed + 100 * len(kind))
            save(image, pictures / kind / f"{seed}a.png")
            save(image.resize((120, 90)), pictures / kind / f"{seed}b.jpg", quality=70)
    recipe = Recipe(source=Folder(path=str(pictures)))
    around = Surroundings(project_folder=project)
    before = [event for event in examine(recipe, around, no_progress) if event.can_group]
    assert [event.check for event in before] == ["duplicates"]
    assert before[0].pairs_total > 3
    assert group_pictures(recipe, project, around, no_progress) == project / "groups.csv"
    grouped = recipe.model_copy(update={"split": GroupSplit(group_by="list")})
    assert [event.message for event in examine(grouped, around, no_progress) if event.can_group] == []


def test_a_split_by_a_list_that_is_not_there_is_an_error_with_its_field(tmp_path: Path) -> None:
    for kind in ("nut", "screw"):
        save(draw_scene(len(kind)), tmp_path / kind / "1.png")
    recipe = Recipe(source=Folder(path=str(tmp_path)), split=GroupSplit(group_by="list"))
    for around in (Surroundings(project_folder=tmp_path), Surroundings()):
        errors = [event for event in examine(recipe, around, no_progress) if event.level == "error"]
        assert ("split", "group_by") in [(event.step, event.field) for event in errors]


@given(st.dictionaries(st.text(min_size=1), st.text()))
def test_the_list_comes_back_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, groups: dict[str, str]
) -> None:
    folder = tmp_path_factory.mktemp("project")
    write_groups(folder, groups)
    assert read_groups(folder) == groups


@pytest.mark.parametrize(
    ("text", "words"), [("", "first line"), ("image;group\n", "first line"), ("image,group\na,b\nc\n", "line 3")]
)
def test_a_list_that_somebody_broke_says_where(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "groups.csv").write_text(text)
    with pytest.raises(UserError) as refused:
        read_groups(tmp_path)
    assert words in str(refused.value)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30))))
def test_clusters_are_the_connected_parts(pairs: list[tuple[int, int]]) -> None:
    found = clusters_of(pairs)
    where = {item: number for number, cluster in enumerate(found) for item in cluster}
    assert all(where[first] == where[second] for first, second in pairs)
    # As many as a walk from each item that was not reached yet finds.
    beside: dict[int, set[int]] = {item: set() for item in where}
    for first, second in pairs:
        beside[first].add(second)
        beside[second].add(first)
    reached: set[int] = set()
    walks = 0
    for start in where:
        walks += start not in reached
        front = {start} - reached
        while front:
            reached |= front
            front = {other for item in front for other in beside[item]} - reached
    assert walks == len(found)
