"""Several folders of pictures."""

from pathlib import Path
from typing import ClassVar, Literal

from studio.base.wording import count_words
from studio.blocks.block import Block, Step, setting
from studio.blocks.source.choice import exclude_setting, file_types_setting, include_setting


class SeveralFolders(Block):
    """Takes the pictures of several folders together, one folder after another, each picture once."""

    title: ClassVar[str] = "Several folders"
    step: ClassVar[Step] = "source"
    icon: ClassVar[str] = "source"

    kind: Literal["folders"] = "folders"
    paths: tuple[str, ...] = setting(
        (), title="Folders", help="The folders, one a line. Paths inside the project folder may be relative."
    )
    recursive: bool = setting(
        True, title="Look into inner folders", help="Also take the pictures of folders inside these folders."
    )
    include: tuple[str, ...] = include_setting()
    exclude: tuple[str, ...] = exclude_setting()
    file_types: tuple[str, ...] = file_types_setting()

    def summary(self) -> str:
        if not self.paths:
            return "No folder chosen"
        names = [Path(path).name or path for path in self.paths]
        return ", ".join(names) if len(names) <= 3 else count_words(len(names), "folder")
