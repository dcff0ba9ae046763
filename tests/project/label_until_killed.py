"""Edits a project until it is killed, and prints the number of each edit as soon as it has returned.

Arguments: the project's folder, and the number to begin with.
"""

import sys
from itertools import count
from pathlib import Path
from typing import Any

CLASSES = ("cat", "dog", "owl")


def edit(project: Any, number: int) -> None:
    """The edit with this number; each differs from the one before, so that one lost edit is noticed."""
    match number % 6:
        case 0:
            first = project.class_names("classes")[0]
            project.set_label("classes", f"{number}.jpg", first)
        case 1:
            project.set_labels("classes", {f"{number} {part}.jpg": "dog" for part in range(50)})
        case 2 | 4:
            project.undo()
        case 3:
            project.redo()
        case 5:
            project.rename_class("classes", project.class_names("classes")[0], f"cat {number}")


def expected_after(edits: int) -> tuple[list[str], dict[str, str]]:
    """Classes and labels after so many edits, worked out without a project."""
    states: list[tuple[str, dict[str, int]]] = [(CLASSES[0], {})]
    for number in range(edits):
        first, labels = states[-1]
        match number % 6:
            case 0:
                states.append((first, {**labels, f"{number}.jpg": 0}))
            case 1:
                states.append((first, {**labels, **{f"{number} {part}.jpg": 1 for part in range(50)}}))
            case 2 | 3 | 4:
                states.append(states[-2])
            case 5:
                states.append((f"cat {number}", labels))
    first, labels = states[-1]
    names = [first, *CLASSES[1:]]
    return names, {image: names[index] for image, index in labels.items()}


if __name__ == "__main__":
    from studio.project.store import Project

    opened = Project.open(Path(sys.argv[1]), author="the process to be killed")
    for step in count(int(sys.argv[2])):
        edit(opened, step)
        print(step, flush=True)
