"""A canary: some releases of PySide6 lose a reference to None at every call, and the process then dies."""

import sys

import numpy as np
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.gui.charts import Chart, Line

REDRAWS = 200
ALLOWED = 50  # what other threads and caches may let go of meanwhile; the broken releases lost one and more a redraw


def test_redraws_lose_no_reference_to_none(qtbot: QtBot, qapp: QApplication) -> None:
    chart = Chart(
        "Loss", "How wrong it is.", ("Step", "Loss"), [Line("loss", "Loss", 4), Line("raw", "Raw", 4, "pale")]
    )
    qtbot.addWidget(chart)
    chart.resize(500, 300)
    chart.show()
    x = np.arange(500.0)

    def redraw(number: int) -> None:
        chart.set_line("loss", x, np.sin(x / 50 + number))
        chart.set_line("raw", x, np.cos(x / 5 + number))
        chart.point_at(float(number))
        chart.redraw()
        qapp.processEvents()

    redraw(0)
    before = sys.getrefcount(None)
    for number in range(REDRAWS):
        redraw(number)
    assert sys.getrefcount(None) >= before - ALLOWED
