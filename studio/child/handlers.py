"""Who answers which request: the one table of them."""

import logging
import traceback

from studio.base.errors import Bug, UserError
from studio.child.data import (
    check_data,
    explain_picture,
    explain_recipe,
    fetch_data_set,
    group_pictures,
    guess_recipe,
    preview_batch,
)
from studio.child.job import Answer, Handler, Job
from studio.child.models import (
    compare_looks,
    export_run,
    find_learning_rate,
    predict,
    show_activation,
    take_threshold,
    train_run,
)
from studio.child.pictures import draw_sample, make_thumbnails, read_image, show_answered
from studio.jobs import messages as m

log = logging.getLogger(__name__)


def diagnose(request: m.Diagnose, job: Job) -> Answer:
    from studio.engine.devices import device_facts
    from studio.work.doctor import examine

    facts, findings = examine(device_facts())
    told = tuple(m.FindingMade(level=f.level, message=f.message, hint=f.hint, field=f.field) for f in findings)
    job.emit(m.Diagnosed(facts=facts, findings=told))
    return m.Finished()


HANDLERS: dict[type[m.Request], Handler] = {
    m.ExplainRecipe: explain_recipe,
    m.ExplainPicture: explain_picture,
    m.CheckData: check_data,
    m.GroupPictures: group_pictures,
    m.GuessRecipe: guess_recipe,
    m.PreviewBatch: preview_batch,
    m.ReadImage: read_image,
    m.ShowAnswered: show_answered,
    m.TakeThreshold: take_threshold,
    m.MakeThumbnails: make_thumbnails,
    m.FetchDataSet: fetch_data_set,
    m.DrawSample: draw_sample,
    m.TrainRun: train_run,
    m.FindLearningRate: find_learning_rate,
    m.ExportRun: export_run,
    m.Predict: predict,
    m.CompareLooks: compare_looks,
    m.ShowActivation: show_activation,
    m.Diagnose: diagnose,
}


def answer(request: m.Request, job: Job) -> m.Finished | m.Stopped | m.Failed:
    """Do what is asked; whatever goes wrong becomes the Failed that ends the request."""
    try:
        handler = HANDLERS.get(type(request))
        if handler is None:
            raise Bug(f"nobody answers {type(request).__name__}")
        return handler(request, job)
    except UserError as error:
        return m.Failed(message=error.message, hint=error.hint)
    except MemoryError:
        return m.Failed(message="There is not enough memory.", hint="Choose a smaller batch or smaller pictures.")
    except Exception as error:
        trace = traceback.format_exc()
        log.error("A job failed:\n%s", trace)
        return m.Failed(message=f"Something went wrong: {error}", traceback=trace)
