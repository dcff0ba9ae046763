"""Videos at work: their pictures, taken out once, become rows; all of one video are one group."""

from pathlib import Path

from studio.base.errors import UserError
from studio.base.order import natural_key
from studio.base.wording import count_words
from studio.blocks.source.video import Video
from studio.blocks.table import DataTable, Finding, LeftOut, Row
from studio.imaging.refusal import shown
from studio.imaging.video import is_video_name
from studio.work.build import Surroundings, absolute, build
from studio.work.frames import FramesTaken, take_frames
from studio.work.made_once import Stopped, facts_of, own_folder, place_for
from studio.work.sources.found import take_rows


@build.register
def _video(block: Video, table: DataTable, around: Surroundings) -> list[Finding]:
    paths = [absolute(path, around) for path in block.paths if path.strip()]
    if not paths:
        return [Finding("error", "No video is chosen.", "Write the videos here, or a folder of them.", "paths")]
    place = place_for("frames", paths[0], around)
    table.root = str(place)
    rows: list[Row] = []
    left_out: list[LeftOut] = []
    findings: list[Finding] = []
    taken_names: set[str] = set()
    try:
        videos = _videos(paths)
        for video in videos:
            folder = own_folder(place, _free_name(video, taken_names), video, around)
            try:
                taken = take_frames(video, folder, block, around)
            except UserError as error:
                left_out.append(LeftOut(video.name, error.message))
                continue
            rows += [Row(f"{folder.name}/{name}", group=folder.name) for name in taken.names]
            findings += _told(video, taken, folder, block)
    except UserError as error:
        return [Finding("error", error.message, error.hint, "paths")]
    except Stopped:
        message = "Taking pictures out of the videos was stopped."
        return [Finding("error", message, "Check the blocks again to start it again.", "paths")]
    findings += take_rows(table, rows, left_out, around)
    if not table.rows:
        reason = left_out[0].reason if left_out else "There is no video in this place."
        hint = "Choose other files; videos are files such as .mp4, .avi or .mov."
        return [Finding("error", f"No picture was found in a video. {reason}", hint, "paths"), *findings]
    return findings


def _videos(paths: list[Path]) -> list[Path]:
    """The videos that are named, and those inside the folders that are named, each once. Raises UserError."""
    videos: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            found = [file for file in path.iterdir() if is_video_name(file.name) and not file.name.startswith(".")]
            videos.update(dict.fromkeys(sorted(found, key=lambda file: natural_key(file.name))))
        elif path.exists() and not is_video_name(path.name):
            raise UserError(f"{shown(path)} is not a video.", "Choose files such as .mp4, .avi, .mov or .mkv.")
        else:
            videos[path] = None
    return list(videos)


def _free_name(video: Path, taken: set[str]) -> str:
    """The video's name; with its ending or its folder where two are called the same."""
    base = video.stem.lstrip(".") or "video"
    candidates = [base, f"{base} {video.suffix[1:]}", f"{video.parent.name} {base} {video.suffix[1:]}"]
    candidates += [f"{base} {number}" for number in range(2, len(taken) + 3)]
    name = next(name for name in candidates if name.casefold() not in taken)
    taken.add(name.casefold())
    return name


def _told(video: Path, taken: FramesTaken, folder: Path, block: Video) -> list[Finding]:
    findings: list[Finding] = []
    if not video.exists() and facts_of(folder):
        message = f"{shown(video)} is no longer there; its pictures, taken out before, are used."
        findings.append(Finding("info", message, "", "paths"))
    if taken.missing > 1:
        message = f"{shown(video)} ends {count_words(taken.missing, 'picture')} earlier than it says."
        findings.append(Finding("warning", message, "It may be damaged; copy it again if you can.", "paths"))
    if len(taken.names) >= block.most:
        message = f"Only the first {count_words(block.most, 'picture')} of {shown(video)} were taken."
        findings.append(Finding("warning", message, "Take fewer from a second, or raise 'At most'.", "most"))
    return findings
