"""Points in a picture."""

from typing import ClassVar, Literal

from studio.base.targets import TargetKind
from studio.blocks.task import Task


class Keypoints(Task):
    """Where are these points? Every picture has the same named points; some may be absent."""

    title: ClassVar[str] = "Where are these points"
    target: ClassVar[TargetKind] = "points"
    metrics: ClassVar[dict[str, str]] = {
        "pixel_error": "How far a point is from where it should be, on average, in pixels of the original picture.",
        "pck": "The share of points closer than a twentieth of the longer side to where they should be.",
    }
    main_metric: ClassVar[str] = "pixel_error"
    errors: ClassVar[frozenset[str]] = frozenset({"pixel_error"})
    loss: ClassVar[str] = "squared error, in half sides of the picture"

    kind: Literal["keypoints"] = "keypoints"

    def summary(self) -> str:
        return "Named points"
