"""A folder of pictures."""

from pathlib import Path
from typing import ClassVar, Literal

from studio.blocks.block import Block, Step, setting
from studio.blocks.source.choice import exclude_setting, file_types_setting, include_setting


class Folder(Block):
    """Finds the pictures in a folder and its inner folders. They are linked, not copied; hidden files are skipped."""

    title: ClassVar[str] = "Folder"
    step: ClassVar[Step] = "source"
    icon: ClassVar[str] = "source"

    kind: Literal["folder"] = "folder"
    path: str = setting(
        title="Folder",
        help="Where the pictures are. A path inside the project folder may be relative.",
        widget="folder",
        min_length=1,
    )
    recursive: bool = setting(
        True, title="Look into inner folders", help="Also take the pictures of folders inside this folder."
    )
    include: tuple[str, ...] = include_setting()
    exclude: tuple[str, ...] = exclude_setting()
    file_types: tuple[str, ...] = file_types_setting()

    def summary(self) -> str:
        return Path(self.path).name or self.path
