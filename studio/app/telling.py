"""Events told on standard output: as lines of JSON for programs, or in words for people."""

import sys
import threading
from collections.abc import Callable

from studio.app.run_words import weights_words
from studio.base.errors import Bug, UserError
from studio.base.targets import MaskFile, Objects, Points, Tags, Thing, target_words
from studio.base.wording import count_words, duration_words, number_words, percent_words
from studio.jobs.messages import (
    Diagnosed,
    EpochEnded,
    Event,
    Failed,
    FeaturesKept,
    FindingMade,
    Finished,
    HealthFound,
    ImagesLeftOut,
    MemoryRanOut,
    PictureExplained,
    Prediction,
    Progressed,
    Resumed,
    RunStarted,
    StageStarted,
    StepExplained,
    Stopped,
    Warned,
    WeightsTaken,
)


class Teller:
    """Hears events and tells them; keeps the predictions, the errors and what was found of the data."""

    def __init__(self, as_json: bool) -> None:
        self._as_json = as_json
        self._bar_is_open = False
        self.predictions: list[Prediction] = []
        self.errors: list[FindingMade] = []
        self.health: list[HealthFound] = []

    def say(self, words: str) -> None:
        """A line for people; nothing where programs listen."""
        if not self._as_json:
            self._close_bar()
            print(words, flush=True)

    def hear(self, event: Event) -> None:
        if isinstance(event, Prediction):
            self.predictions.append(event)
        if isinstance(event, HealthFound):
            self.health.append(event)
        if isinstance(event, StepExplained):
            self.errors += [finding for finding in event.findings if finding.level == "error"]
        if self._as_json:
            print(event.model_dump_json(), flush=True)
            return
        words = _WORDS.get(type(event))
        if isinstance(event, Progressed):
            self._show_bar(event)
        elif words is not None:
            self.say(words(event))

    def ask(self, start: Callable[[Callable[[Event], None]], object]) -> None:
        """Start a job that tells its events to `hear`, and wait for its end. Raises UserError when it failed."""
        ended = threading.Event()
        ends: list[Finished | Stopped | Failed] = []

        def hear(event: Event) -> None:
            if isinstance(event, Finished | Stopped | Failed):
                ends.append(event)
                ended.set()
            else:
                self.hear(event)

        start(hear)
        ended.wait()
        self._close_bar()
        raise_failure(ends[0])

    def _show_bar(self, event: Progressed) -> None:
        if sys.stderr.isatty():
            print(f"\r{event.what}: {event.done} of {event.total}", end="", file=sys.stderr, flush=True)
            self._bar_is_open = event.done < event.total
            if not self._bar_is_open:
                print(file=sys.stderr)

    def _close_bar(self) -> None:
        if self._bar_is_open:
            print(file=sys.stderr)
            self._bar_is_open = False


def raise_failure(end: Finished | Stopped | Failed) -> None:
    """Raise what a Failed says: UserError where the user can mend it, else Bug with the trace."""
    if not isinstance(end, Failed):
        return
    if end.traceback and not end.hint:
        raise Bug(f"{end.message}\n{end.traceback}")
    raise UserError(end.message, end.hint)


def _picture(event: PictureExplained) -> str:
    return "\n".join([f"{event.title}:", *[f"    {line}" for line in event.lines]])


def _step(event: StepExplained) -> str:
    counts = ", ".join(f"{number} {name}" for name, number in event.counts.items())
    lines = [f"{event.title}: {event.summary}" + (f" [{counts}]" if counts else "")]
    for finding in event.findings:
        lines.append(f"  {_MARKS[finding.level]}: {finding.message}" + (f" {finding.hint}" if finding.hint else ""))
    return "\n".join(lines)


def _health(event: HealthFound) -> str:
    lines = [f"{_MARKS[event.level]} ({event.step}): {event.message}" + (f" {event.hint}" if event.hint else "")]
    lines += [f"    {first} | {second} ({distance} of 64 bits differ)" for first, second, distance in event.pairs[:10]]
    lines += [f"    {image}: {words}" for image, words in event.pictures[:10]]
    more = event.pairs_total + event.pictures_total - len(event.pairs[:10]) - len(event.pictures[:10])
    return "\n".join(lines + ([f"    and {more} more"] if more else []))


def _epoch(event: EpochEnded) -> str:
    metrics = ", ".join(f"{name} {number_words(value)}" for name, value in event.metrics.items())
    if event.epoch == 0:
        return f"Before the first step: validation loss {number_words(event.valid_loss)}, {metrics}"
    losses = f"training loss {number_words(event.train_loss)}, validation loss {number_words(event.valid_loss)}"
    return (
        f"Epoch {event.epoch}: {losses}, {metrics} ({duration_words(event.seconds)}){' best' if event.is_best else ''}"
    )


def _prediction(event: Prediction) -> str:
    match event.target:
        case None:
            return f"{event.path}: no answer. {event.reason}"
        case Points(places):
            there = [f"({place.x_px:.1f}, {place.y_px:.1f})" if place else "absent" for place in places]
            if event.probabilities:  # of heat maps: how sure each point is
                sure = map(percent_words, event.probabilities.values())
                there = [f"{said} {share}" for said, share in zip(there, sure, strict=True)]
            return f"{event.path}: {' '.join(there)}"
        case str(label):
            return f"{event.path}: {label} ({percent_words(event.probabilities[label])})"
        case Tags(names) if names:
            return f"{event.path}: {', '.join(f'{n} ({percent_words(event.probabilities[n])})' for n in names)}"
        case MaskFile():
            there = [f"{name} ({percent_words(share)})" for name, share in event.probabilities.items() if share]
            return f"{event.path}: {', '.join(there)}"
        case Objects(things) if things:
            return f"{event.path}: {'; '.join(map(_thing, things))}"
        case target:
            return f"{event.path}: {target_words(target)}"


def _thing(thing: Thing) -> str:
    sure = "" if thing.score is None else f" ({percent_words(thing.score)})"
    from_to = f"({thing.left_px:.1f}, {thing.top_px:.1f}) to ({thing.right_px:.1f}, {thing.bottom_px:.1f})"
    return f"{thing.class_name}{sure} from {from_to}"


def _left_out(event: ImagesLeftOut) -> str:
    if not event.images:
        return "Every file can be read."
    lines = [f"{count_words(len(event.images), 'file')} left out:"]
    lines += [f"  {image!r}: {reason}" for image, reason in event.images[:20]]
    return "\n".join(lines + (["  …"] if len(event.images) > 20 else []))


def _started(event: RunStarted) -> str:
    parts = f"{count_words(event.train_rows, 'picture')} to train on, {event.valid_rows} to check on"
    rounds = f"{count_words(event.epochs, 'epoch', 'epochs')} of {count_words(event.steps_per_epoch, 'step')}"
    stages = f", in {count_words(len(event.stages), 'stage')}," if event.stages else ""
    bits = "" if event.precision == "float32" else f" in {event.precision}"
    return f"{parts}; {rounds}{stages} on {event.device}{bits}"


def _warned(event: Warned) -> str:
    return f"Warning: {event.message} {event.hint}"


def _diagnosed(event: Diagnosed) -> str:
    width = max(len(name) for name in event.facts)
    lines = [f"{name:<{width}}  {value}" for name, value in event.facts.items()]
    lines += [f"{item.level}: {item.message} {item.hint}" for item in event.findings]
    return "\n".join(lines if event.findings else [*lines, "Nothing is known to be wrong."])


_MARKS = {"error": "wrong", "warning": "warning", "info": "note"}
_WORDS: dict[type[Event], Callable[..., str]] = {
    StepExplained: _step,
    PictureExplained: _picture,
    HealthFound: _health,
    EpochEnded: _epoch,
    Prediction: _prediction,
    ImagesLeftOut: _left_out,
    RunStarted: _started,
    Diagnosed: _diagnosed,
    WeightsTaken: weights_words,
    Warned: _warned,
    MemoryRanOut: _warned,
    StageStarted: lambda event: f"Stage {event.number} of {event.total}: {event.name}",
    FeaturesKept: lambda event: (
        f"The encoder has looked once at {count_words(event.pictures, 'picture')}: only the head is computed now."
    ),
    Resumed: lambda event: f"Going on after step {event.step}.",
}
