"""What the sample set is made of: read from resources/sample/sample.json, changed by tests to draw less."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from studio.base.paths import resources

Share = Annotated[float, Field(ge=0, le=1)]
Weights = Annotated[dict[str, float], Field(min_length=1)]


class KindRecipe(BaseModel):
    """One kind of thing: what it is called, its named points, and how often it has which finish."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    colour: str = Field(pattern="^#[0-9A-Fa-f]{6}$")
    points: tuple[str, ...]
    finishes: Weights


class SampleRecipe(BaseModel):
    """Counts, sizes and chances of the sample set. The same recipe draws the same pictures."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pictures: int = Field(ge=0, description="pictures that show one thing: the class set")
    several: int = Field(ge=0, description="pictures that show several things of several kinds")
    unlabeled_share: Share = Field(description="share of the class set that is left to be labeled")
    side_px: int = Field(ge=32, le=1024, multiple_of=2)
    seed: int = Field(ge=0)
    jpeg_quality: int = Field(ge=50, le=100)
    size_share: tuple[Share, Share] = Field(description="longest extent of a thing, as a share of the side")
    several_size_share: tuple[Share, Share]
    several_count: tuple[int, int] = Field(description="fewest and most things in a picture of several")
    cover_chance: Share = Field(description="share of the pictures in which something lies over the thing")
    hidden_share_max: Share = Field(description="the most of a thing that a cover may hide")
    backgrounds: Weights
    kinds: dict[str, KindRecipe] = Field(min_length=1)


def sample_recipe() -> SampleRecipe:
    """The recipe that is shipped with the program."""
    return SampleRecipe.model_validate_json((resources() / "sample" / "sample.json").read_text("utf-8"))
