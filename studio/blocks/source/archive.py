"""Pictures in an archive."""

from pathlib import Path
from typing import ClassVar, Literal

from studio.blocks.block import Block, Step, setting
from studio.blocks.source.choice import exclude_setting, file_types_setting, include_setting


class Archive(Block):
    """Unpacks an archive once into a folder of the project and takes its pictures: zip, tar, tar.gz or 7z."""

    title: ClassVar[str] = "Archive"
    step: ClassVar[Step] = "source"
    icon: ClassVar[str] = "source"

    kind: Literal["archive"] = "archive"
    path: str = setting("", title="Archive", widget="file", help="The file: .zip, .tar, .tar.gz, .tgz or .7z.")
    recursive: bool = setting(
        True, title="Look into inner folders", help="Also take the pictures of folders inside the archive."
    )
    include: tuple[str, ...] = include_setting()
    exclude: tuple[str, ...] = exclude_setting()
    file_types: tuple[str, ...] = file_types_setting()
    most_gb: float = setting(
        20.0,
        title="At most",
        unit="GB",
        gt=0,
        le=10_000,
        more=True,
        help="An archive that unpacks to more is refused, so that the disk is not filled by mistake.",
    )

    def summary(self) -> str:
        return Path(self.path).name or "No archive chosen"
