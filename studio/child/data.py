"""Requests about the data: what it is, becomes, and lacks."""

from pathlib import Path

from studio.child.job import Answer, Job
from studio.child.surroundings import kept_table, surroundings
from studio.jobs import messages as m


def explain_recipe(request: m.ExplainRecipe, job: Job) -> Answer:
    from studio.work.explain import explain

    with surroundings(request.project, job) as around:
        explain(request.recipe, around, job.emit, request.with_rows)
    return m.Stopped() if job.should_stop() else m.Finished()


def explain_picture(request: m.ExplainPicture, job: Job) -> Answer:
    from studio.engine.walkthrough import walk
    from studio.work.table import build_table

    with surroundings(request.project, job) as around:
        table, _ = build_table(request.recipe, around, pictures_only=True)
    for block, lines in walk(request.recipe, table, request.image):
        job.emit(m.PictureExplained(step=block.step, title=block.title, lines=tuple(lines)))
    return m.Finished()


def check_data(request: m.CheckData, job: Job) -> Answer:
    from studio.work.health.examination import examine

    with surroundings(request.project, job) as around:
        for found in examine(request.recipe, around, job.progress):
            job.emit(found)
    return m.Stopped() if job.should_stop() else m.Finished()


def group_pictures(request: m.GroupPictures, job: Job) -> Answer:
    from studio.work.health.grouping import group_pictures as group

    with surroundings(request.project, job) as around:
        written = group(request.recipe, Path(request.project), around, job.progress)
    return m.Finished(files=(str(written),)) if written is not None else m.Stopped()


def guess_recipe(request: m.GuessRecipe, job: Job) -> Answer:
    from studio.work.guess.choice import guess
    from studio.work.guess.telling import tell

    proposal = guess(Path(request.folder), job.should_stop)
    if job.should_stop():
        return m.Stopped()
    job.emit(tell(proposal))
    return m.Finished()


def preview_batch(request: m.PreviewBatch, job: Job) -> Answer:
    from studio.engine.preview import preview_batch as make_preview
    from studio.jobs.frames import write_frame

    with surroundings(request.project, job) as around:
        table = kept_table().get(request.recipe, around, pictures_only=bool(request.images))
    if job.should_stop():
        return m.Stopped()
    which = request.part, request.draw, request.upto, request.images, request.times
    made = make_preview(request.recipe, table, *which, request.channel)
    pixels = made.pixels_nhwc
    masks = "" if made.masks_nhw is None else write_frame(made.masks_nhw)
    frame = write_frame(pixels)
    job.emit(m.FrameWritten(frame=frame, shape=pixels.shape, targets=made.targets, masks=masks, paths=made.paths))
    return m.Finished()


def fetch_data_set(request: m.FetchDataSet, job: Job) -> Answer:
    from studio.base.download import StoppedError
    from studio.blocks.public_data import public_data_set
    from studio.work.public_data import fetch

    in_mb = job.progress("MB downloaded")
    try:
        folder = fetch(
            public_data_set(request.name),
            on_bytes=lambda done, total: in_mb(done // 1_000_000, max(total // 1_000_000, 1)),
            on_unpacked=job.progress("parts unpacked"),
            should_stop=job.should_stop,
        )
    except StoppedError:
        return m.Stopped()
    job.emit(m.DataSetFetched(name=request.name, folder=str(folder)))
    return m.Finished()
