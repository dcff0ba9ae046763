"""Whole neighbourhoods go to a part: pictures taken close to each other stay together."""

from typing import ClassVar, Literal

from studio.blocks.block import Block, setting
from studio.blocks.split.shares import DrawnShares


class Places(Block):
    """Where the pictures were taken, and how close is together. Apart, so that it stands first in the form."""

    latitude: str = setting(
        "latitude",
        title="Column of the latitude",
        widget="column",
        min_length=1,
        help="In degrees, north positive, from -90 to 90.",
    )
    longitude: str = setting(
        "longitude",
        title="Column of the longitude",
        widget="column",
        min_length=1,
        help="In degrees, east positive, from -180 to 360.",
    )
    distance_m: float = setting(
        1000.0,
        title="Stay together up to",
        unit="m",
        ge=1,
        help="Pictures that were taken closer to each other than this count as one place.",
    )


class PlaceSplit(DrawnShares, Places):
    """Keeps whole places aside to check the model on. Pictures closer than a distance are never divided.

    Closeness goes on from picture to picture: a chain of neighbours is one place.
    """

    title: ClassVar[str] = "By place"

    kind: Literal["by_place"] = "by_place"
    skip_bad: bool = setting(
        False,
        title="Leave out rows with problems",
        more=True,
        help="Off: a row without a place stops here and is told. On: such rows are not used.",
    )

    def summary(self) -> str:
        return f"Places {self.distance_m:g} m apart: {self.shares_words()}"
