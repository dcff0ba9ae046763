"""How often the guess is right: real data sets, what is proposed for each, and what right means for it, in code."""

import os
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from studio.base.errors import UserError
from studio.base.targets import Objects, Points, Tags, kind_of, target_words
from studio.blocks.labels.annotation_file import AnnotationFile
from studio.blocks.labels.mask_files import MaskFiles
from studio.blocks.split.by_folder import SplitByFolder
from studio.blocks.split.by_list import SplitByList
from studio.blocks.table import DataTable
from studio.work.build import Surroundings
from studio.work.guess.choice import guess
from studio.work.guess.proposal import Proposal
from studio.work.table import build_table

REPOSITORY = Path(__file__).resolve().parents[2]
EVERY_ROW = 0.95  # so much of the pictures must have a label where the data set says that all have one


@dataclass(frozen=True)
class Built:
    """A proposal with the table that its recipe makes of the real files."""

    proposal: Proposal
    table: DataTable

    @property
    def labels(self) -> object:
        return self.proposal.recipe.labels

    @property
    def split(self) -> object:
        return self.proposal.recipe.split

    def labeled(self, kind: str) -> int:
        """How many pictures have a label of this kind, and of no other."""
        kinds = [kind_of(row.target) for row in self.table.rows if row.target is not None]
        return len(kinds) if set(kinds) == {kind} else 0

    def part(self, part: str) -> set[str]:
        return {row.image for row in self.table.rows if row.part == part}


Rule = Callable[[Built], bool]


@dataclass(frozen=True)
class DataSet:
    """A data set, the folders that somebody may point at, and the rule. texts: right is to say that it holds texts."""

    name: str
    meaning: str
    is_right: Rule = lambda built: False
    inner: tuple[str, ...] = ()
    texts: bool = False


def keeps_apart(built: Built, least: int) -> bool:
    """Whether no picture that checks is a near neighbour, by the number in its name, of one that trains."""
    train = [_place(image) for image in built.part("train")]
    valid = [_place(image) for image in built.part("valid")]
    return bool(train and valid) and all(
        one[0] != other[0] or abs(one[1] - other[1]) > least for one in valid for other in train
    )


def _place(image: str) -> tuple[str, int]:
    """The sequence that a picture is in, and its number there."""
    match = re.fullmatch(r"(.*?)(\d+)[^\d/]*", image.rpartition(".")[0])
    assert match is not None
    return match[1], int(match[2])


def _flowers(built: Built) -> bool:
    one_folder = all(row.target == row.image.split("/")[-2] for row in built.table.rows)
    return one_folder and len(built.table.classes) == 5 and built.labeled("class") == 1500


def _mnist(built: Built) -> bool:
    parts = all(row.part in ("", row.image.split("/")[0]) for row in built.table.rows)
    is_by_folder = isinstance(built.split, SplitByFolder)
    return parts and is_by_folder and built.table.classes == ["3", "7"] and built.labeled("class") == 1408


def _coco(built: Built) -> bool:
    is_coco = isinstance(built.labels, AnnotationFile) and built.labels.format == "coco"
    return is_coco and built.labeled("objects") == 200 and len(built.table.classes) == 6


def _yolo(built: Built) -> bool:
    is_yolo = isinstance(built.labels, AnnotationFile) and built.labels.format == "yolo"
    return is_yolo and built.labeled("objects") >= EVERY_ROW * 80 and "person" in built.table.classes


def _bccd(built: Built) -> bool:
    is_voc = isinstance(built.labels, AnnotationFile) and built.labels.format == "voc"
    named = {"RBC", "WBC", "Platelets"} == set(built.table.classes)
    listed = isinstance(built.split, SplitByList) and len(built.part("valid")) == 87
    return is_voc and named and listed and built.labeled("objects") == 364


def _camvid(built: Built) -> bool:
    masks = isinstance(built.labels, MaskFiles) and built.labels.template.endswith("{stem}_P.png")
    void = getattr(built.proposal.recipe.task, "void", "") == "Void"
    whole = built.labeled("mask") == 100 and len(built.table.classes) == 32
    return masks and void and whole and keeps_apart(built, least=60)


def _isbi(built: Built) -> bool:
    masks = isinstance(built.labels, MaskFiles) and "/label/" in built.labels.template
    return masks and built.labeled("mask") == 30 and len(built.table.classes) == 2 and keeps_apart(built, least=1)


def _mouse(built: Built) -> bool:
    skeleton = built.table.skeleton
    named = skeleton is not None and skeleton.names == ("snout", "leftear", "rightear", "tailbase")
    partners = skeleton is not None and skeleton.partners == ((1, 2),)
    return named and partners and built.labeled("points") == 78 and keeps_apart(built, least=3)


def _faces(built: Built) -> bool:
    is_dlib = isinstance(built.labels, AnnotationFile) and built.labels.format == "dlib"
    return is_dlib and (built.labeled("objects") or built.labeled("points")) in (4, 5, 9)


DATA_SETS = (
    DataSet("flowers_128", "one label, the folder's name", _flowers, ("flowers",)),
    DataSet("mnist_tiny", "one label by folder; train and valid folders", _mnist),
    DataSet("coco_tiny", "boxes from COCO JSON", _coco, ("train",)),
    DataSet("coco128_train", "boxes or outlines from YOLO text", _yolo, ("images",)),
    DataSet("bccd", "boxes from VOC XML; ImageSets as the split", _bccd, ("BCCD",)),
    DataSet("camvid_tiny", "masks by _P, codes.txt; no neighbouring frames on both sides", _camvid, ("images",)),
    DataSet(
        "isbi2012_em",
        "masks in a second folder; no neighbouring slices on both sides",
        _isbi,
        ("data/membrane", "data/membrane/train"),
    ),
    DataSet(
        "dlc_openfield",
        "points from the DeepLabCut CSV; ears are partners; no neighbouring frames on both sides",
        _mouse,
        ("openfield-Pranav-2018-10-30", "openfield-Pranav-2018-10-30/labeled-data/m4s1"),
    ),
    DataSet("dlib_faces", "boxes or points from dlib XML", _faces, ("faces",)),
    DataSet("imdb_sample", "says clearly: texts, not yet", inner=("texts.csv",), texts=True),
)


@dataclass(frozen=True)
class Outcome:
    folder: str
    guessed: str
    sure: float
    is_right: bool
    took_s: float


def try_one(data_set: DataSet, folder: Path, shown: str) -> Outcome:
    """What the guess says of a folder, and whether it is right by the rule, on the table of the real files."""
    began = time.perf_counter()
    try:
        proposal = guess(folder)
    except UserError as error:
        took_s = time.perf_counter() - began
        is_said = "Texts: not yet." in error.message
        return Outcome(shown, error.message, 1.0, data_set.texts and is_said, took_s)
    took_s = time.perf_counter() - began
    recipe = proposal.recipe
    words = f"{recipe.task.title}: {recipe.labels.summary()}; {recipe.split.summary()}"
    try:
        table, _ = build_table(recipe, Surroundings())
    except UserError as error:
        return Outcome(shown, f"{words}; BUT {error.message}", proposal.sure, False, took_s)
    is_right = not data_set.texts and data_set.is_right(Built(proposal, table))
    example = next((row for row in table.rows if isinstance(row.target, Objects | Points | Tags)), None)
    if example is not None:
        words += f" (such as {target_words(example.target)})"
    return Outcome(shown, words, proposal.sure, is_right, took_s)


def outcomes(data: Path) -> dict[str, list[Outcome]]:
    """For each data set that is there: its own folder as it lies there, then the folders inside it."""
    return {
        data_set.name: [
            try_one(data_set, data / data_set.name / inner, f"{data_set.name}/{inner}".rstrip("/"))
            for inner in ("", *data_set.inner)
        ]
        for data_set in DATA_SETS
        if (data / data_set.name).is_dir()
    }


def measure() -> tuple[dict[str, float], str | None]:
    data = Path(os.environ.get("STUDIO_DATA") or REPOSITORY.parent / "shared" / "data")
    if not data.is_dir():
        return {}, "the real data sets are not here (set STUDIO_DATA to their folder)"
    found = outcomes(data)
    meaning = {data_set.name: data_set.meaning for data_set in DATA_SETS}
    figures: dict[str, float] = {}
    for name, tried in found.items():
        # The table goes beside the figures, which may be asked for as JSON.
        print(f"{name}: right is {meaning[name]}", file=sys.stderr)
        for outcome in tried:
            word = "right" if outcome.is_right else "WRONG"
            print(f"  {word}  {outcome.sure:.2f}  {outcome.took_s:.2f} s  {outcome.folder}", file=sys.stderr)
            print(f"         {outcome.guessed}", file=sys.stderr)
        # A data set is right when the guess is, for its own folder and for each one inside that people point at too.
        figures[f"{name}_right"] = float(all(outcome.is_right for outcome in tried))
        figures[f"{name}_sure"] = tried[0].sure
    figures["right_share"] = sum(figures[f"{name}_right"] for name in found) / len(DATA_SETS)
    figures["slowest_s"] = max(outcome.took_s for tried in found.values() for outcome in tried)
    return figures, None
