"""Parts by a regular expression on the path."""

import pytest
from pydantic import ValidationError

from studio.blocks.split.by_pattern import SplitByPattern
from tests.work.splits.picture_tables import images_in, split, table_of, told

IMAGES = ["s1/a_1.png", "s1/b_2.png", "s2/a_3.png", "s3/b_4.png"]


def test_the_whole_path_is_searched_and_test_wins() -> None:
    table = table_of(IMAGES, ["a"])
    assert split(SplitByPattern(valid_pattern=r"^s[23]/", test_pattern=r"_4\."), table) == []
    assert images_in(table, "valid") == {"s2/a_3.png"}
    assert images_in(table, "test") == {"s3/b_4.png"}


def test_what_is_never_found_shows_a_path() -> None:
    findings = split(SplitByPattern(valid_pattern="val"), table_of(IMAGES, ["a"]))
    assert told(findings) == [("error", "valid_pattern")]
    assert "s1/a_1.png" in findings[0].hint
    findings = split(SplitByPattern(valid_pattern="s2", test_pattern="tst"), table_of(IMAGES, ["a"]))
    assert told(findings) == [("warning", "test_pattern")]


def test_a_broken_expression_says_where() -> None:
    with pytest.raises(ValidationError, match="at character 3"):
        SplitByPattern(valid_pattern="s2(")
