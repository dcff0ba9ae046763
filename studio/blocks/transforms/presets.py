"""What chance may do to pictures of a kind: sets of transforms with plain names."""

from collections.abc import Iterable
from dataclasses import dataclass

from studio.blocks.block import Block
from studio.blocks.transforms.channels import Channels
from studio.blocks.transforms.flip import Flip
from studio.blocks.transforms.lighting import Lighting
from studio.blocks.transforms.normalise import Normalise
from studio.blocks.transforms.resize import Resize
from studio.blocks.transforms.rotate import Rotate
from studio.blocks.transforms.warp import Warp
from studio.blocks.transforms.zoom import Zoom

NOT_BY_CHANCE = (Resize, Channels, Normalise)  # how pictures are read, the same in training and later


@dataclass(frozen=True)
class Preset:
    """`statement` is what must be true of the pictures for these `changes` to leave their labels right."""

    name: str
    title: str
    statement: str
    changes: tuple[Block, ...]

    def transforms(
        self, resize: Resize, normalise: Normalise | None = None, channels: Channels | None = None
    ) -> tuple[Block, ...]:
        """All transforms of a recipe, at the size of `resize`."""
        read = (resize,) if channels is None else (resize, channels)
        return (*read, *self.changes, normalise or Normalise())


# Source of the numbers: fastai 2 `aug_transforms` and its defaults.
PHOTOGRAPHS = Preset(
    "photographs",
    "Photographs",
    "Things seen from the side: left and right may change places, up and down may not.",
    (Flip(), Warp(), Rotate(), Zoom(), Lighting()),
)
# Source of the numbers: the fast.ai course's recipe for the Planet satellite pictures.
FROM_ABOVE = Preset(
    "from_above",
    "From above: satellite, microscope, pathology",
    "There is no up and no down: turned and mirrored pictures mean the same, and the viewpoint is always straight.",
    (Flip(sides="all"), Rotate(), Zoom(max_factor=1.05), Lighting(max_change=0.1)),
)
DOCUMENTS = Preset(
    "documents",
    "Documents and writing",
    "Letters and digits, which a mirror would make unreadable: held a little askew, in other light.",
    (Warp(max_change=0.05), Rotate(max_degrees=3), Zoom(max_factor=1.05), Lighting()),
)
NONE = Preset("none", "None", "Nothing may change, or you choose each change yourself.", ())

PRESETS = (PHOTOGRAPHS, FROM_ABOVE, DOCUMENTS, NONE)


def preset_of(transforms: Iterable[Block]) -> Preset | None:
    """The preset that is in use, whatever size, channels and normalisation; None where somebody chose the changes."""
    changes = {block for block in transforms if not isinstance(block, NOT_BY_CHANCE)}
    return next((preset for preset in PRESETS if set(preset.changes) == changes), None)
