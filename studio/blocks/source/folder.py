"""A folder of pictures."""

from pathlib import Path
from typing import ClassVar, Literal

from studio.blocks.block import Block, Step, setting


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
    exclude: tuple[str, ...] = setting(
        (),
        title="Leave out",
        help="Names of inner folders whose pictures are not wanted, for example 'test'.",
        more=True,
    )

    def summary(self) -> str:
        return Path(self.path).name or self.path
