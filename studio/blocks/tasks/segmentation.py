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

    def summary(self) -> str:
        return "One class a pixel"
