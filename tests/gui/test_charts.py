"""Charts: what is drawn, how much of it, and how it is read with mouse and keys."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.blocks.tasks.classification import Classification
from studio.gui import style
from studio.gui.charts import Chart, Line
from studio.gui.thinning import nearest, thin, visible_part
from studio.gui.train.curves import RunCurves
from studio.gui.train.plots import RunPlots
from studio.imaging.palettes import OKABE_ITO
from studio.jobs.messages import EpochEnded, Resumed, RunStarted, StagePlanned, StepDone
from studio.runs.history import RunHistory


@pytest.fixture
def chart(qtbot: QtBot) -> Chart:
    lines = [Line("raw", "Raw", 4, "pale"), Line("smoothed", "Smoothed", 4), Line("valid", "Validation", 5, "points")]
    made = Chart("Loss", "How wrong it is.", ("Step", "Loss (nats)"), lines, from_zero=True)
    qtbot.addWidget(made)
    made.resize(600, 360)
    made.show()
    qtbot.waitExposed(made)
    return made


def fill(chart: Chart, count: int = 1000) -> None:
    x = np.arange(1.0, count + 1)
    chart.set_line("raw", x, 1 + np.sin(x))
    chart.set_line("smoothed", x, 2 / x)
    chart.set_line("valid", x[99::100], 1 / x[99::100])
    chart.redraw()


def drawn(chart: Chart, line: str) -> tuple[np.ndarray, np.ndarray]:
    x, y = chart._items[line].getData()
    return (np.empty(0), np.empty(0)) if x is None else (x, y)


@given(st.lists(st.floats(-1e6, 1e6) | st.just(float("nan")), min_size=1, max_size=400), st.integers(1, 40))
def test_thinning_keeps_ends_order_and_extremes(values: list[float], stretches: int) -> None:
    y = np.array(values)
    x = np.arange(float(len(y)))
    thin_x, thin_y = thin(x, y, stretches)
    assert (np.diff(thin_x) >= 0).all()
    assert (thin_x[0], thin_x[-1]) == (x[0], x[-1])
    np.testing.assert_array_equal(y[thin_x.astype(int)], thin_y)
    if not np.isnan(y).all():
        assert np.nanmax(thin_y) == np.nanmax(y)
        assert np.nanmin(thin_y) == np.nanmin(y)


def test_thinning_keeps_few_points() -> None:
    x = np.arange(100_000.0)
    assert len(thin(x, np.sin(x), 300)[0]) < 1000


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=50, unique=True), st.floats(-10, 1010))
def test_nearest_is_nearest(values: list[int], at: float) -> None:
    x = np.array(sorted(values), dtype=float)
    assert abs(x[nearest(x, at)] - at) == np.abs(x - at).min()


def test_visible_part_goes_one_point_beyond() -> None:
    x = np.arange(10.0)
    assert x[visible_part(x, 3.5, 6.5)].tolist() == [3, 4, 5, 6, 7]
    assert x[visible_part(x, -5, 100)].tolist() == x.tolist()


def test_a_long_run_is_drawn_with_few_points_and_keeps_its_peaks(chart: Chart) -> None:
    x = np.arange(1.0, 100_001)
    y = np.ones_like(x)
    y[77_777] = 5.0
    chart.set_line("smoothed", x, y)
    chart.redraw()
    drawn_x, drawn_y = drawn(chart, "smoothed")
    assert len(drawn_x) < 2000
    assert drawn_y.max() == 5.0


def test_the_legend_hides_and_shows_a_line(chart: Chart, qtbot: QtBot) -> None:
    fill(chart)
    entry = chart.legend.entries["raw"]
    qtbot.mouseClick(entry, Qt.MouseButton.LeftButton)
    assert len(drawn(chart, "raw")[0]) == 0
    entry.setFocus()
    qtbot.keyClick(entry, Qt.Key.Key_Space)
    assert len(drawn(chart, "raw")[0]) > 0


def test_the_crosshair_puts_its_values_into_the_legend(chart: Chart) -> None:
    fill(chart)
    assert chart.legend.entries["smoothed"].value() == "0.00200"  # the last one
    chart.point_at(200.0, "Step 200")
    assert chart.values()["smoothed"] == pytest.approx(0.01)
    assert chart.legend.entries["smoothed"].value() == "0.0100"
    assert chart.legend.entries["valid"].value() == "0.00500"
    assert "Step 200" in chart.accessibleDescription()


def test_the_mouse_points(chart: Chart, qtbot: QtBot) -> None:
    fill(chart)
    place = chart._box.mapViewToScene(QPointF(500.2, 1.0))
    with qtbot.waitSignal(chart.pointed) as heard:
        chart._plot.scene().sigMouseMoved.emit(place)
    assert heard.args == [500.0]


def test_arrow_keys_point_and_escape_ends_it(chart: Chart, qtbot: QtBot) -> None:
    fill(chart)
    heard: list[float | None] = []
    chart.pointed.connect(lambda x: (heard.append(x), chart.point_at(x)))
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Right, Qt.Key.Key_End, Qt.Key.Key_Left, Qt.Key.Key_Escape):
        qtbot.keyClick(chart, key)
    assert heard == [1.0, 11.0, 1000.0, 990.0, None]


def test_the_best_point_is_marked_and_named_where_it_is_seen(chart: Chart) -> None:
    fill(chart)
    chart.set_best("valid", 310.0, "Best: epoch 3")
    chart.redraw()
    assert chart._best_point.isVisible()
    assert chart._best_point.getData()[0].tolist() == [300.0]
    assert chart._best_text.toPlainText() == "Best: epoch 3"
    chart.set_view((500.0, 800.0))
    assert not chart._best_point.isVisible()


def test_wild_raw_values_do_not_press_the_rest_to_the_floor(chart: Chart) -> None:
    x = np.arange(1.0, 1001)
    raw = np.ones_like(x)
    raw[5] = 1e6
    chart.set_line("raw", x, raw)
    chart.redraw()
    assert chart._box.viewRange()[1][1] < 3


def test_losses_that_are_no_numbers_are_gaps(chart: Chart) -> None:
    x = np.arange(1.0, 11)
    y = np.where(x > 5, np.nan, 1.0)
    chart.set_line("smoothed", x, y)
    chart.redraw()
    assert np.isfinite(chart._box.viewRange()).all()


def test_axes_have_names_and_units(chart: Chart) -> None:
    assert [axis.labelText for axis in chart._axes] == ["Step", "Loss (nats)"]


def test_colours_are_okabe_ito_and_the_ground_follows_the_theme(chart: Chart, qapp: QApplication) -> None:
    assert chart._items["smoothed"].opts["pen"].color().getRgb()[:3] == OKABE_ITO[4]
    assert chart._items["smoothed"].opts["pen"].widthF() == 1.5
    assert chart._items["raw"].opts["pen"].color().alphaF() < 0.5
    light = QColor(chart._plot.backgroundBrush().color())
    style.apply(qapp, "dark")
    assert chart._plot.backgroundBrush().color() != light
    assert chart._plot.backgroundBrush().color() == style.colour("surface")


# --- a run's three charts ---------------------------------------------------------------------------------------------


def step(number: int, loss: float = 0.5) -> StepDone:
    return StepDone(step=number, loss=loss, smoothed_loss=loss, learning_rate=0.001, images_per_s=9.0, left_s=1.0)


def history_of(steps: int) -> RunHistory:
    history = RunHistory()
    history.add(
        RunStarted(
            at=0.0,
            train_rows=8,
            valid_rows=2,
            classes=("a", "b"),
            steps_per_epoch=10,
            epochs=steps // 10,
            first_step=1,
            device="cpu",
            threads=1,
            batch_size=1,
        )
    )
    for number in range(1, steps + 1):
        history.add(step(number))
        if number % 10 == 0:
            metrics = {"accuracy": 0.5 + number / 1000}
            history.add(
                EpochEnded(
                    epoch=number // 10,
                    step=number,
                    train_loss=0.5,
                    valid_loss=0.6,
                    metrics=metrics,
                    seconds=1.0,
                    is_best=number <= 30,
                )
            )
    return history


@pytest.fixture
def plots(qtbot: QtBot) -> RunPlots:
    made = RunPlots(Classification)
    qtbot.addWidget(made)
    made.resize(900, 400)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_a_run_is_shown_whole_with_its_best_epoch_named(plots: RunPlots) -> None:
    plots.show_run(history_of(50))
    assert len(drawn(plots.loss, "raw")[0]) == 50
    assert drawn(plots.loss, "valid")[0].tolist() == [10, 20, 30, 40, 50]
    assert plots.scores._best_text.toPlainText() == "Best: 53 %, epoch 3"
    assert len(drawn(plots.rate, "rate")[0]) == 50


def test_one_crosshair_goes_through_all_charts(plots: RunPlots, qtbot: QtBot) -> None:
    plots.show_run(history_of(50))
    qtbot.keyClick(plots.rate, Qt.Key.Key_Home)
    qtbot.keyClick(plots.rate, Qt.Key.Key_Right)
    assert all(chart._cross.isVisible() and chart._cross.value() == 2.0 for chart in plots.charts)
    assert plots.loss.where.text() == "Step 2, epoch 1"


def test_zoom_is_the_same_in_all_charts_until_it_is_taken_back(plots: RunPlots, qtbot: QtBot) -> None:
    plots.show_run(history_of(50))
    plots.loss._box.setXRange(20, 30, padding=0)
    plots.loss._box.sigRangeChangedManually.emit([True, False])
    assert plots.rate._box.viewRange()[0][1] == pytest.approx(30, abs=0.5)
    assert drawn(plots.rate, "rate")[0].min() >= 19
    qtbot.mouseDClick(plots.loss._plot.viewport(), Qt.MouseButton.LeftButton)
    assert plots.rate._box.viewRange()[0][1] > 50


def test_growing_redraws_each_chart_at_most_ten_times_a_second(plots: RunPlots, qtbot: QtBot) -> None:
    history = history_of(20)
    plots.show_run(history)
    before = [chart.redraw_count for chart in plots.charts]
    timer = QTimer()

    def grow() -> None:
        history.add(step(len(history.steps) + 1))
        plots.grow()

    timer.timeout.connect(grow)
    timer.start(5)
    began = time.monotonic()
    qtbot.waitUntil(lambda: plots.rate.redraw_count >= before[2] + 5, timeout=10_000)
    timer.stop()
    most = 10 * (time.monotonic() - began) + 1
    assert all(chart.redraw_count - count <= most for chart, count in zip(plots.charts, before, strict=True))
    plots.redraw()
    assert len(plots.loss.data["raw"][0]) == len(history.steps)


def test_nothing_is_drawn_while_nobody_sees_it(plots: RunPlots, qtbot: QtBot) -> None:
    history = history_of(20)
    plots.show_run(history)
    plots.hide()
    before = plots.loss.redraw_count
    history.add(step(21))
    plots.grow()
    assert not plots._timer.isActive()
    assert plots.loss.redraw_count == before
    plots.show()
    assert len(plots.loss.data["raw"][0]) == 21


def test_a_resumed_run_replaces_what_it_goes_through_again() -> None:
    history, curves = history_of(30), RunCurves()
    curves.take(history)
    history.add(Resumed(at=0.0, step=20))
    for number in range(21, 25):
        history.add(step(number, loss=9.0))
    curves.take(history)
    assert curves.steps.tolist() == list(range(1, 25))
    assert curves.losses.tolist() == [0.5] * 20 + [9.0] * 4


def test_another_history_replaces_everything() -> None:
    curves = RunCurves()
    curves.take(history_of(30))
    curves.take(history_of(20))
    assert len(curves.steps) == 20


def staged(steps: int) -> RunHistory:
    history = history_of(steps)
    assert history.started is not None
    planned = [
        StagePlanned(name=name, first_epoch=first, epochs=2, width_px=side, height_px=side)
        for name, first, side in (("Small", 0, 64), ("Large", 2, 128), ("Larger still", 4, 256))
    ]
    history.started = history.started.model_copy(update={"stages": tuple(planned)})
    return history


def test_where_a_stage_begins_is_marked_in_every_chart(plots: RunPlots) -> None:
    plots.show_run(staged(35))
    for chart in plots.charts:
        assert chart.borders == [(20.5, "Large")]
        (line,) = chart._border_items
        assert line.value() == 20.5
    assert plots.loss._border_items[0].label.isVisible()
    plots.show_run(staged(60))
    assert plots.loss.borders == [(20.5, "Large"), (40.5, "Larger still")]
    plots.loss.set_view((45.0, 60.0))
    assert not any(line.label.isVisible() for line in plots.loss._border_items)  # they begin before what is seen
    plots.show_run(history_of(30))
    assert plots.loss.borders == []
    assert plots.loss._border_items == []


def test_the_crosshair_says_in_which_stage_it_is(plots: RunPlots) -> None:
    plots.show_run(staged(60))
    plots._point(25)
    assert plots.loss.where.text() == "Step 25, epoch 3, Large"
