from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from studio.gui.widgets.tiles import Tiles

grids = st.builds(
    Tiles,
    count=st.integers(1, 5_000),
    width_px=st.integers(40, 3_000),
    tile_px=st.integers(24, 200),
    foot_px=st.integers(0, 8),
    gap_px=st.integers(2, 16),
    margin_px=st.integers(0, 16),
)


@given(grids, st.data())
def test_a_tile_is_found_where_it_lies(tiles: Tiles, data: st.DataObject) -> None:
    row = data.draw(st.integers(0, tiles.count - 1))
    left, top, width, height = tiles.rect(row)
    assert tiles.at(left + width // 2, top + height // 2) == row
    assert tiles.nearest(left + width // 2, top + height // 2) == row
    assert top + height <= tiles.height_px


@given(grids, st.integers(-100, 10_000), st.integers(0, 1_000))
def test_a_band_names_every_tile_that_it_touches(tiles: Tiles, top: int, tall: int) -> None:
    found = set(tiles.between(top, top + tall))
    touched = {
        row for row in range(tiles.count) if tiles.rect(row)[1] <= top + tall and sum(tiles.rect(row)[1::2]) > top
    }
    assert touched <= found


@given(grids)
def test_tiles_of_a_row_do_not_overlap(tiles: Tiles) -> None:
    lefts = [tiles.rect(row)[0] for row in range(min(tiles.columns, tiles.count))]
    assert all(right - left >= tiles.tile_px for left, right in pairwise(lefts))


def test_an_empty_grid_has_no_tiles() -> None:
    empty = Tiles(0, 500, 100, 5, 8, 8)
    assert empty.nearest(10, 10) is None
    assert empty.at(10, 10) is None
    assert list(empty.between(0, 500)) == []
    assert empty.height_px == 16
