"""Videos as a source: which pictures are taken out, that it happens once, and that a video stays together."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.blocks.source.video import Video
from studio.imaging.opencv import opencv
from studio.work import frames

FRAMES, SIZE_WH = 40, (64, 48)


def make_video(path: Path, first: int = 0) -> Path:
    """A bar that wanders; in the second half it stands still."""
    cv2 = opencv()
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 10, SIZE_WH)
    assert writer.isOpened()
    for number in range(FRAMES):
        image_bgr = np.full((SIZE_WH[1], SIZE_WH[0], 3), (200, 40, 10), np.uint8)
        left = first + min(number, FRAMES // 2) * 2
        image_bgr[:, left : left + 10] = 255
        writer.write(image_bgr)
    writer.release()
    return path


@pytest.fixture
def video(tmp_path: Path) -> Path:
    return make_video(tmp_path / "clip.avi")


def images(table) -> list[str]:
    return [row.image for row in table.rows]


def test_every_tenth(video: Path, tmp_path: Path, build_source) -> None:
    table, findings = build_source(Video(paths=("clip.avi",)), tmp_path)
    assert table.root == str(tmp_path / "frames")
    assert images(table) == [f"clip/{number:06d}.jpg" for number in (0, 10, 20, 30)]
    assert {row.group for row in table.rows} == {"clip"}
    assert findings == []
    with Image.open(tmp_path / "frames" / "clip" / "000010.jpg") as picture:
        assert picture.size == SIZE_WH
        red, green, blue = picture.getpixel((0, 0))  # type: ignore[misc]
    assert blue > 150 > green > red


def test_when_it_has_changed(video: Path, tmp_path: Path, build_source) -> None:
    table, _ = build_source(Video(paths=("clip.avi",), take="different", change_percent=10), tmp_path)
    numbers = [int(Path(image).stem) for image in images(table)]
    # The bar moves 2 of 64 pixels a picture: 4 columns change, 6 % at once, 12 % after two. Then it stands still.
    assert numbers == list(range(0, FRAMES // 2 + 1, 2))
    more, _ = build_source(Video(paths=("clip.avi",), take="different", change_percent=2), tmp_path)
    assert len(more.rows) > len(numbers)


def test_png_keeps_the_pixels(video: Path, tmp_path: Path, build_source) -> None:
    table, _ = build_source(Video(paths=("clip.avi",), stored_as="png"), tmp_path)
    assert images(table)[0] == "clip/000000.png"


def test_at_most(video: Path, tmp_path: Path, build_source) -> None:
    table, findings = build_source(Video(paths=("clip.avi",), every=1, most=7), tmp_path)
    assert len(table.rows) == 7
    assert findings[0].field == "most"


def test_it_happens_once_until_video_or_settings_change(
    video: Path, tmp_path: Path, build_source, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    real = frames.open_video
    monkeypatch.setattr(frames, "open_video", lambda path: opened.append(path) or real(path))
    for every in (10, 10, 20, 10, 20):
        build_source(Video(paths=("clip.avi",), every=every), tmp_path)
    assert len(opened) == 2
    make_video(video, first=5)
    os.utime(video, (1, 1))
    before = (tmp_path / "frames" / "clip" / "000010.jpg").read_bytes()
    build_source(Video(paths=("clip.avi",)), tmp_path)
    assert len(opened) == 3
    assert (tmp_path / "frames" / "clip" / "000010.jpg").read_bytes() != before


def test_pictures_of_other_settings_stay(video: Path, tmp_path: Path, build_source) -> None:
    build_source(Video(paths=("clip.avi",), every=7), tmp_path)
    table, _ = build_source(Video(paths=("clip.avi",), every=10), tmp_path)
    assert "clip/000007.jpg" not in images(table)
    assert (tmp_path / "frames" / "clip" / "000007.jpg").is_file()


@pytest.mark.parametrize("harm", ["gone", "empty"])
def test_a_picture_that_was_lost_is_taken_again(video: Path, tmp_path: Path, build_source, harm: str) -> None:
    build_source(Video(paths=("clip.avi",)), tmp_path)
    lost = tmp_path / "frames" / "clip" / "000010.jpg"
    lost.unlink() if harm == "gone" else lost.write_bytes(b"")
    table, _ = build_source(Video(paths=("clip.avi",)), tmp_path)
    assert len(table.rows) == 4
    assert lost.stat().st_size > 0


def test_a_video_that_is_gone_was_taken_apart(video: Path, tmp_path: Path, build_source) -> None:
    build_source(Video(paths=("clip.avi",)), tmp_path)
    video.unlink()
    table, findings = build_source(Video(paths=("clip.avi",)), tmp_path)
    assert len(table.rows) == 4
    assert [finding.level for finding in findings] == ["info"]


def test_stopping_leaves_nothing_half_done(video: Path, tmp_path: Path, build_source) -> None:
    looks = iter(range(1000))
    block = Video(paths=("clip.avi",), every=1)
    table, findings = build_source(block, tmp_path, should_stop=lambda: next(looks) >= 20)
    assert "stopped" in findings[0].message
    assert table.rows == []
    assert [name for name in os.listdir(tmp_path / "frames") if not name.endswith(".lock")] == []


def test_progress_is_told(video: Path, tmp_path: Path, build_source) -> None:
    told: list[tuple[int, int]] = []
    build_source(Video(paths=("clip.avi",)), tmp_path, on_progress=lambda done, total: told.append((done, total)))
    assert (FRAMES, FRAMES) in told


def test_a_folder_of_videos_and_two_of_one_name(tmp_path: Path, draw, build_source) -> None:
    make_video(tmp_path / "films" / "clip10.avi")
    make_video(tmp_path / "films" / "clip2.avi")
    make_video(tmp_path / "others" / "clip2.avi", first=4)
    draw(tmp_path / "films" / "picture.png")
    draw(tmp_path / "films" / "moving.gif")
    table, _ = build_source(Video(paths=("films", "others/clip2.avi"), every=20), tmp_path)
    assert [row.group for row in table.rows] == ["clip2"] * 2 + ["clip10"] * 2 + ["clip2 avi"] * 2
    again, _ = build_source(Video(paths=("others/clip2.avi",), every=20), tmp_path)
    assert len(again.rows) == 2  # of the other video, not of the one whose folder is called so
    first = (tmp_path / "frames" / again.rows[0].image).read_bytes()
    assert first == (tmp_path / "frames" / "clip2 avi" / "000000.jpg").read_bytes()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.png", b"", "is not a video"),
        ("a.gif", b"GIF89a", "is not a video"),
        ("a.mp4", b"", "is empty"),
        ("a.mp4", b"GIF89a" + bytes(100), "is a picture"),
        ("a.mp4", b"#EXTM3U\nhttp://127.0.0.1/x.ts\n", "holds no video but text"),
        ("a.mp4", b"ffconcat version 1.0\nfile /etc/passwd\n", "holds no video but text"),
        ("a.mp4", b"\0\0\0 ftypisom" + bytes(1000), "cannot be read as a video"),
    ],
)
def test_what_is_no_video(tmp_path: Path, build_source, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    _, findings = build_source(Video(paths=(name,)), tmp_path)
    assert (findings[0].level, findings[0].field) == ("error", "paths")
    assert said in findings[0].message
    assert name in findings[0].message


def test_one_bad_video_among_good_ones(video: Path, tmp_path: Path, build_source) -> None:
    (tmp_path / "bad.mp4").write_bytes(b"\0\0\0 ftypisom" + bytes(1000))
    table, findings = build_source(Video(paths=("bad.mp4", "clip.avi", "gone.avi")), tmp_path)
    assert len(table.rows) == 4
    assert [item.image for item in table.left_out] == ["bad.mp4", "gone.avi"]
    assert [finding.level for finding in findings] == ["warning"]


def test_a_video_that_ends_early(video: Path, tmp_path: Path, build_source) -> None:
    whole = video.read_bytes()
    video.write_bytes(whole[: len(whole) * 2 // 3])
    table, findings = build_source(Video(paths=("clip.avi",), every=1), tmp_path)
    assert 0 < len(table.rows) < FRAMES
    assert findings  # that it ends early, or that a picture is broken


def test_none(build_source) -> None:
    assert build_source(Video())[1][0].field == "paths"


@pytest.mark.parametrize(
    ("name", "rows"), [("realshort.mp4", 4), ("cvat_dataset/test.mp4", 3), ("video_dataset/video.avi", 1)]
)
def test_real_videos(shared_data: Path, tmp_path: Path, build_source, name: str, rows: int) -> None:
    table, findings = build_source(Video(paths=(str(shared_data / "videos" / name),)), tmp_path)
    assert len(table.rows) == rows
    assert findings == []
    assert {row.group for row in table.rows} == {Path(name).stem}


def test_a_folder_of_real_videos_without_its_gif(shared_data: Path, tmp_path: Path, build_source) -> None:
    block = Video(paths=(str(shared_data / "videos"),), every=100, most=2)
    table, _ = build_source(block, tmp_path)
    assert {row.group for row in table.rows} == {"cockatoo", "dlc_openfield_m3v1mp4", "realshort"}
