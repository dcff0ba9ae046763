"""What can be wrong with the transforms of a recipe, seen before any picture is read."""

from studio.blocks.block import Block
from studio.blocks.recipe import Recipe
from studio.blocks.table import DataTable, Finding
from studio.blocks.transforms.channels import Channels
from studio.blocks.transforms.flip import Flip
from studio.blocks.transforms.normalise import Normalise
from studio.blocks.transforms.resize import Resize
from studio.work.channels_findings import channels_findings

_SIDES = ("left", "right")


def transform_findings(block: Block, recipe: Recipe, table: DataTable) -> list[Finding]:
    """What a person should know about one transform of the recipe, with this data."""
    if isinstance(block, Normalise):
        return _statistics_findings(block, recipe)
    if isinstance(block, Flip):
        return _partner_findings(table)
    if isinstance(block, Channels):
        return channels_findings(block, table)
    if isinstance(block, Resize) and not any(isinstance(other, Channels) for other in recipe.transforms):
        return channels_findings(Channels(read_as="colour"), table)
    return []


def _statistics_findings(block: Normalise, recipe: Recipe) -> list[Finding]:
    starts_from_nothing = recipe.model.weights == "none"
    channels = next((other for other in recipe.transforms if isinstance(other, Channels)), None)
    if channels is not None and channels.depth_bits > 8:
        if block.statistics == "own":
            return []
        message = "Measured values of 16 bits rarely fill their range: to the model such pictures are nearly black."
        return [Finding("warning", message, "Choose the statistics of these pictures.", "statistics")]
    if block.statistics == "encoder" or starts_from_nothing:
        return []
    message = (
        "The encoder has learned to see with its own statistics; with others its colours look strange to it, "
        "and it needs longer to learn."
    )
    hint = "Choose the encoder's own statistics, or let the encoder start from nothing under Model."
    return [Finding("warning", message, hint, "statistics")]


def _partner_findings(table: DataTable) -> list[Finding]:
    skeleton = table.skeleton
    if skeleton is None or skeleton.partners or not any(_says_side(name) for name in skeleton.names):
        return []
    sided = [name for name in skeleton.names if _says_side(name)]
    message = f"A mirror swaps left and right, but no partner is known for points such as '{sided[0]}'."
    return [Finding("warning", message, "Name the pairs of points that change places, or take 'Flip' out.", "sides")]


def _says_side(name: str) -> bool:
    return any(side in name.lower() for side in _SIDES)
