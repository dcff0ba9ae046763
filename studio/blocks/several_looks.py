"""How often, and how differently, a trained model looks at each picture before it answers."""

from typing import ClassVar, Literal

from studio.blocks.block import Settings, setting


class SeveralLooks(Settings):
    """Shows the model each picture several times, mirrored and closer, and joins what it says. Places are brought back
    to where they belong. Slower, and often a little better.

    No step of a recipe: it is chosen when a finished model is asked. Source: fastai 1 and 2, `tta`, which know it for
    one answer a picture.
    """

    title: ClassVar[str] = "Look several times"

    kind: Literal["several_looks"] = "several_looks"
    way: Literal["corners", "chance"] = setting(
        "corners",
        title="Looks",
        help="Corners are the same each time. Chance draws what happens to pictures in training.",
        words={"corners": "Each corner from nearer by", "chance": "As training changes pictures"},
    )
    symmetries: Literal["as_trained", "none", "horizontal", "all"] = setting(
        "as_trained",
        title="Mirrored looks",
        shown_when=("way", "corners"),
        help="As in training: mirrored only where the recipe flips pictures.",
        words={
            "as_trained": "As in training",
            "none": "None",
            "horizontal": "Left and right",
            "all": "All eight symmetries",
        },
    )
    zoom_factor: float = setting(
        0.0,
        title="How much nearer",
        unit="times",
        ge=0,
        le=2,
        shown_when=("way", "corners"),
        help="1 shows the whole picture in every look. 0 is as near as training came, with its zoom or its crops, up "
        "to 1.35, which the fast.ai course has.",
    )
    draws: int = setting(
        4, title="Number of draws", unit="looks", ge=1, le=64, shown_when=("way", "chance"), help="More take longer."
    )
    plain_share: float = setting(
        0.4,
        title="How much the plain look counts",
        ge=0,
        le=1,
        more=True,
        help="The other looks share the rest. The fast.ai course has 0.4; its library later took 0.25.",
    )
    joins: Literal["mean", "largest"] = setting(
        "mean",
        title="How the looks are joined",
        more=True,
        help="The largest suits classes that a single look may find. Numbers and places are always the mean.",
        words={"mean": "The mean", "largest": "The largest probability"},
    )
    changes_more: bool = setting(
        False,
        title="Turn, warp and light them too",
        more=True,
        shown_when=("way", "corners"),
        help="Each corner is changed by chance too, as the recipe's transforms do: so it was in the fast.ai course.",
    )

    def summary(self) -> str:
        words = {"corners": "Each corner from nearer by", "chance": f"{self.draws} draws of the training's changes"}
        return words[self.way]
