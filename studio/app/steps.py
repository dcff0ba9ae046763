"""How far each step of the work is: the marks on the rail."""

from typing import Literal

from studio.app.workspace import Workspace

StepState = Literal["empty", "ready", "warning", "running", "done", "failed"]


def step_states(work: Workspace) -> dict[str, StepState]:
    """The state of every page, by its id."""
    if not work.has_project:
        return dict.fromkeys(("project", "blocks", "label", "train", "results"), "empty")
    return {
        "project": "done",
        "blocks": _blocks(work),
        "label": _label(work),
        "train": _train(work),
        "results": "done" if work.runs.finished() else "empty",
    }


def _blocks(work: Workspace) -> StepState:
    pipeline = work.pipeline
    if pipeline.recipe is None:
        return "empty"
    if pipeline.is_checking:
        return "running"
    if pipeline.failure is not None or any(finding.level == "error" for _, finding in pipeline.findings):
        return "failed"
    found = [finding.level for _, finding in pipeline.findings] + [finding.level for finding in work.health.found]
    if any(level != "info" for level in found):
        return "warning"
    return "ready" if pipeline.is_ready() else "empty"


def _label(work: Workspace) -> StepState:
    if not work.labeling.images:
        return "empty"
    if not work.labeling.is_by_class:
        labels = next((step for step in work.pipeline.steps if step and step.step == "labels"), None)
        return "ready" if labels is None or labels.counts.get("not labeled") else "done"
    return "ready" if work.labeling.counts().get(None) else "done"


def _train(work: Workspace) -> StepState:
    states: dict[str, StepState] = {
        "running": "running",
        "finished": "done",
        "stopped": "warning",
        "failed": "failed",
        "died": "failed",
    }
    ready: StepState = "ready" if work.pipeline.is_ready() else "empty"
    return states.get(work.runs.state or "", ready)
