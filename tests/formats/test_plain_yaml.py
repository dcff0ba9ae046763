"""The little of YAML that class lists need."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.formats.plain_yaml import read_sections
from studio.formats.values import UnusableError

ALL = ("names", "path", "nc", "kpt_shape")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("names: [cat, dog]", ["cat", "dog"]),
        ("names: ['cat', \"dog, big\"]  # two", ["cat", "dog, big"]),
        ("names:\n- cat\n- dog\n", ["cat", "dog"]),
        ("names:\n  - cat  # a comment\n  - 'it''s # no comment'\n", ["cat", "it's # no comment"]),
        ("names:\n  0: cat\n  1: traffic light\n", {"0": "cat", "1": "traffic light"}),
        ("names: {0: cat, 1: traffic light}", {"0": "cat", "1": "traffic light"}),
        ("names: [cat,\n  dog,\n]\nnc: 2", ["cat", "dog"]),
        ("names:\n  [cat, dog]", ["cat", "dog"]),
        ("names:\n  0:\n    - a\n    - b\n", {"0": ["a", "b"]}),
        ("# names: [x]\npath: .\n\nnames:\n  0: 12:30\n", {"0": "12:30"}),
        ("names: [http://a:8, b]", ["http://a:8", "b"]),
        ("names: []", []),
    ],
)
def test_names(text: str, names: object) -> None:
    assert read_sections(text, ("names",)) == {"names": names}


def test_the_rest_of_a_file_is_passed_over() -> None:
    text = "path: ../x  # where\nnc: 2\nnames: [a, b]\ndownload: |\n  import x\n  y = {1: [\n- odd\n: : :\n"
    assert read_sections(text, ("names", "nc")) == {"names": ["a", "b"], "nc": "2"}


@pytest.mark.parametrize(
    "text", ["names: [a, b", "names: {a b}", "names: [a]]", "names: [a b: c]", "names: [,]", "names: " + "[" * 50]
)
def test_what_is_not_understood_is_told(text: str) -> None:
    with pytest.raises(UnusableError, match="not understood"):
        read_sections(text, ALL)


@given(st.text(alphabet="names:pth[]{}#-,'\"\\ \n\t0a", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    for before in ("names: ", "names:\n"):
        with contextlib.suppress(UnusableError):
            assert isinstance(read_sections(before + text, ALL), dict)
