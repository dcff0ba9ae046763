"""The tasks that can be trained, by their blocks."""

from studio.base.errors import UserError
from studio.blocks.task import Task
from studio.blocks.tasks.classification import Classification
from studio.blocks.tasks.detection import Detection
from studio.blocks.tasks.keypoints import Keypoints
from studio.blocks.tasks.regression import Regression
from studio.blocks.tasks.segmentation import Segmentation
from studio.blocks.tasks.tagging import Tagging
from studio.engine.task import EngineTask
from studio.engine.tasks.classification import ClassificationTask
from studio.engine.tasks.detection import DetectionTask
from studio.engine.tasks.keypoints import KeypointsTask
from studio.engine.tasks.regression import RegressionTask
from studio.engine.tasks.segmentation import SegmentationTask
from studio.engine.tasks.tagging import TaggingTask

TASKS: dict[type[Task], type[EngineTask]] = {
    Classification: ClassificationTask,
    Tagging: TaggingTask,
    Regression: RegressionTask,
    Keypoints: KeypointsTask,
    Segmentation: SegmentationTask,
    Detection: DetectionTask,
}


def task_type(block: Task) -> type[EngineTask]:
    """What trains a block's task. Raises UserError for one that this version cannot train."""
    found = TASKS.get(type(block))
    if found is None:
        raise UserError(f"'{block.title}' cannot be trained by this version yet.", "Choose another task.")
    return found
