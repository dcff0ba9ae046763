"""Pictures that are stored in another way than most: other channels, another depth."""

from collections import Counter
from collections.abc import Iterator

from studio.base.wording import count_words
from studio.blocks.recipe import Recipe
from studio.blocks.transforms.channels import Channels
from studio.work.health.data import Data, Found

_CHANNELS = {1: "grey", 2: "grey with opacity", 3: "colour", 4: "colour with opacity"}
_TELLING = 5  # so many odd pictures of one class are no chance
_TELLING_SHARE = 0.8


def find_odd_formats(data: Data) -> Iterator[Found]:
    """One finding with all that differ from the most frequent kind; it says where the kind gives a class away."""
    kinds = {
        int(place): (int(data.looks["channels"][place]), int(data.looks["depth_bits"][place])) for place in data.seen
    }
    counts = Counter(kinds.values())
    if len(counts) < 2:
        return
    (usual, usual_count), *others = counts.most_common()
    odd = [place for place, kind in kinds.items() if kind != usual]
    told = ", ".join(f"{count} {_words(kind)}" for kind, count in others)
    message = f"{count_words(usual_count, 'picture')} are {_words(usual)}, but {len(odd)} not: {told}."
    hint = _hint(data.recipe, {place: kinds[place][0] for place in kinds})
    giveaway = _class_given_away(data, odd)
    if giveaway:
        message += f" Nearly all of these are of the class '{giveaway}': the model may learn the format, not the thing."
    pictures = tuple((data.image(place), _words(kinds[place])) for place in odd)
    yield Found("warning", message, hint, pictures=pictures)


def _hint(recipe: Recipe, channels: dict[int, int]) -> str:
    """What becomes of the odd ones."""
    block = next((block for block in recipe.transforms if isinstance(block, Channels)), None)
    if block is None or block.read_as != "stored":
        return (
            "The model sees them all in the same form; if only some come from another camera, save them as the others."
        )
    others = sum(count != block.count for count in channels.values())
    if not others:
        return f"The model sees all of them in {block.summary()}."
    return (
        f"Those without {count_words(block.count, 'channel')} ({others}) are left out of the training: save them as "
        "the others, or let the block 'Channels' make colours or greys of all."
    )


def _class_given_away(data: Data, odd: list[int]) -> str:
    """The class of nearly all the odd pictures, where it is not that of nearly all pictures anyway."""
    rows = data.table.rows
    of_odd = Counter(target for place in odd if isinstance(target := rows[place].target, str))
    of_all = Counter(row.target for row in rows if isinstance(row.target, str))
    if not of_odd:
        return ""
    name, count = of_odd.most_common(1)[0]
    is_usual = of_all[name] >= _TELLING_SHARE / 2 * of_all.total()
    return name if count >= max(_TELLING, _TELLING_SHARE * len(odd)) and not is_usual else ""


def _words(kind: tuple[int, int]) -> str:
    channels, depth_bits = kind
    return f"{_CHANNELS.get(channels, f'of {channels} channels')}, {depth_bits} bits"
