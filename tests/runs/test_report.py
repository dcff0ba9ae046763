"""Reports are written and come back; damaged ones say so, missing ones are no mistake."""

from pathlib import Path

import pytest

from studio.base.errors import UserError
from studio.runs.confusion import ClassScore, class_parts, class_scores, most_confused
from studio.runs.report import Chart, Choice, Column, Doubt, Doubts, Line, Report, Table, read_report, write_report

COUNTS = [[5, 2, 0], [1, 3, 0], [0, 0, 0]]
NAMES = ("cat", "dog", "owl")


def test_a_report_comes_back_whole(tmp_path: Path) -> None:
    odd = b"caf\xe9.png".decode("utf-8", "surrogateescape")
    report = Report(
        parts=(
            *class_parts(NAMES, COUNTS),
            Table(id="t", tab="T", title="t", columns=(Column(title="x"),), rows=((float("nan"),), ("a",), (3,))),
            Chart(
                id="c",
                tab="C",
                title="c",
                figures={"a": float("inf")},
                axes=("x", "y"),
                lines=(Line(name="l", x=(0.0, 1.0), y=(float("nan"), 1.0)),),
                marked=("l", 1.0, "best"),
                choice=Choice(best=0.3, now=0.5),
            ),
            Doubts(
                id="d", tab="D", title="d", checked=9, doubts=(Doubt(image=odd, score=0.9, given="a", suggested="b"),)
            ),
        )
    )
    path = tmp_path / "report" / "report.json"
    write_report(path, report)
    again = read_report(path)
    assert again == report
    assert again.parts[3].rows == ((None,), ("a",), (3,))  # type: ignore[union-attr]
    assert again.doubts is not None
    assert again.doubts.doubts[0].image == odd


def test_a_run_from_before_there_were_reports_has_none(tmp_path: Path) -> None:
    assert read_report(tmp_path / "report" / "report.json") is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"parts": [{"kind": "poem"}]}'])
def test_a_damaged_report_names_the_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "report.json"
    path.write_text(text)
    with pytest.raises(UserError, match=r"report\.json is damaged"):
        read_report(path)


def test_scores_and_the_most_confused() -> None:
    cat, dog, owl = class_scores(NAMES, COUNTS)
    assert cat == ClassScore("cat", 7, pytest.approx(5 / 6), pytest.approx(5 / 7), pytest.approx(10 / 13))
    assert (dog.count, owl.precision, owl.f1) == (4, 0, 0)
    assert [(pair.actual, pair.predicted, pair.count) for pair in most_confused(NAMES, COUNTS)] == [
        ("cat", "dog", 2),
        ("dog", "cat", 1),
    ]
