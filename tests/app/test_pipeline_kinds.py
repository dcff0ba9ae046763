"""One block in the place of another: what both have stays, and every change of kind gives a block."""

from itertools import permutations

import pytest

from studio.app.pipeline import as_kind
from studio.blocks.block import Block
from studio.blocks.recipe import block_types
from studio.blocks.source.folder import Folder
from studio.blocks.source.grabs import Grabs
from studio.blocks.source.table_file import TableFile

PAIRS = [pair for kinds in block_types().values() for pair in permutations(kinds, 2)]


@pytest.mark.parametrize(("old", "new"), PAIRS, ids=lambda kind: kind.__name__)
def test_every_change_of_kind_gives_a_block(old: type[Block], new: type[Block]) -> None:
    block = old(**{name: "x" for name, field in old.model_fields.items() if field.is_required()})
    assert type(as_kind(block, new)) is new


def test_settings_that_both_have_stay() -> None:
    assert as_kind(Folder(path="photos", exclude=("x",)), TableFile) == TableFile(path="photos")
    assert as_kind(TableFile(path="t.csv"), Folder) == Folder(path="t.csv")


def test_a_place_that_must_be_named_is_the_projects_folder() -> None:
    assert as_kind(Grabs(), Folder) == Folder(path=".")
    assert as_kind(TableFile(), Folder) == Folder(path=".")
