"""In a process of its own: what a regular expression finds in each path."""

from collections.abc import Callable
from typing import Any

from studio.blocks.name_match import compile_pattern, find_name
from studio.work.side.answer import answer_each


def prepare(setup: dict[str, Any]) -> Callable[[str], str]:
    """A function that gives the class in a path, "" for none."""
    compiled = compile_pattern(setup["pattern"])

    def find(image: str) -> str:
        found = find_name(compiled, image, setup["search"])
        return image[slice(*found.group_span)] if found else ""

    return find


if __name__ == "__main__":
    answer_each(prepare)
