"""model.json."""

import json
from pathlib import Path

import pytest

from studio.base.errors import UserError
from studio.runtime.card import (
    CARD_VERSION,
    EncoderCard,
    HeadCard,
    ModelCard,
    TrainFacts,
    WeightsOrigin,
    read_card,
    write_card,
)
from studio.runtime.preprocess import Preprocess

CARD = ModelCard(
    classes=("nut", "écrou – screw"),
    preprocess=Preprocess(128, "squish", mean=(0.4, 0.5, 0.6), std=(0.2, 0.2, 0.3)),
    encoder=EncoderCard(name="resnet18", architecture="resnet18", features=512),
    head=HeadCard(outputs=2),
    weights=WeightsOrigin(kind="pretrained", source="https://example.org/a", licence="apache-2.0", citation="arXiv:1"),
    metrics={"accuracy": 0.9},
    train=TrainFacts(epoch=3, epochs=5, train_rows=80, valid_rows=20, seed=1, device="cpu", seconds=2.5),
)


def test_a_card_comes_back_as_it_was(tmp_path: Path) -> None:
    write_card(tmp_path / "model.json", CARD)
    assert read_card(tmp_path / "model.json") == CARD
    assert isinstance(read_card(tmp_path / "model.json").preprocess, Preprocess)


def test_additions_of_a_later_program_are_passed_over(tmp_path: Path) -> None:
    stored = json.loads(CARD.model_dump_json())
    stored["taught_by"] = {"name": "x"}
    stored["encoder"]["depth"] = 18
    (tmp_path / "model.json").write_text(json.dumps(stored))
    assert read_card(tmp_path / "model.json") == CARD


def test_a_newer_version_is_refused(tmp_path: Path) -> None:
    write_card(tmp_path / "model.json", CARD.model_copy(update={"version": CARD_VERSION + 1}))
    with pytest.raises(UserError, match="newer version"):
        read_card(tmp_path / "model.json")


def test_a_missing_card_says_that_there_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no trained model"):
        read_card(tmp_path / "model.json")


@pytest.mark.parametrize(
    ("place", "value"),
    [("classes", ["one"]), ("preprocess", {"side_px": -1, "method": "crop"}), ("task", "poetry"), ("head", {})],
)
def test_a_damaged_card_is_named(tmp_path: Path, place: str, value: object) -> None:
    stored = json.loads(CARD.model_dump_json()) | {place: value}
    (tmp_path / "model.json").write_text(json.dumps(stored))
    with pytest.raises(UserError, match=r"model\.json is damaged"):
        read_card(tmp_path / "model.json")


def test_half_a_card_is_damaged(tmp_path: Path) -> None:
    text = CARD.model_dump_json()
    (tmp_path / "model.json").write_text(text[: len(text) // 2])
    with pytest.raises(UserError, match="damaged"):
        read_card(tmp_path / "model.json")


def test_a_head_needs_a_dropout_a_layer() -> None:
    with pytest.raises(ValueError, match="drop-out"):
        HeadCard(hidden=(512,), dropouts=(0.5,), outputs=2)


def test_a_card_from_before_rectangles_is_for_squares(tmp_path: Path) -> None:
    write_card(tmp_path / "model.json", CARD)
    saved = json.loads((tmp_path / "model.json").read_text())
    for name in ("height_px", "margin"):
        del saved["preprocess"][name]
    (tmp_path / "model.json").write_text(json.dumps(saved))
    assert read_card(tmp_path / "model.json").preprocess == CARD.preprocess
