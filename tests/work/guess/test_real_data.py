"""The guess on real data sets, by the rules of the benchmark."""

from pathlib import Path

import pytest

from studio.blocks.labels.from_label_set import FromLabelSet
from studio.work.guess.choice import guess
from tests.bench.guess import DATA_SETS, DataSet, try_one


@pytest.mark.parametrize("data_set", DATA_SETS, ids=lambda data_set: data_set.name)
def test_what_is_proposed_is_right(shared_data: Path, data_set: DataSet) -> None:
    for inner in ("", *data_set.inner):
        outcome = try_one(data_set, shared_data / data_set.name / inner, inner)
        assert outcome.is_right, outcome


@pytest.mark.parametrize("name", ["sleap_testdata", "annotations", "odd_inputs", "videos", "coco128_train"])
def test_any_folder_gets_an_answer(shared_data: Path, name: str) -> None:
    proposal = guess(shared_data / name)
    assert len(proposal.answers) == 4
    assert all(0 < answer.sure <= 1 and answer.reason for answer in proposal.answers)
    assert all(len(other.answers) == 4 for other in proposal.alternatives)


def test_the_other_labels_of_a_data_set_are_alternatives(shared_data: Path) -> None:
    proposal = guess(shared_data / "coco128_train")
    tasks = {other.recipe.task.kind for other in proposal.alternatives}
    assert {"detection", "segmentation", "tagging"} <= tasks
    sureness = [item.answer("labels").sure for item in (proposal, *proposal.alternatives)]
    assert sureness == sorted(sureness, reverse=True)
    assert isinstance(proposal.alternatives[-1].recipe.labels, FromLabelSet)
