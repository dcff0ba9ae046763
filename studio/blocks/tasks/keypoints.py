"""Points in a picture."""

from typing import ClassVar, Literal

from studio.base.targets import TargetKind
from studio.blocks.block import setting
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
    loss: ClassVar[str] = "squared error"

    kind: Literal["keypoints"] = "keypoints"
    answer: Literal["coordinates", "heat_maps"] = setting(
        "coordinates",
        title="Answered as",
        words={"coordinates": "Coordinates", "heat_maps": "Heat maps"},
        help="Coordinates: two numbers a point, quick to learn. Heat maps: a map for each point, bright where it is; "
        "slower, usually more exact, and it also says how sure each point is.",
    )
    sigma_px: float = setting(
        2.0,
        title="Size of a spot",
        unit="px",
        gt=0,
        le=20,
        shown_when=("answer", "heat_maps"),
        help="How wide the bright spot is that the maps are taught, in pixels of the map, which is a quarter as wide "
        "as the model's picture. Smaller is more exact and harder to learn.",
    )

    def summary(self) -> str:
        return "Named points, as heat maps" if self.answer == "heat_maps" else "Named points"
