"""A class for each pixel."""

from typing import ClassVar, Literal

from studio.base.targets import TargetKind
from studio.blocks.block import setting
from studio.blocks.task import Task


class Segmentation(Task):
    """Which pixels belong to what? Every pixel of a picture has one class."""

    title: ClassVar[str] = "Which pixels"
    target: ClassVar[TargetKind] = "mask"
    metrics: ClassVar[dict[str, str]] = {
        "pixel_accuracy": "The share of pixels whose class is right, without the class that is left out.",
        "mean_iou": "Overlap divided by union of each class, averaged: small classes count as much as large ones.",
        "mean_dice": "Overlap divided by the mean of answer and truth of each class, averaged.",
        "batch_pixel_accuracy": "Pixel accuracy of each batch, averaged: what the course calls acc_camvid.",
    }
    main_metric: ClassVar[str] = "pixel_accuracy"

    kind: Literal["segmentation"] = "segmentation"
    void: str = setting(
        "",
        title="Left out of the score",
        help="The class of pixels that nobody decided, for example 'Void'; often none.",
    )
    learns_void: bool = setting(
        True,
        title="Learn what is left out",
        more=True,
        help="On: the model learns the class that is left out of the score like any other. "
        "Off: its pixels teach nothing, and it is never an answer.",
    )
    self_attention: bool = setting(
        False,
        title="Look at the whole picture",
        more=True,
        help="Self-attention: each place of a coarse map also sees all others. It costs time and memory, and can help "
        "where far parts belong together.",
    )
    blur: Literal["none", "inner", "all"] = setting(
        "none",
        title="Smooth enlargements",
        more=True,
        words={"none": "None", "inner": "All but the last one", "all": "All of them"},
        help="Blurs what the network enlarges, against patterns like a chessboard in the masks.",
    )
    last_cross: Literal["full", "narrow", "none"] = setting(
        "full",
        title="See the picture again at the end",
        more=True,
        words={"full": "Yes", "narrow": "Yes, with half as many features", "none": "No"},
        help="The last layers also see the picture itself, which makes borders finer. The narrow way is a little "
        "smaller and faster.",
    )

    def summary(self) -> str:
        return "One class a pixel"
