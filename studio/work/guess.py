"""A proposal for a folder: looks at it and says which recipe fits, and why."""

from collections import Counter
from pathlib import Path
from statistics import median

from studio.base.errors import UserError
from studio.base.wording import count_words
from studio.blocks.labels.from_label_set import FromLabelSet
from studio.blocks.labels.parent_folder import ParentFolder
from studio.blocks.model import Model, starting_model
from studio.blocks.recipe import AnyLabels, AnySplit, Recipe
from studio.blocks.source.folder import Folder
from studio.blocks.split.by_folder import SplitByFolder
from studio.blocks.split.random_split import RandomSplit
from studio.blocks.training import Training
from studio.blocks.transforms.flip import Flip
from studio.blocks.transforms.lighting import Lighting
from studio.blocks.transforms.normalise import Normalise
from studio.blocks.transforms.resize import Resize
from studio.blocks.transforms.rotate import Rotate
from studio.blocks.transforms.zoom import Zoom
from studio.imaging.decode import read_header
from studio.work.scan import find_pictures

TRAIN_NAMES = ("train", "training")
VALID_NAMES = ("valid", "val", "validation")
UNLABELED_NAMES = ("test", "testing", "unlabeled", "unlabelled", "unsorted", "new")
HEADERS_READ = 40
SMALL_PX = 48  # pictures no larger than this hold drawings or digits, where mirror images mean something else


def guess(folder: Path) -> tuple[Recipe, list[str]]:
    """A recipe for the pictures in `folder` and the reasons in words. Raises UserError when there are no pictures."""
    images, _ = find_pictures(folder, Folder(path=str(folder)))
    if not images:
        raise UserError(
            f"No pictures were found in {folder}.", "Choose a folder with files such as .jpg, .png or .tif."
        )
    reasons = [f"{count_words(len(images), 'picture')} found."]
    split = _guess_split(images, reasons)
    labels = _guess_labels(images, reasons)
    short_px = _short_side_px(folder, images)
    recipe = Recipe(
        source=Folder(path=str(folder)),
        labels=labels,
        split=split,
        transforms=_transforms(short_px, reasons),
        model=_model(short_px),
        training=Training(epochs=_epochs(len(images)), learning_rate=3e-3),
    )
    return recipe, reasons


def _guess_split(images: list[str], reasons: list[str]) -> AnySplit:
    folders = {name for image in images for name in image.split("/")[:-1]}
    train = next((name for name in sorted(folders) if name.lower() in TRAIN_NAMES), None)
    valid = next((name for name in sorted(folders) if name.lower() in VALID_NAMES), None)
    if train and valid:
        reasons.append(
            f"The folders '{train}' and '{valid}' say which pictures are for training and which for checking."
        )
        return SplitByFolder(train=train, valid=valid)
    reasons.append("A random fifth of the labeled pictures is kept for checking.")
    return RandomSplit()


def _guess_labels(images: list[str], reasons: list[str]) -> AnyLabels:
    inside = [image.split("/")[:-1] for image in images]
    unlabeled = sorted({name for folders in inside for name in folders if name.lower() in UNLABELED_NAMES})
    parents = Counter(
        folders[-1] for folders in inside if folders and not set(folders) & set(unlabeled) and not _is_part(folders[-1])
    )
    if len(parents) >= 2:
        names = ", ".join(list(parents)[:6]) + (", …" if len(parents) > 6 else "")
        reasons.append(f"The folders are named after {count_words(len(parents), 'class', 'classes')}: {names}.")
        if unlabeled:
            reasons.append(f"Pictures in '{unlabeled[0]}' are taken as not labeled yet.")
        return ParentFolder(unlabeled_folders=tuple(unlabeled))
    reasons.append("No folders that look like classes: the labels are made here, on the Label page.")
    return FromLabelSet()


def _is_part(name: str) -> bool:
    return name.lower() in TRAIN_NAMES + VALID_NAMES


def _short_side_px(folder: Path, images: list[str]) -> int:
    sides: list[int] = []
    for image in images[:: max(1, len(images) // HEADERS_READ)]:
        try:
            header = read_header(folder / image)
        except UserError:
            continue
        sides.append(min(header.width_px, header.height_px))
    return int(median(sides)) if sides else 128


def _transforms(short_px: int, reasons: list[str]) -> tuple[Resize | Flip | Rotate | Zoom | Lighting | Normalise, ...]:
    side_px = 32 if short_px <= 32 else 64 if short_px <= 64 else 128
    resize = Resize(side_px=side_px)
    reasons.append(f"The pictures are about {short_px} px on the short side: the model sees them at {side_px} px.")
    if short_px <= SMALL_PX:
        reasons.append("Such small pictures are often digits or signs, so they are not mirrored.")
        return (resize, Rotate(max_degrees=10), Zoom(), Normalise())
    return (resize, Flip(), Rotate(), Zoom(), Lighting(), Normalise())


def _model(short_px: int) -> Model:
    """The encoder that comes with the program where pictures are large enough for it, else a small one from nothing."""
    if short_px <= SMALL_PX:
        return Model(encoder="resnet18", weights="none")
    return starting_model()


def _epochs(pictures: int) -> int:
    """Few pictures need more rounds: about 6,000 looks, between 5 and 30 epochs."""
    return min(30, max(5, round(6000 / max(pictures, 1))))
