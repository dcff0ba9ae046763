"""What every block that reads labels from files shares: what happens to rows with problems."""

from studio.blocks.block import Block, setting


class Tolerant(Block):
    """A block whose rows may have problems; they are used only when somebody says so."""

    skip_bad: bool = setting(
        False,
        title="Leave out rows with problems",
        more=True,
        help="Off: one problem stops here and is told. On: rows with problems are left out and the others are used.",
    )
