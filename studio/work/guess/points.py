"""Evidence from text files beside the pictures that hold places: pose files and lists of points."""

import posixpath
from collections.abc import Iterator

from studio.base.wording import count_words
from studio.blocks.labels.point_files import PointFiles
from studio.blocks.labels.projected_points import ProjectedPoints
from studio.blocks.path_template import compile_template
from studio.blocks.source.folder import Folder
from studio.blocks.tasks.keypoints import Keypoints
from studio.work.guess.evidence import Evidence
from studio.work.guess.listing import Listing
from studio.work.guess.whereabouts import find_whereabouts

FILES_READ = 4
LEAST_COVERED = 0.5
POSES = ("{parent}/{stem without _rgb}_pose.txt", "{parent}/{stem}_pose.txt", "{parent}/{stem}.pose.txt")
BESIDE = (
    "{parent}/{stem}.txt",
    "{parent}/{stem}.pts.txt",
    "{parent}/../points/{stem}.txt",
    "{parent}/../landmarks/{stem}.txt",
)


def by_pose_files(listing: Listing) -> Iterator[Evidence]:
    """Heads in space, as the BIWI Kinect data set has them: a pose file a picture, and the camera's calibration."""
    if not listing.texts or not listing.calibrations:
        return
    texts = set(listing.texts)
    template, covered = max(
        ((template, _covered(template, listing.pictures, texts)) for template in POSES), key=lambda item: len(item[1])
    )
    if len(covered) < LEAST_COVERED * len(listing.pictures) or not _are_poses(listing, template, covered):
        return
    calibration = _calibration(listing, covered)
    if calibration is None:
        return
    around = find_whereabouts(listing.root, listing.pictures, listing.pictures)
    yield Evidence(
        task=Keypoints(),
        source=Folder(path=str(listing.root)),
        labels=ProjectedPoints(template=template, calibration=calibration),
        pictures=listing.pictures,
        labeled=len(covered),
        sure=0.95 * len(covered) / len(listing.pictures),
        what="A pose file beside each picture gives a place in space.",
        where=around.reason,
        how=f"Pose files {template} for {count_words(len(covered), 'picture')}, with the camera's {calibration}.",
    )


def by_point_files(listing: Listing) -> Iterator[Evidence]:
    """Lists of points: two numbers a line in a text file of the picture's name."""
    texts = set(listing.texts)
    for template in BESIDE if texts else ():
        covered = _covered(template, listing.pictures, texts)
        if len(covered) < LEAST_COVERED * len(listing.pictures) or not _are_points(listing, template, covered):
            continue
        yield Evidence(
            task=Keypoints(),
            source=Folder(path=str(listing.root)),
            labels=PointFiles(template=template),
            pictures=listing.pictures,
            labeled=len(covered),
            sure=0.85 * len(covered) / len(listing.pictures),
            what="A text file beside each picture lists places in it.",
            where=f"{count_words(len(listing.pictures), 'picture')} found.",
            how=f"Text files {template} with two numbers a line for {count_words(len(covered), 'picture')}.",
        )
        return


def _covered(template: str, pictures: list[str], texts: set[str]) -> list[str]:
    fill = compile_template(template)
    return [picture for picture in pictures if fill(picture) in texts]


def _calibration(listing: Listing, pictures: list[str]) -> str | None:
    """The template of the camera's file: one in each folder, or one for all."""
    there = set(listing.calibrations)
    names = sorted({posixpath.basename(name) for name in there}, key=lambda name: ("rgb" not in name.lower(), name))
    for name in names:
        for template in (f"{{parent}}/{name}", f"{{parent}}/../{name}", name):
            fill = compile_template(template)
            if all(fill(picture) in there for picture in pictures[:: max(1, len(pictures) // 50)]):
                return template
    return None


def _are_poses(listing: Listing, template: str, pictures: list[str]) -> bool:
    """Whether the files begin with three lines of three numbers, the rotation, and another three, the place."""
    widths = [[len(numbers) for numbers in _numbers(listing, template, picture)[:4]] for picture in _some(pictures)]
    return all(width == [3, 3, 3, 3] for width in widths)


def _are_points(listing: Listing, template: str, pictures: list[str]) -> bool:
    """Whether the files hold two numbers a line, as many lines in each, and not only shares of the picture."""
    files = [_numbers(listing, template, picture) for picture in _some(pictures)]
    if len({len(lines) for lines in files}) != 1 or any(len(numbers) != 2 for lines in files for numbers in lines):
        return False
    return any(number > 1 for lines in files for numbers in lines for number in numbers)


def _some(pictures: list[str]) -> list[str]:
    return pictures[:: max(1, len(pictures) // FILES_READ)][:FILES_READ]


def _numbers(listing: Listing, template: str, picture: str) -> list[list[float]]:
    """The numbers in the lines of a picture's file; none where something else stands in it."""
    name = compile_template(template)(picture)
    try:
        text = (listing.root / (name or "")).read_text(encoding="utf-8", errors="replace")
        return [[float(word) for word in line.replace(",", " ").split()] for line in text.splitlines() if line.strip()]
    except (OSError, ValueError):
        return []
