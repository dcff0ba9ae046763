"""How late the window's event loop is while a training runs with live plots: a 10 ms timer on the Train page."""

import os
import tempfile
import time
from pathlib import Path

INTERVAL_MS = 10
MEASURED_S = 30.0
SAMPLE_PICTURES = 400


def measure() -> tuple[dict[str, float], str | None]:
    with tempfile.TemporaryDirectory() as home:
        os.environ["STUDIO_HOME"] = home
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        return _measure(Path(home)), None


def _measure(home: Path) -> dict[str, float]:
    from PySide6.QtCore import Qt, QTimer

    from studio.app import training
    from studio.gui.main import make_app, make_window

    app = make_app()
    window = make_window(app)
    window.show()
    window.sample.folder = home / "Sample.studio"
    window.sample.pictures = SAMPLE_PICTURES
    window.open_sample()
    _run_until(app, lambda: bool(window.work.runs.runs), 300)
    window.go_to("train")
    _run_until(app, lambda: bool(window.work.runs.shown and window.work.runs.shown.history.steps), 300)

    late_ms: list[float] = []
    last = [time.perf_counter()]

    def tick() -> None:
        now = time.perf_counter()
        late_ms.append(max(0.0, (now - last[0]) * 1000 - INTERVAL_MS))
        last[0] = now

    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    timer.start(INTERVAL_MS)
    last[0] = time.perf_counter()
    ends_at = time.monotonic() + MEASURED_S
    _run_until(app, lambda: time.monotonic() > ends_at or window.work.runs.state != "running", MEASURED_S + 5)
    timer.stop()
    steps = len(window.work.runs.shown.history.steps)
    if window.work.runs.state == "running":
        training.stop_run(window.work.runs.shown.run)
        _run_until(app, lambda: window.work.runs.state != "running", 60)
    window.close()
    late_ms.sort()
    return {
        "late_p99_ms": late_ms[int(0.99 * len(late_ms))],
        "late_max_ms": late_ms[-1],
        "ticks": float(len(late_ms)),
        "steps_drawn": float(steps),
    }


def _run_until(app: object, is_true: object, timeout_s: float) -> None:
    """Run Qt's own event loop, woken by a slow timer, until something holds."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    ends_at = time.monotonic() + timeout_s
    looker = QTimer()

    def look() -> None:
        if is_true() or time.monotonic() > ends_at:  # type: ignore[operator]
            loop.quit()

    looker.timeout.connect(look)
    looker.start(50)
    loop.exec()
    assert is_true(), "what the benchmark waits for did not come"  # type: ignore[operator]
