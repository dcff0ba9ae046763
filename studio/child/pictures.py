"""Requests about single pictures, and the drawing of the sample."""

from pathlib import Path

from studio.child.job import Answer, Cancelled, Job
from studio.jobs import messages as m


def read_image(request: m.ReadImage, job: Job) -> Answer:
    from studio.work.pictures import read_large

    job.emit(read_large(Path(request.path), request.max_side_px, request.channel))
    return m.Finished()


def show_answered(request: m.ShowAnswered, job: Job) -> Answer:
    from studio.work.answered import show_answered as show

    job.emit(show(request))
    return m.Finished()


def make_thumbnails(request: m.MakeThumbnails, job: Job) -> Answer:
    from studio.work.pictures import make_thumbnails as make

    for event in make(request.paths, request.side_px, job.should_stop, request.channel):
        job.emit(event)
    return m.Stopped() if job.should_stop() else m.Finished()


def draw_sample(request: m.DrawSample, job: Job) -> Answer:
    from studio.work.sample.draw import draw_sample as draw
    from studio.work.sample.recipe import sample_recipe

    wanted = {"pictures": request.pictures, "several": request.several, "side_px": request.side_px}
    recipe = sample_recipe().model_copy(update={key: value for key, value in wanted.items() if value is not None})
    tell = job.progress("pictures drawn")

    def on_progress(done: int, total: int) -> None:
        if job.should_stop():
            raise Cancelled
        tell(done, total)

    try:
        draw(Path(request.folder), recipe, on_progress)
    except Cancelled:
        return m.Stopped()
    return m.Finished()
