"""Whole places for checking."""

import numpy as np
import pytest

from studio.blocks.split.by_place import PlaceSplit
from studio.blocks.table import DataTable
from tests.work.splits.picture_tables import images_in, parts, split, table_of, told, with_columns


def sites() -> DataTable:
    """Ten sites ten kilometres apart, five pictures within some hundred metres at each."""
    rng = np.random.default_rng(0)
    north = [f"{10 + site * 0.09 + rng.uniform(0, 0.002):.6f}" for site in range(10) for _ in range(5)]
    images = [f"{site}_{i}.jpg" for site in range(10) for i in range(5)]
    return with_columns(table_of(images), latitude=north, longitude=["11,5"] * 50)


def test_sites_stay_whole() -> None:
    for seed in range(20):
        table = sites()
        assert told(split(PlaceSplit(seed=seed, test_percent=10), table)) == [("info", "distance_m")]
        by_site = {(image[0], part) for image, part in parts(table).items()}
        assert len(by_site) == 10
        assert (len(images_in(table, "valid")), len(images_in(table, "test"))) == (10, 5)


def test_one_place_cannot_be_divided() -> None:
    findings = split(PlaceSplit(distance_m=20_000), sites())
    assert told(findings) == [("error", "distance_m")]


def test_rows_without_a_place_are_named_or_left_out() -> None:
    table = sites()
    table.rows[3].cells = ("", "11.5")
    table.rows[7].cells = ("95", "11.5")
    table.rows[8].cells = ("10.1", "east")
    table.rows[9].cells, table.rows[9].target = ("", ""), None
    (error,) = split(PlaceSplit(), table)
    assert (error.level, error.field) == ("error", "skip_bad")
    assert "pictures.csv, line 5, column 'latitude' is empty" in error.message
    assert "line 9, column 'latitude': '95' is no latitude" in error.message
    assert "line 10, column 'longitude': 'east'" in error.message
    table = sites()
    table.rows[3].cells = ("", "11.5")
    findings = split(PlaceSplit(skip_bad=True), table)
    assert told(findings)[0][0] == "warning"
    assert [item.image for item in table.left_out] == ["0_3.jpg"]
    assert len(table.rows) == 49


@pytest.mark.parametrize("block", [PlaceSplit(latitude="lat"), PlaceSplit(longitude="lon")])
def test_a_missing_column_marks_its_field(block: PlaceSplit) -> None:
    ((level, field),) = told(split(block, sites()))
    assert level == "error"
    assert getattr(block, field) in ("lat", "lon")
