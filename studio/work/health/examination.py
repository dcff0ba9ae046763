"""All checks of the data, one after another. A check is in the program by standing here."""

from collections.abc import Callable, Iterator
from pathlib import Path

from studio.blocks.recipe import Recipe
from studio.blocks.table import DataTable
from studio.jobs.messages import HealthFound
from studio.work.build import OnProgress, Surroundings
from studio.work.health.balance import find_imbalance
from studio.work.health.blank import find_blank
from studio.work.health.boxes import find_wrong_boxes
from studio.work.health.data import Check, Data, Found
from studio.work.health.duplicates import find_duplicates
from studio.work.health.examples import find_few_examples
from studio.work.health.masks import find_wrong_masks
from studio.work.health.mirrors import find_mirror_traps
from studio.work.health.names import find_similar_names
from studio.work.health.neighbours import find_neighbours
from studio.work.health.odd_formats import find_odd_formats
from studio.work.health.odd_shapes import find_odd_shapes
from studio.work.health.points import find_points_outside
from studio.work.health.turned import find_turned_labels
from studio.work.health.unreadable import find_unreadable
from studio.work.survey.looks import survey_pictures
from studio.work.survey.masks import survey_masks
from studio.work.table import build_steps

# In the order in which a person should hear of them: what leaks, what is wrong with labels, what is odd.
CHECKS: dict[str, Check] = {
    "duplicates": find_duplicates,
    "neighbours": find_neighbours,
    "unreadable": find_unreadable,
    "masks": find_wrong_masks,
    "turned": find_turned_labels,
    "points": find_points_outside,
    "boxes": find_wrong_boxes,
    "names": find_similar_names,
    "mirrors": find_mirror_traps,
    "examples": find_few_examples,
    "blank": find_blank,
    "formats": find_odd_formats,
    "shapes": find_odd_shapes,
    "balance": find_imbalance,
}
LISTED = 200  # so many pictures and pairs of one finding are named

OnProgressOf = Callable[[str], OnProgress]


def examine(recipe: Recipe, around: Surroundings, on_progress: OnProgressOf) -> Iterator[HealthFound]:
    """Build the table and tell what every check finds; then what the blocks themselves said, where it is not told yet.

    on_progress: gives the callback for a piece of work by its name ("pictures looked at").
    """
    data, built = take_stock(recipe, around, on_progress)
    told: set[str] = set()
    for name, check in CHECKS.items():
        for found in check(data):
            if around.should_stop():
                return
            told.add(found.message)
            yield _as_event(name, found, data)
    for found in built:
        if found.message not in told:
            yield _as_event("blocks", found, data)


def take_stock(recipe: Recipe, around: Surroundings, on_progress: OnProgressOf) -> tuple[Data, list[Found]]:
    """The finished table with what its files look like, and what its blocks said about it."""
    table = DataTable(root="")
    built: list[Found] = []
    for block, findings in build_steps(recipe, table, around):
        for one in findings:
            # The pictures that a source leaves out have a check of their own, which names them.
            if block.step != "source" or one.level == "error" or not table.left_out:
                built.append(Found(one.level, one.message, one.hint, block.step, one.field))
    images = [row.image for row in table.rows]
    looks, reasons = survey_pictures(Path(table.root), images, on_progress("pictures looked at"), around.should_stop)
    masked, masks, mask_reasons = survey_masks(table, on_progress("masks looked at"), around.should_stop)
    data = Data(
        recipe,
        table,
        looks,
        masked,
        masks,
        reasons,
        mask_reasons,
        on_progress=on_progress,
        should_stop=around.should_stop,
    )
    return data, built


def _as_event(check: str, found: Found, data: Data) -> HealthFound:
    return HealthFound(
        check=check,
        step=found.step,
        level=found.level,
        message=found.message,
        hint=found.hint,
        field=found.field,
        root=data.table.root,
        pictures=found.pictures[:LISTED],
        pictures_total=len(found.pictures),
        pairs=tuple((data.image(pair.first), data.image(pair.second), pair.distance) for pair in found.pairs[:LISTED]),
        pairs_total=len(found.pairs),
        can_group=found.can_group,
    )
