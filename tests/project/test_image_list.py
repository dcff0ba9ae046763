"""Pictures as columns behave as the list of entries that they stand for."""

from hypothesis import given
from hypothesis import strategies as st

from studio.project.image_list import ImageEntry, ImageList

entries = st.builds(
    ImageEntry, st.sampled_from("abcdef"), st.none() | st.sampled_from("xy"), st.sampled_from(["", "train"])
)


@given(st.lists(entries, unique_by=lambda entry: entry.path), st.integers(-7, 7), st.integers(-7, 7))
def test_it_is_the_list_of_its_entries(expected: list[ImageEntry], start: int, stop: int) -> None:
    images = ImageList.of(expected)
    assert images == expected
    assert images == ImageList.of(expected)
    assert (images == expected[1:]) == (not expected)
    assert list(images) == expected
    assert len(images) == len(expected)
    assert images[start:stop] == expected[start:stop]
    assert {path: images[place].path for path, place in images.places.items()} == {e.path: e.path for e in expected}


@given(st.lists(entries), st.lists(entries))
def test_of_a_path_that_comes_twice_the_later_facts_count_at_the_first_place(
    first: list[ImageEntry], more: list[ImageEntry]
) -> None:
    assert ImageList.of(first) == list({entry.path: entry for entry in first}.values())
    both = list({entry.path: entry for entry in [*first, *more]}.values())
    assert ImageList.of(first).with_more(ImageList.of(more)) == both
