"""What every rule for classes shares: people's corrections win over it."""

from studio.blocks.block import Block, setting


class Corrected(Block):
    """A rule whose classes people may correct on the Label page."""

    label_set: str = setting(
        "classes",
        title="Corrections from",
        widget="label_set",
        min_length=1,
        more=True,
        help="The project's label set whose labels, made by people, win over what this block says.",
    )
