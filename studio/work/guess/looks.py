"""How the pictures look: the size at which the model sees them, and what chance may do to them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from studio.base.errors import UserError
from studio.base.targets import TargetKind
from studio.blocks.model import Model, starting_model
from studio.blocks.recipe import AnyTransform
from studio.blocks.transforms.channels import Channels
from studio.blocks.transforms.normalise import Normalise
from studio.blocks.transforms.presets import DOCUMENTS, FROM_ABOVE, PHOTOGRAPHS, Preset
from studio.blocks.transforms.resize import Resize
from studio.blocks.transforms.rotate import Rotate
from studio.blocks.transforms.zoom import Zoom
from studio.imaging.decode import ImageHeader, read_header
from studio.work.guess.folder_words import words_of
from studio.work.guess.whereabouts import local_path

HEADERS_READ = 40
SMALL_PX = 48  # pictures no larger than this hold drawings or digits, where mirror images mean something else
LARGE_PX = 256  # square grey pictures from here on come from microscopes and scanners more often than from cameras
TALL = 1.35  # height by width of a page: 1.41 is A4, 1.29 is letter
ABOVE_WORDS = frozenset(
    ("satellite", "sat", "aerial", "drone", "uav", "tile", "tiles", "patch", "patches", "microscope", "microscopy",
     "em", "membrane", "membranes", "cell", "cells", "nuclei", "histology", "pathology", "slide", "slides", "tissue",
     "blood", "bloodimage", "bccd", "planet", "sentinel", "landsat", "colony", "colonies", "wsi", "openfield")
)  # fmt: skip
DOCUMENT_WORDS = frozenset(
    ("scan", "scans", "document", "documents", "page", "pages", "receipt", "receipts", "invoice", "invoices", "form",
     "forms", "letter", "letters", "handwriting", "text", "digits", "mnist", "emnist")
)  # fmt: skip
LARGER_TASKS: dict[TargetKind, int] = {"mask": 256, "objects": 320, "points": 256}  # fine detail counts there


@dataclass(frozen=True)
class Looks:
    """Median sizes of some of the pictures, and whether nearly all are square or grey."""

    short_px: int
    aspect: float  # height by width
    is_square: bool
    is_grey: bool
    channels: Channels | None = None  # what keeps them as they are, where nearly all are more than photographs


def look_at(root: Path, pictures: Sequence[str]) -> Looks:
    """Read the headers of a few pictures; none is decoded."""
    headers = []
    for picture in pictures[:: max(1, len(pictures) // HEADERS_READ)]:
        try:
            headers.append(read_header(local_path(root, picture)))
        except UserError:
            continue
    if not headers:
        return Looks(128, 1.0, False, False)
    count = len(headers)
    return Looks(
        short_px=int(median(min(header.width_px, header.height_px) for header in headers)),
        aspect=median(header.height_px / header.width_px for header in headers),
        is_square=sum(header.width_px == header.height_px for header in headers) > 0.9 * count,
        is_grey=sum(header.channels <= 2 and header.mode != "P" for header in headers) > 0.9 * count,
        channels=_channels(headers),
    )


def _channels(headers: Sequence[ImageHeader]) -> Channels | None:
    """None for photographs; those with 16 bits are often PNG, and lose nothing that is seen in 8."""
    stacks = [header for header in headers if header.is_stack and (header.format != "PNG" or header.channels == 1)]
    if len(stacks) <= 0.9 * len(headers):
        return None
    (count, _), *_ = Counter(header.channels for header in stacks).most_common()
    depth = "16" if any(header.depth_bits > 8 for header in stacks) else "8"
    return Channels(read_as="stored", count=count, depth=depth)


def choose_transforms(
    kind: TargetKind, looks: Looks, root: Path, pictures: Sequence[str]
) -> tuple[tuple[AnyTransform, ...], list[str]]:
    """The transforms of a recipe, and why. kind: what is learned; masks, boxes and points need finer detail."""
    side_px = _side_px(kind, looks.short_px)
    method = "crop" if kind == "class" or kind == "tags" or looks.is_square else "squish"
    resize = Resize(side_px=side_px, method=method)
    reasons = [f"The pictures are about {looks.short_px} px on the short side: the model sees them at {side_px} px."]
    channels, normalise = looks.channels, Normalise()
    if channels is not None:
        reasons.append(f"They have {channels.summary()}: the model sees all of it.")
        if channels.depth_bits > 8:
            normalise = Normalise(statistics="own")
            reasons.append("Measured values rarely fill 16 bits, so they are normalised by their own statistics.")
    if looks.short_px <= SMALL_PX:
        reasons.append("Such small pictures are often digits or signs, so they are not mirrored.")
        read = (resize,) if channels is None else (resize, channels)
        return (*read, Rotate(max_degrees=10), Zoom(), normalise), reasons
    preset, reason = _preset(looks, root, pictures)
    reasons.append(reason)
    transforms = preset.transforms(resize, normalise, channels)
    return transforms, reasons  # type: ignore[return-value]  # a preset's changes are transforms


def _side_px(kind: TargetKind, short_px: int) -> int:
    if short_px <= 32:
        return 32
    if short_px <= 64:
        return 64
    finest = LARGER_TASKS.get(kind, 128)
    return 128 if short_px < 1.5 * 128 or finest == 128 else finest


def _preset(looks: Looks, root: Path, pictures: Sequence[str]) -> tuple[Preset, str]:
    said = _words(root, pictures)
    above = sorted(said & ABOVE_WORDS)
    if above:
        return FROM_ABOVE, f"'{above[0]}' in the names speaks of pictures from above, which have no upper side."
    if looks.is_square and looks.is_grey and looks.short_px >= LARGE_PX:
        return FROM_ABOVE, "Large square grey pictures are mostly from a microscope, where no side is the upper one."
    page = sorted(said & DOCUMENT_WORDS)
    if page and looks.aspect >= 1 / TALL:
        return DOCUMENTS, f"'{page[0]}' in the names speaks of documents, which are not mirrored."
    return PHOTOGRAPHS, "They are taken for photographs: left and right may change places, up and down may not."


def _words(root: Path, pictures: Sequence[str]) -> set[str]:
    """The words in the names of the folder, of inner folders, and of a few files."""
    names = {root.name, root.parent.name}
    for picture in pictures[:: max(1, len(pictures) // HEADERS_READ)]:
        names.update(picture.split("/"))
    return {word for name in names for word in words_of(name.rsplit(".", 1)[0])}


def choose_model(looks: Looks) -> Model:
    """The encoder that comes with the program where pictures are large enough for it, else a small one from nothing."""
    if looks.short_px <= SMALL_PX:
        return Model(encoder="resnet18", weights="none")
    return starting_model()


def choose_epochs(pictures: int) -> int:
    """Few pictures need more rounds: about 6,000 looks, between 5 and 30 epochs."""
    return min(30, max(5, round(6000 / max(pictures, 1))))
