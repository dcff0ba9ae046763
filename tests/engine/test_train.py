"""Whole runs of a tiny network: what they tell, what they leave, and how they end when something is wrong."""

import errno
import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from safetensors.torch import load_file

from studio.base import files
from studio.base.errors import UserError
from studio.base.targets import Tags
from studio.blocks.block import Block
from studio.blocks.recipe import Recipe
from studio.blocks.table import Row
from studio.blocks.transforms.cutmix import CutMix
from studio.blocks.transforms.erase import Erase
from studio.blocks.transforms.flip import Flip
from studio.blocks.transforms.mixup import Mixup
from studio.blocks.transforms.normalise import Normalise
from studio.blocks.transforms.random_crop import RandomCrop
from studio.blocks.transforms.resize import Resize
from studio.blocks.transforms.warp import Warp
from studio.engine.chance import epoch_order
from studio.engine.checkpoint import Checkpoints
from studio.engine.export import export_run
from studio.engine.keeper import Pace
from studio.engine.loader import training_batches
from studio.engine.networks import build_model
from studio.engine.tasks.classification import ClassificationTask
from studio.engine.train import train_run
from studio.jobs.messages import (
    CheckpointWritten,
    EpochEnded,
    Event,
    Finished,
    ImagesLeftOut,
    Progressed,
    Resumed,
    RunStarted,
    StepDone,
    Stopped,
    Warned,
)
from studio.runs.labels import read_labels
from studio.runs.predictions import read_predictions
from studio.runs.run import Run
from studio.runtime.card import read_card
from studio.runtime.predictor import OnnxPredictor

MakeRun = Callable[..., Run]
KindT = TypeVar("KindT", bound=Event)


def train(run: Run, resume: bool = False, stop_at: int | None = None) -> tuple[Finished | Stopped, list[Event]]:
    """The run's end and its events; stopped once step `stop_at` was told."""
    events: list[Event] = []

    def should_stop() -> bool:
        return stop_at is not None and any(isinstance(e, StepDone) and e.step >= stop_at for e in events)

    return train_run(run, events.append, should_stop, resume=resume, pace=Pace(steps=1)), events


def of_kind(events: list[Event], kind: type[KindT]) -> list[KindT]:
    return [event for event in events if isinstance(event, kind)]


def test_a_run_tells_its_story_and_leaves_a_model(make_run: MakeRun) -> None:
    run = make_run()
    end, events = train(run)
    kinds = list(dict.fromkeys(type(event) for event in events))
    assert kinds == [Progressed, RunStarted, StepDone, CheckpointWritten, EpochEnded]
    assert of_kind(events, Progressed)[-1].model_dump(exclude={"request", "kind"}) == {
        "what": "pictures read",
        "done": 40,
        "total": 40,
    }
    (started,) = of_kind(events, RunStarted)
    assert (started.train_rows, started.valid_rows, started.steps_per_epoch, started.first_step) == (30, 10, 3, 1)
    epochs = of_kind(events, EpochEnded)
    assert [(epoch.epoch, epoch.step) for epoch in epochs] == [(1, 3), (2, 6)]
    assert [event.step for event in of_kind(events, CheckpointWritten)][-1] == 6
    assert of_kind(events, StepDone)[-1].step == 6

    assert isinstance(end, Finished)
    best = [epoch for epoch in epochs if epoch.is_best][-1]
    assert end.metrics == {**best.metrics, "valid_loss": best.valid_loss}
    assert end.run == run.name
    assert end.train_s is not None
    assert 0 < end.train_s < 60

    card = read_card(run.card_file)
    assert (card.classes, card.metrics, card.train.epoch) == (("disc", "square"), end.metrics, best.epoch)
    build_model(card).load_state_dict(load_file(run.weights_file))
    predictions = read_predictions(run.predictions_file)
    assert len(predictions) == 10
    right = sum(item.predicted == item.target for item in predictions) / 10
    assert right == pytest.approx(end.metrics["accuracy"])
    assert sum(item.loss for item in predictions) / 10 == pytest.approx(end.metrics["valid_loss"], rel=1e-4)
    assert not list((run.folder / "checkpoints").glob("best-*"))


def test_the_same_seed_gives_the_same_weights_whatever_was_written_meanwhile(make_run: MakeRun) -> None:
    one, other, third = make_run(), make_run(), make_run(seed=1)
    train(one)
    train_run(other, lambda event: None, lambda: False, resume=False)
    train(third)
    assert one.weights_file.read_bytes() == other.weights_file.read_bytes() != third.weights_file.read_bytes()


@pytest.mark.parametrize("stop_at", [2, 3, 4])
def test_a_stopped_run_goes_on_as_if_it_had_not_been(make_run: MakeRun, stop_at: int) -> None:
    whole, parted = make_run(freeze_epochs=1), make_run(freeze_epochs=1)
    whole_end, whole_events = train(whole)
    end, events = train(parted, stop_at=stop_at)
    assert isinstance(end, Stopped)
    assert end.step is not None
    assert end.step >= stop_at
    assert parted.weights_file.exists() is bool(of_kind(events, EpochEnded))  # a model as soon as there is one
    end, more = train(parted, resume=True)
    assert [event.step for event in of_kind(more, Resumed)] == [of_kind(events, CheckpointWritten)[-1].step]
    assert isinstance(end, Finished)
    assert isinstance(whole_end, Finished)
    assert end.metrics == whole_end.metrics
    assert parted.weights_file.read_bytes() == whole.weights_file.read_bytes()
    assert parted.predictions_file.read_bytes() == whole.predictions_file.read_bytes()
    assert last_checkpoint(parted) == last_checkpoint(whole)
    told = [(e.epoch, e.train_loss, e.valid_loss) for e in of_kind(events + more, EpochEnded)]
    assert told == [(e.epoch, e.train_loss, e.valid_loss) for e in of_kind(whole_events, EpochEnded)]


def test_a_run_can_be_stopped_again_before_another_epoch_has_ended(make_run: MakeRun) -> None:
    """The model is then that of an epoch whose answers only an earlier sitting knew."""
    run, whole = make_run(epochs=3), make_run(epochs=3)
    train(run, stop_at=4)
    model = run.weights_file.read_bytes()
    end, _ = train(run, resume=True, stop_at=5)
    assert isinstance(end, Stopped)
    assert run.weights_file.read_bytes() == model
    train(run, resume=True)
    train(whole)
    assert run.weights_file.read_bytes() == whole.weights_file.read_bytes()


def last_checkpoint(run: Run) -> bytes:
    return sorted((run.folder / "checkpoints").glob("step-*"))[-1].read_bytes()


def test_going_on_with_a_finished_run_changes_nothing(make_run: MakeRun) -> None:
    run = make_run()
    end, _ = train(run)
    before = {path: path.read_bytes() for path in run.folder.rglob("*") if path.is_file()}
    again, _ = train(run, resume=True)
    assert again == end
    assert {path: path.read_bytes() for path in run.folder.rglob("*") if path.is_file()} == before


def test_the_first_epochs_can_leave_the_encoder_alone(make_run: MakeRun) -> None:
    run = make_run(freeze_epochs=1)
    train(run, stop_at=2)
    early = Checkpoints(run.folder / "checkpoints").newest()
    train(run, resume=True)
    late = Checkpoints(run.folder / "checkpoints").newest()
    assert early is not None
    assert late is not None
    moved = {name for name, value in early.tensors.items() if not value.equal(late.tensors[name])}
    # The optimizer knows nothing yet of weights that were frozen.
    assert any(name.startswith("model.encoder") and "conv" in name for name in moved)
    assert len(early.tensors) < len(late.tensors)


def test_broken_pictures_are_left_out_and_named(make_run: MakeRun, pictures: Path, tmp_path: Path) -> None:
    root = tmp_path / "pictures"
    shutil.copytree(pictures, root)
    (root / "disc" / "02.png").write_bytes(b"no picture")
    (root / "square" / "03.png").unlink()
    run = make_run(root=root, rows=rows_below(pictures))
    end, events = train(run)
    assert isinstance(end, Finished)
    (left_out,) = of_kind(events, ImagesLeftOut)
    assert dict(left_out.images) == {
        "disc/02.png": "Is not a picture although it is named .png.",
        "square/03.png": "No longer exists.",
    }
    (started,) = of_kind(events, RunStarted)
    assert started.train_rows + started.valid_rows == 38


def test_a_picture_that_goes_away_does_not_move_the_other_rows(
    make_run: MakeRun, pictures: Path, tmp_path: Path
) -> None:
    """Left out at the start, then put back: the resumed run still does without it, and learns the same."""
    root = tmp_path / "pictures"
    shutil.copytree(pictures, root)
    hidden = root / "disc" / "06.png"
    hidden.rename(tmp_path / "hidden.png")
    whole = make_run(root=root, rows=rows_below(pictures))
    parted = make_run(root=root, rows=rows_below(pictures))
    train(whole)
    train(parted, stop_at=2)
    (tmp_path / "hidden.png").rename(hidden)
    train(parted, resume=True)
    assert parted.weights_file.read_bytes() == whole.weights_file.read_bytes()

    lost = make_run(root=root, rows=rows_below(pictures))
    train(lost, stop_at=2)
    gone = [row.image for row in rows_below(pictures) if row.part == "train"][::6]
    for image in gone:
        (root / image).unlink()
    end, events = train(lost, resume=True)
    assert isinstance(end, Finished)
    assert {image for image, _ in of_kind(events, ImagesLeftOut)[0].images} == set(gone)
    (started,) = of_kind(events, RunStarted)
    assert started.steps_per_epoch == 3


def rows_below(root: Path) -> list[Row]:
    images = sorted(path.relative_to(root).as_posix() for path in root.rglob("*.png"))
    return [
        Row(image, image.split("/")[0], "folder", "valid" if number % 4 == 0 else "train")
        for number, image in enumerate(images)
    ]


def test_unlabeled_rows_are_not_learned_from(make_run: MakeRun, pictures: Path) -> None:
    rows = rows_below(pictures)
    rows[1].target = None
    _, events = train(make_run(rows=rows))
    (started,) = of_kind(events, RunStarted)
    assert (started.train_rows, started.valid_rows) == (29, 10)


def test_a_class_to_check_only_is_warned_of(make_run: MakeRun, pictures: Path) -> None:
    rows = rows_below(pictures)
    rows[0].target = "bar"
    end, events = train(make_run(rows=rows, classes=("bar", "disc", "square")))
    assert isinstance(end, Finished)
    assert "'bar'" in of_kind(events, Warned)[0].message


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"classes": ("disc",)}, "class 'square', which this run does not know"),
        ({"classes": (), "rows": [Row("disc/00.png", "disc", "", "train")]}, "At least two classes"),
        ({"rows": [Row("disc/00.png", Tags(("disc",)), "", "train")]}, "disc/00.png has a label of another kind"),
        ({"rows": [Row("a.png", "disc", "", "train"), Row("b.png", "square", "", "valid")]}, "None of the 2 pictures"),
        ({"rows": []}, "no labeled pictures to train on"),
    ],
)
def test_what_cannot_work_is_refused_before_it_starts(make_run: MakeRun, change: dict[str, object], words: str) -> None:
    with pytest.raises(UserError, match=words) as raised:
        train(make_run(**change))
    assert raised.value.hint


def test_an_unknown_encoder_is_refused_before_pictures_are_read(make_run: MakeRun, recipe: Recipe) -> None:
    events: list[Event] = []
    model = recipe.model.model_copy(update={"encoder": "resnet81"})
    run = make_run(recipe=recipe.model_copy(update={"model": model}))
    with pytest.raises(UserError, match="resnet81"):
        train_run(run, events.append, lambda: False, resume=False)
    assert events == []


def test_a_loss_that_is_no_number_ends_the_run_and_names_the_batch(
    make_run: MakeRun, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loss, calls = ClassificationTask.loss, iter(range(100))
    # Networks with norm layers survive almost any learning rate: the first step of the second epoch is made to fail.
    monkeypatch.setattr(ClassificationTask, "loss", lambda *given: loss(*given) * (math.nan if next(calls) == 3 else 1))
    run = make_run(epochs=4)
    events: list[Event] = []
    with pytest.raises(UserError, match="not a number any more at step 4") as raised:
        train_run(run, events.append, lambda: False, resume=False)
    assert "learning rate" in raised.value.hint
    assert of_kind(events, StepDone)[-1].loss is None
    named = (run.folder / "nan_batch.txt").read_text().splitlines()
    assert len(named) == 8
    assert named[0] in raised.value.message
    rows = rows_below(pictures)
    train_rows = [number for number, row in enumerate(rows) if row.part == "train"]
    assert named == [rows[number].image for number in training_batches(epoch_order(train_rows, 0, 1), 8)[0]]


def test_too_little_memory_is_said_in_words(make_run: MakeRun, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path))  # what is remembered of it is no other test's

    def no_memory(*tensors: object) -> None:
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9999999999 bytes.")

    monkeypatch.setattr(ClassificationTask, "loss", no_memory)
    with pytest.raises(UserError, match="not enough memory for 2 pictures of 32 x 32 px at once"):
        train(make_run())


def test_a_full_disk_leaves_the_run_resumable(make_run: MakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, hindered = make_run(), make_run()
    train(whole)
    replace, written = files.os.replace, []

    def full(source: str, target: Path) -> None:
        if Path(target).name.startswith("step-"):
            written.append(target)
            if len(written) > 3:
                raise OSError(errno.ENOSPC, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(files.os, "replace", full)
    with pytest.raises(UserError, match="disk is full"):
        train(hindered)
    monkeypatch.undo()
    end, _ = train(hindered, resume=True)
    assert isinstance(end, Finished)
    assert hindered.weights_file.read_bytes() == whole.weights_file.read_bytes()


def test_stopping_while_pictures_are_read(make_run: MakeRun) -> None:
    assert train_run(make_run(), lambda event: None, lambda: True, resume=False) == Stopped(run="0001-test-resnet-2ep")


def changed(recipe: Recipe, *transforms: Block) -> Recipe:
    """The recipe with these transforms added, or put in the place of those of their kind."""
    kinds = {type(block) for block in transforms}
    kept = [block for block in recipe.transforms if type(block) not in kinds]
    return Recipe.model_validate({**recipe.model_dump(), "transforms": (*kept, *transforms)})


@pytest.mark.parametrize("block", [Mixup(), CutMix()])
def test_mixed_pictures_are_learned_from(make_run: MakeRun, recipe: Recipe, block: Block) -> None:
    plain, _ = train(make_run(recipe=recipe))
    losses = []
    for _ in range(2):
        end, events = train(make_run(recipe=changed(recipe, block)))
        losses.append([event.loss for event in of_kind(events, StepDone)])
        assert isinstance(end, Finished)
        assert set(end.metrics) == set(plain.metrics if isinstance(plain, Finished) else {})
    assert losses[0] == losses[1]
    assert all(loss is not None and math.isfinite(loss) for loss in losses[0])


def test_a_run_with_its_own_statistics_keeps_them_in_its_model(make_run: MakeRun, recipe: Recipe) -> None:
    run = make_run(recipe=changed(recipe, Normalise(statistics="own")))
    train(run, stop_at=2)
    train(run, resume=True)
    preprocess = read_card(run.card_file).preprocess
    pixels = [
        preprocess.read(Path(run.facts().image_root) / row.image).reshape(-1, 3) / 255
        for row in read_labels(run.labels_file)
        if row.part == "train"
    ]
    assert preprocess.mean == pytest.approx(np.mean([each.mean(axis=0) for each in pixels], axis=0).tolist())
    assert min(preprocess.std) > 0.1


def test_a_rectangle_is_learned_from_and_predicted_on(make_run: MakeRun, recipe: Recipe) -> None:
    resize = Resize(side_px=48, height_px=32, shape="rectangle")
    run = make_run(recipe=changed(recipe, resize, RandomCrop(min_share=0.5), Flip(sides="all"), Warp(), Erase()))
    end, events = train(run)
    assert isinstance(end, Finished)
    assert of_kind(events, RunStarted)
    card = read_card(run.card_file)
    assert card.preprocess.size_wh == (48, 32)
    assert card.preprocess.margin == pytest.approx(1.1 / math.sqrt(0.5))
    export_run(run, events.append)
    image = Path(run.facts().image_root) / read_labels(run.labels_file)[0].image
    (seen,) = OnnxPredictor(run.folder).predict_paths([image])
    assert seen.label in card.classes
