"""The formulas of looking several times, with numbers small enough to be added up by hand."""

import numpy as np
import pytest

from studio.runtime.several_looks.averaging import Averaging, average

PLAIN = np.array([0.5, 0.5])
OTHERS = np.array([[0.9, 0.1], [0.7, 0.3]])


def test_the_plain_look_counts_four_tenths_as_in_the_first_fastai() -> None:
    assert Averaging().plain_share == 0.4
    assert average(PLAIN, OTHERS, Averaging()).tolist() == pytest.approx([0.4 * 0.5 + 0.6 * 0.8, 0.4 * 0.5 + 0.6 * 0.2])


def test_a_quarter_as_in_the_second() -> None:
    assert average(PLAIN, OTHERS, Averaging(0.25)).tolist() == pytest.approx([0.725, 0.275])


def test_the_largest_of_all() -> None:
    assert average(PLAIN, OTHERS, Averaging(takes_largest=True)).tolist() == [0.9, 0.5]


def test_what_only_the_plain_look_sees_stays() -> None:
    is_seen = np.array([[True, False], [False, False]])
    assert average(PLAIN, OTHERS, Averaging(), is_seen).tolist() == pytest.approx([0.4 * 0.5 + 0.6 * 0.9, 0.5])
    assert average(PLAIN, OTHERS, Averaging(takes_largest=True), is_seen).tolist() == [0.9, 0.5]


def test_without_other_looks_nothing_changes() -> None:
    assert average(PLAIN, np.empty((0, 2)), Averaging()).tolist() == PLAIN.tolist()


def test_no_number_is_no_number() -> None:
    assert np.isnan(average(np.array([np.nan]), np.array([[0.5]]), Averaging())).all()
    assert np.isnan(average(np.array([0.5]), np.array([[np.nan]]), Averaging())).all()
