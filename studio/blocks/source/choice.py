"""Which of the pictures in a folder are taken: the settings that all sources of folders share."""

from typing import Any, Protocol

from studio.blocks.block import setting


class PictureChoice(Protocol):
    """What a search for pictures needs to know of its block."""

    @property
    def recursive(self) -> bool: ...

    @property
    def include(self) -> tuple[str, ...]: ...

    @property
    def exclude(self) -> tuple[str, ...]: ...

    @property
    def file_types(self) -> tuple[str, ...]: ...


def include_setting() -> Any:
    """The field for the inner folders and names to keep."""
    return setting(
        (),
        title="Keep only",
        help="Names of inner folders, or patterns such as 'day*' or '*_left.png'. Empty: everything is kept.",
        more=True,
    )


def exclude_setting() -> Any:
    """The field for the inner folders and names to leave out."""
    return setting(
        (),
        title="Leave out",
        help="Names of inner folders, or patterns such as '*_mask.png', whose pictures are not wanted.",
        more=True,
    )


def file_types_setting() -> Any:
    """The field for the endings of files."""
    return setting(
        (),
        title="File types",
        help="Take only files with these endings, for example 'jpg'. Empty: every kind of picture that can be read.",
        more=True,
    )
