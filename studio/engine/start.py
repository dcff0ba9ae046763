"""Starting from another run: its encoder, and of its head what fits."""

from collections.abc import Callable
from pathlib import Path

import torch

from studio.base.errors import UserError
from studio.engine.answer_rows import NamedRows, named_rows, take_rows
from studio.engine.input_channels import adapted
from studio.engine.model import EncoderAndHead
from studio.engine.tensors import Tensors, is_counter, read_tensors, refuse_no_numbers, why_not
from studio.engine.weights import counts
from studio.jobs.messages import Event, WeightsTaken
from studio.runs.run import Run, find_run
from studio.runtime.card import ModelCard, WeightsOrigin, read_card

_NAMED = {"keypoints": "coordinates", "regression": "numbers"}  # what else than classes answers are about


def start_from_run(
    model: EncoderAndHead, card: ModelCard, name: str, run: Run, emit: Callable[[Event], None]
) -> WeightsOrigin:
    """Fill the network of `run` with the model of the run `name`, by name and shape; of last layers the rows of the
    same classes, points or numbers, wherever they stand in their lists. Emits WeightsTaken. card: what the network is.

    Raises UserError when there is no such run, it has no model, or another encoder.
    """
    other = find_start(run, name)
    then = read_card(other.card_file)
    if _architecture(then) != _architecture(card):
        raise UserError(
            f"The run {other.name} has the encoder {then.encoder.name}, and this one is to have {card.encoder.name}.",
            f"Choose the encoder {then.encoder.name} in the Model block, or start from something else.",
        )
    places = model.state_dict()
    given = adapted(read_tensors(other.weights_file), places)
    refuse_no_numbers(given, f"The run {other.name}")
    named = named_rows(model, card)
    _copy([place for place in places if place not in named], given, places)
    absent = [place for place in places if place not in named and not _fits(place, given, places)]
    notes = [*why_not([place for place in absent if not is_counter(place)], places, given)]
    partly = {place: _take_named(place, rows, given, places, card, then) for place, rows in named.items()}
    notes += [f"{place}: {note}" for place, note in partly.items() if note]
    total = sum(not is_counter(place) for place in places)
    lacking = sum(not is_counter(place) for place in absent) + sum(map(bool, partly.values()))
    told = WeightsTaken(source=other.name, taken=total - lacking, total=total, not_taken=tuple(notes))
    emit(told)
    origin = then.weights
    return WeightsOrigin(
        kind="run",
        source=other.name,
        tag=origin.tag,
        licence=origin.licence,
        citation=origin.citation,
        **counts(told),
    )


def find_start(run: Run, name: str) -> Run:
    """The run that another one starts from: beside it, in its project, or anywhere by its folder. Raises UserError."""
    folders = [run.folder.parent]
    project = run.facts().project
    if project is not None:
        folders.append(Path(project) / "runs")
    for folder in folders[:-1]:
        try:
            return find_run(folder, name)
        except UserError:
            pass
    return find_run(folders[-1], name)


def _copy(names: list[str], given: Tensors, places: Tensors) -> None:
    with torch.no_grad():
        for name in names:
            if _fits(name, given, places):
                places[name].copy_(given[name])


def _fits(name: str, given: Tensors, places: Tensors) -> bool:
    return name in given and given[name].shape == places[name].shape


def _take_named(place: str, rows: NamedRows, given: Tensors, places: Tensors, card: ModelCard, then: ModelCard) -> str:
    """Take the rows of the same names; gives what to say of those that were not there, "" where all were."""
    if then.task != card.task or place not in given:
        return "answers another question there: starts from random"
    now_names, then_names = card.answer_names, then.answer_names
    taken = take_rows(places[place], given[place], rows, now_names, then_names)
    if taken is None:
        return "of another shape there: starts from random"
    if taken == len(now_names):
        return ""
    what = _NAMED.get(card.task, "classes")
    return f"{len(now_names)} {what} here, {len(then_names)} there: {taken} same-named rows taken"


def _architecture(card: ModelCard) -> str:
    """The network's name, without how it was once trained."""
    return card.encoder.architecture.split(".")[0]
