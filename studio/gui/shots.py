"""Pictures of every page, made by the program itself: each state, light and dark, small and large, without a screen."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.app.actions import PAGES
from studio.app.drafting import STEPS
from studio.base.errors import Bug, UserError
from studio.base.files import cannot_write

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QWidget

    from studio.gui.window import Window

SIZES_PX = {"small": (1366, 768), "large": (1920, 1080)}
THEMES = ("light", "dark")
PICTURES, TRAYS = 320, 60
TIMEOUT_S = 600.0


def main(folder: str) -> int:
    """Draw the shots into `folder`: PAGE-STATE-THEME-SIZE.png; gives the exit status."""
    out = Path(folder).absolute()
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(out, error) from error
    if os.environ.get("STUDIO_SHOTS_OF"):
        _Shots(out).draw_project(Path(os.environ["STUDIO_SHOTS_OF"]), "done", "double")
        return 0
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory(prefix="studio-shots-") as home:
        os.environ["STUDIO_HOME"] = home
        project = Path(home) / "data" / "Sample.studio"
        _Shots(out).draw_states(project)
        _draw_at_double_scale(out, project)
    print(f"{len(list(out.glob('*.png')))} pictures in {out}")
    return 0


def _draw_at_double_scale(out: Path, project: Path) -> None:
    """At 200 %, in a process of its own: Qt takes its scale at the start."""
    environment = {**os.environ, "QT_SCALE_FACTOR": "2", "STUDIO_SHOTS_OF": str(project)}
    subprocess.run([sys.executable, "-m", "studio", "shots", str(out)], env=environment, check=True)


def _write_boxes(project: Path) -> Path:
    """The sample's trays, with what is known of their things as COCO has it; gives the folder."""
    import json
    import shutil

    folder = project.parent / "trays"
    truth = json.loads((project / "truth.json").read_text(encoding="utf-8"))
    trays = [record for record in truth["pictures"] if record["class"] is None][:TRAYS]
    kinds = sorted({thing["kind"] for record in trays for thing in record["things"]})
    (folder / "images").mkdir(parents=True, exist_ok=True)
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for number, record in enumerate(trays):
        name = Path(record["file"]).name
        shutil.copy(project / record["file"], folder / "images" / name)
        images.append({"id": number, "file_name": name, "width": 256, "height": 256})
        for thing in record["things"]:
            x0, y0, x1, y1 = thing["box_px"]
            box = {"bbox": [x0, y0, x1 - x0, y1 - y0], "category_id": kinds.index(thing["kind"]), "iscrowd": 0}
            annotations.append({"id": len(annotations), "image_id": number, "area": (x1 - x0) * (y1 - y0), **box})
    whole: dict[str, Any] = {"images": images, "annotations": annotations}
    whole["categories"] = [{"id": number, "name": kind} for number, kind in enumerate(kinds)]
    (folder / "annotations.json").write_text(json.dumps(whole), encoding="utf-8")
    return folder


class _Shots:
    """The window, walked through its states."""

    def __init__(self, out: Path) -> None:
        from studio.gui.main import make_app, make_window

        self.out = out
        self.app: QApplication = make_app()
        self.window: Window = make_window(self.app)
        self.window.show()

    def draw_states(self, project: Path) -> None:
        window, work = self.window, self.window.work
        self.shoot("empty")
        window.sample.folder, window.sample.pictures = project, PICTURES
        window.open_sample()
        self.wait(lambda: window.page_widget("project").progress.isVisible(), "the drawing")
        self.shoot("busy", pages=("project",))
        self.wait(lambda: work.pipeline.is_ready(), "the sample")
        self._ask_the_wizard(_write_boxes(project))
        self._look_for_mistakes()
        self.wait(lambda: bool(work.runs.shown and work.runs.shown.history.steps), "the training")
        self.settle()
        self.shoot("busy", pages=("train",))
        self.wait(lambda: work.runs.state == "finished", "the end of the training")
        self.settle()
        self._find_rate()
        self._look_several_times()
        self.shoot("done")
        self._see_where_it_looked()
        self._fail(project)
        self.close()

    def draw_project(self, project: Path, state: str, size: str) -> None:
        self.window.work.session.open_project(project)
        self.wait(lambda: self.window.work.pipeline.is_ready(), "the check of the blocks")
        self.shoot(state, sizes={size: SIZES_PX["small"]})
        self.close()

    def _ask_the_wizard(self, folder: Path) -> None:
        """The questions of a new project, over trays whose boxes another program wrote down."""
        from studio.gui.project_wizard.dialog import NewProject

        dialog = NewProject(self.window.work, self.window, self.window)
        dialog.show()
        self._grab(dialog, "wizard-empty")
        dialog.images.setText(str(folder))
        draft = dialog.draft
        self.wait(lambda: draft.pictures is not None and "split" in draft.steps, "the proposal")
        dialog.folder.setText(str(folder.with_name("trays.studio")))
        for step in STEPS:
            dialog.choose(step)
            self._grab(dialog, f"wizard-{step}")
        dialog.reject()

    def _find_rate(self) -> None:
        """The search for a learning rate, under way and at its end."""
        from studio.gui.train.rate_finder import RateDialog

        finder = self.window.work.rate_finder
        self.window.actions_by_id["train.find_rate"].trigger()
        (dialog,) = self.window.findChildren(RateDialog)
        self.wait(lambda: len(finder.tried) > 20, "the first learning rates")
        self._grab(dialog, "rates-busy")
        self.wait(lambda: not finder.is_searching, "the suggested learning rates")
        self._grab(dialog, "rates-done")
        dialog.reject()

    def _look_several_times(self) -> None:
        """Whether that helps, measured; the line stays with the run."""
        window, trial = self.window, self.window.work.looks_trial
        window.go_to("results")
        self.wait(lambda: window.work.inspection.results is not None, "the results")
        window.actions_by_id["results.several_looks"].trigger()
        self.wait(lambda: not trial.is_measuring, "the comparison of looks")

    def _see_where_it_looked(self) -> None:
        """What speaks for the model's answer in the picture with the highest loss."""
        from studio.gui.activation.dialog import ActivationDialog

        self.window.actions_by_id["results.activation"].trigger()
        (dialog,) = self.window.findChildren(ActivationDialog)
        self.wait(lambda: dialog.note.text().startswith("What speaks"), "the activation")
        self._grab(dialog, "activation")
        dialog.reject()

    def _grab(self, widget: "QWidget", name: str) -> None:
        from studio.gui import style

        for theme in THEMES:
            style.apply(self.app, theme)  # type: ignore[arg-type]
            self.settle(0.3)
            widget.grab().save(str(self.out / f"{name}-{theme}-small.png"))
        style.apply(self.app, THEMES[0])  # type: ignore[arg-type]

    def _look_for_mistakes(self) -> None:
        window, health = self.window, self.window.work.health
        window.show_health()
        self.shoot("unlooked", pages=("blocks",))
        window.actions_by_id["blocks.health"].trigger()
        self.wait(lambda: health.is_known or health.failure is not None, "the search for hidden mistakes")
        self.settle()
        self.shoot("looked", pages=("blocks", "project"))
        window.page_widget("blocks").health.back.click()

    def _fail(self, project: Path) -> None:
        """A source that is gone: what the pages say then."""
        work = self.window.work
        assert work.pipeline.recipe is not None
        gone = work.pipeline.recipe.source.model_copy(update={"path": "gone"})
        work.pipeline.set_block(1, gone)
        self.wait(lambda: not work.pipeline.is_checking, "the check of the blocks")
        self.settle()
        self.shoot("failed", pages=("blocks", "train"))
        work.labeling.undo()
        work.pipeline.reload()
        self.wait(lambda: work.pipeline.is_ready() and not work.pipeline.is_checking, "the check of the blocks")
        self.window.attempt(lambda: work.session.open_project(project.parent / "nothing.studio"))
        self.shoot("refused", pages=("project",))

    def shoot(
        self, state: str, pages: tuple[str, ...] = tuple(PAGES), sizes: dict[str, tuple[int, int]] = SIZES_PX
    ) -> None:
        from studio.gui import style

        for page in pages:
            shown_strip = self.window.strip.isVisible()
            self.window.go_to(page)
            self.window.strip.setVisible(shown_strip)
            for size, (width, height) in sizes.items():
                self.window.resize(width, height)
                for theme in THEMES:
                    style.apply(self.app, theme)  # type: ignore[arg-type]
                    self.settle(0.6 if theme == THEMES[0] else 0.1)
                    path = self.out / f"{page}-{state}-{theme}-{size}.png"
                    if not self.window.grab().save(str(path)):
                        raise UserError(f"{path} could not be written.", "Choose another folder.")
        style.apply(self.app, THEMES[0])  # type: ignore[arg-type]

    def wait(self, is_true: Callable[[], bool], what: str) -> None:
        ends_at = time.monotonic() + TIMEOUT_S
        while not is_true():
            if time.monotonic() > ends_at:
                raise Bug(f"{what} did not come; the window says: {self.window.strip.whole_text()}")
            self.settle(0.05)

    def settle(self, seconds: float = 0.4) -> None:
        """Let the window work for a moment: thumbnails, plots, layouts."""
        from PySide6.QtCore import QEventLoop, QTimer

        loop = QEventLoop()
        QTimer.singleShot(int(seconds * 1000), loop.quit)
        loop.exec()

    def close(self) -> None:
        self.window.close()
