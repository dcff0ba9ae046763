"""A text file lists the pictures for validation."""

from pathlib import PurePath
from typing import ClassVar, Literal

from studio.blocks.block import Block, Step, setting


class SplitByList(Block):
    """A text file names the pictures that check the model, one a line: the path, the file name, or the name alone."""

    title: ClassVar[str] = "By a list of files"
    step: ClassVar[Step] = "split"
    icon: ClassVar[str] = "split"

    kind: Literal["by_list"] = "by_list"
    file: str = setting(
        "valid.txt",
        title="List to check on",
        widget="file",
        min_length=1,
        help="A relative path begins in the source's folder, or in the project.",
    )
    test_file: str = setting(
        "", title="List to test on", widget="file", more=True, help="The pictures that are put away for a last check."
    )

    def summary(self) -> str:
        test = f", '{PurePath(self.test_file).name}' to test" if self.test_file else ""
        return f"'{PurePath(self.file).name}' lists what checks{test}"
