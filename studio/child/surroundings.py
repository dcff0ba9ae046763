"""What the data blocks may use while they work for a request."""

import functools
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from studio.blocks.table import LabelSets, NoLabelSets
from studio.child.job import Job

if TYPE_CHECKING:
    from studio.work.build import Surroundings
    from studio.work.kept_table import KeptTable


@functools.cache
def kept_table() -> "KeptTable":
    from studio.work.kept_table import KeptTable

    return KeptTable()


@contextmanager
def surroundings(project: str | None, job: Job) -> "Iterator[Surroundings]":
    """What the builders may use, with the project open for reading as long as they work."""
    from studio.work.build import Surroundings

    with ExitStack() as open_things:
        label_sets: LabelSets = NoLabelSets()
        labels_version = ""
        if project is not None:
            from studio.project.store import Project

            opened = open_things.enter_context(Project.open(Path(project), author="", write=False))
            label_sets, labels_version = opened, opened.labels_version()
        yield Surroundings(
            label_sets=label_sets,
            project_folder=Path(project) if project else None,
            labels_version=labels_version,
            on_progress=job.progress("pictures read"),
            should_stop=job.should_stop,
        )
