"""A text file that lists pictures."""

from pathlib import Path
from typing import ClassVar, Literal

from studio.blocks.block import Step, setting
from studio.blocks.labels.tolerant import Tolerant
from studio.blocks.table_form import Encoding, encoding_setting


class FileList(Tolerant):
    """Takes the pictures that a text file names, one a line, in the order of the lines."""

    title: ClassVar[str] = "List of files"
    step: ClassVar[Step] = "source"
    icon: ClassVar[str] = "source"

    kind: Literal["file_list"] = "file_list"
    path: str = setting("", title="List", widget="file", help="A text file with the name of one picture a line.")
    folder: str = setting(
        "",
        title="Folder of the pictures",
        widget="folder",
        help="Where the names begin, as seen from the list. Empty: beside the list.",
    )
    suffix: str = setting(
        "", title="Ending to add", help="Added to each name: with '.jpg', 'train_1' in the list means train_1.jpg."
    )
    encoding: Encoding = encoding_setting()

    def summary(self) -> str:
        return Path(self.path).name or "No list chosen"
