"""Labels in tables, of every kind of column, and tables that are no labels."""

from collections.abc import Callable
from pathlib import Path

import pytest

from studio.base.errors import UserError
from studio.blocks.labels.flag_columns import FlagColumns
from studio.blocks.labels.from_label_set import FromLabelSet
from studio.blocks.labels.number_columns import NumberColumns
from studio.blocks.labels.point_columns import PointColumns
from studio.blocks.labels.separated_column import SeparatedColumn
from studio.blocks.labels.table_column import TableColumn
from studio.blocks.source.folder import Folder
from studio.blocks.source.table_file import TableFile
from studio.blocks.split.by_column import SplitByColumn
from studio.blocks.split.by_group import GroupSplit
from studio.blocks.tasks.keypoints import Keypoints
from studio.blocks.tasks.regression import Regression
from studio.blocks.tasks.tagging import Tagging
from studio.work.build import Surroundings
from studio.work.guess.choice import guess
from studio.work.table import build_table

Draw = Callable[..., Path]
Write = Callable[[str, object], Path]
NAMES = [f"a{number * number + 7}" for number in range(40)]


def table(header: str, row: Callable[[int], str]) -> str:
    return "\n".join([header, *(row(place) for place in range(len(NAMES)))]) + "\n"


def kind_of_leaf(place: int) -> str:
    return ("oak", "ash", "elm")[place % 3]


def test_a_column_of_classes_with_folder_and_ending(draw: Draw, write: Write) -> None:
    root = draw(f"pictures/{name}.png" for name in NAMES)
    write("labels.csv", table("id,species", lambda i: f"{NAMES[i]},{kind_of_leaf(i)}"))
    proposal = guess(root)
    source, labels = proposal.recipe.source, proposal.recipe.labels
    assert isinstance(source, TableFile)
    assert (source.column, source.folder, source.suffix, source.skip_bad) == ("id", "pictures", ".png", False)
    assert isinstance(labels, TableColumn)
    assert labels.column == "species"
    built, _ = build_table(proposal.recipe, Surroundings())
    assert len(built.rows) == 40
    assert built.classes == ["ash", "elm", "oak"]


def test_the_table_itself_may_be_named(draw: Draw, write: Write) -> None:
    draw(f"{name}.png" for name in NAMES)
    path = write("labels.tsv", table("file\tlabel", lambda i: f"{NAMES[i]}.png\t{kind_of_leaf(i)}"))
    recipe = guess(path).recipe
    assert isinstance(recipe.source, TableFile)
    assert isinstance(recipe.labels, TableColumn)


def test_names_in_folders_that_the_table_does_not_tell(draw: Draw, write: Write) -> None:
    root = draw(f"{'east' if i % 2 else 'west'}/2024/{name}.png" for i, name in enumerate(NAMES))
    write("labels.csv", table("file,label", lambda i: f"{NAMES[i]}.png,{kind_of_leaf(i)}"))
    recipe = guess(root).recipe
    assert isinstance(recipe.source, Folder)
    assert isinstance(recipe.labels, TableColumn)
    assert recipe.labels.table == "labels.csv"
    assert len([row for row in build_table(recipe, Surroundings())[0].rows if row.target]) == 40


def test_rows_without_a_picture_are_left_out_and_told(draw: Draw, write: Write) -> None:
    root = draw(f"{name}.png" for name in NAMES[:30])
    write("labels.csv", table("file,label", lambda i: f"{NAMES[i]}.png,{kind_of_leaf(i)}"))
    proposal = guess(root)
    assert isinstance(proposal.recipe.source, TableFile)
    assert proposal.recipe.source.skip_bad
    assert "10 rows of 40" in proposal.answer("source").reason
    assert proposal.answer("labels").sure < 0.9
    assert len(build_table(proposal.recipe, Surroundings())[0].rows) == 30


def test_tags_with_a_separator(draw: Draw, write: Write) -> None:
    root = draw(f"{name}.png" for name in NAMES)
    tags = ["clear primary", "haze", "clear road primary", "haze water", "clear", "water primary", "road haze"]
    write("train.csv", table("image_name,tags", lambda i: f"{NAMES[i]},{tags[i % len(tags)]}"))
    recipe = guess(root).recipe
    assert recipe.task == Tagging()
    assert isinstance(recipe.labels, SeparatedColumn)
    assert recipe.labels.separator == " "


def test_two_words_are_one_class(draw: Draw, write: Write) -> None:
    root = draw(f"{name}.png" for name in NAMES)
    breeds = ["golden retriever", "border collie", "great dane"]
    write("labels.csv", table("file,breed", lambda i: f"{NAMES[i]}.png,{breeds[i % 3]}"))
    assert isinstance(guess(root).recipe.labels, TableColumn)


def test_several_columns_of_yes_and_no(draw: Draw, write: Write) -> None:
    root = draw(f"{name}.png" for name in NAMES)
    write("labels.csv", table("file,rust,scab,mold", lambda i: f"{NAMES[i]}.png,{i % 2},{i % 3 // 2},{i % 5 // 4}"))
    recipe = guess(root).recipe
    assert recipe.task == Tagging()
    assert isinstance(recipe.labels, FlagColumns)
    assert recipe.labels.columns == ("rust", "scab", "mold")


def test_a_column_of_numbers(draw: Draw, write: Write) -> None:
    root = draw(f"{name}.png" for name in NAMES)
    write("labels.csv", table("file,age", lambda i: f"{NAMES[i]}.png,{20 + i / 4}"))
    recipe = guess(root).recipe
    assert recipe.task == Regression()
    assert isinstance(recipe.labels, NumberColumns)
    assert recipe.labels.columns == ("age",)


def test_a_few_whole_numbers_are_classes(draw: Draw, write: Write) -> None:
    root = draw(f"{name}.png" for name in NAMES)
    write("labels.csv", table("file,label", lambda i: f"{NAMES[i]}.png,{i % 4}"))
    assert isinstance(guess(root).recipe.labels, TableColumn)


def test_columns_of_x_and_y(draw: Draw, write: Write) -> None:
    root = draw(f"{name}.png" for name in NAMES)
    header = "file,left_eye_x,left_eye_y,right_eye_x,right_eye_y"
    write(
        "points.csv", table(header, lambda i: f"{NAMES[i]}.png,{20 + i % 5}.5,{30 + i % 7},{50 + i % 5},{31 + i % 3}")
    )
    recipe = guess(root).recipe
    assert recipe.task == Keypoints()
    assert isinstance(recipe.labels, PointColumns)
    skeleton = build_table(recipe, Surroundings())[0].skeleton
    assert skeleton is not None
    assert skeleton.partners == ((0, 1),)


@pytest.mark.parametrize("values", [("0", "1"), ("False", "True")])
def test_a_column_of_parts(draw: Draw, write: Write, values: tuple[str, str]) -> None:
    root = draw(f"{name}.png" for name in NAMES)
    write(
        "labels.csv", table("file,label,is_valid", lambda i: f"{NAMES[i]}.png,{kind_of_leaf(i)},{values[i % 4 == 0]}")
    )
    recipe = guess(root).recipe
    assert isinstance(recipe.labels, TableColumn)
    assert recipe.labels.column == "label"
    assert recipe.split == SplitByColumn(column="is_valid")
    assert sum(row.part == "valid" for row in build_table(recipe, Surroundings())[0].rows) == 10


def test_a_column_of_words_for_parts(draw: Draw, write: Write) -> None:
    root = draw(f"{name}.png" for name in NAMES)
    parts = ("train", "train", "train", "val", "test")
    write("labels.csv", table("file,label,split", lambda i: f"{NAMES[i]}.png,{kind_of_leaf(i)},{parts[i % 5]}"))
    assert guess(root).recipe.split == SplitByColumn(column="split", valid_values=("val",), test_values=("test",))


def test_a_column_of_patients_keeps_them_together(draw: Draw, write: Write) -> None:
    root = draw(f"{name}.png" for name in NAMES)
    write("labels.csv", table("file,patient_id,label", lambda i: f"{NAMES[i]}.png,{i // 5},{kind_of_leaf(i)}"))
    recipe = guess(root).recipe
    assert isinstance(recipe.labels, TableColumn)
    assert recipe.labels.column == "label"
    assert recipe.split == GroupSplit(group_by="column", column="patient_id")


def test_of_two_tables_both_are_proposed_and_it_is_less_sure(draw: Draw, write: Write) -> None:
    root = draw(f"{name}.png" for name in NAMES)
    write("a.csv", table("file,label", lambda i: f"{NAMES[i]}.png,{kind_of_leaf(i)}"))
    alone = guess(root)
    write("b.csv", table("file,label", lambda i: f"{NAMES[i]}.png,{'round' if i % 2 else 'long'}"))
    both = guess(root)
    assert both.answer("labels").sure < alone.answer("labels").sure
    assert sum(isinstance(item.recipe.labels, TableColumn) for item in (both, *both.alternatives)) == 2
    assert any("Something else" in reason for reason in both.reasons)


def test_a_table_that_says_what_the_folders_say_is_only_mentioned(draw: Draw, write: Write) -> None:
    root = draw(f"{kind_of_leaf(i)}/{name}.png" for i, name in enumerate(NAMES))
    write("labels.csv", table("file,label", lambda i: f"{kind_of_leaf(i)}/{NAMES[i]}.png,{kind_of_leaf(i)}"))
    proposal = guess(root)
    assert proposal.recipe.labels.kind == "parent_folder"
    assert any("It says the same" in note for note in proposal.notes)


def test_a_table_that_names_no_picture_is_passed_over(draw: Draw, write: Write) -> None:
    root = draw(f"{name}.png" for name in NAMES)
    path = write("labels.csv", table("file,label", lambda i: f"other{i}.png,{kind_of_leaf(i)}"))
    assert guess(root).recipe.labels == FromLabelSet()
    with pytest.raises(UserError, match=r"labels\.csv names pictures that can be found; there are 40 pictures"):
        guess(path)


def test_boxes_in_rows_are_not_taken_for_classes(draw: Draw, write: Write) -> None:
    root = draw(f"{name}.png" for name in NAMES)
    lines = [f"{name}.png,{kind},1,9,2,8" for name in NAMES for kind in ("oak", "ash")]
    write("boxes.csv", "file,label,xmin,xmax,ymin,ymax\n" + "\n".join(lines))
    assert guess(root).recipe.labels == FromLabelSet()
