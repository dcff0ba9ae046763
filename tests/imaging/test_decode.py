"""One decoder: upright pixels of a known kind, or a refusal that names the file and the reason."""

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from studio.base.errors import UserError
from studio.imaging import decode
from studio.imaging.decode import FORMATS, PICTURE_SUFFIXES, check_image, read_header, read_image, read_sized


def picture(width_px: int = 96, height_px: int = 64, channels: int = 3) -> np.ndarray:
    """Large soft areas with some grain, as photographs have."""
    rng = np.random.default_rng(7)
    coarse = rng.integers(0, 255, (height_px // 8, width_px // 8, channels))
    fine = np.kron(coarse, np.ones((8, 8, 1))) + rng.integers(0, 20, (height_px, width_px, channels))
    return fine.clip(0, 255).astype(np.uint8).squeeze()


def saved(path: Path, array: np.ndarray, **options: Any) -> Path:
    Image.fromarray(array).save(path, **options)
    return path


def refusal_of(path: Path, call: Callable[..., object] = read_image, **options: Any) -> UserError:
    with pytest.raises(UserError) as caught:
        call(path, **options)
    assert path.name.split("\n")[0][:20] in caught.value.message
    assert caught.value.hint
    return caught.value


def test_suffixes_are_lower_case_and_of_one_format_each() -> None:
    assert {".jpg", ".jpeg", ".png", ".tif", ".webp", ".gif", ".bmp", ".pgm"} <= PICTURE_SUFFIXES
    assert sum(map(len, FORMATS.values())) == len(PICTURE_SUFFIXES)
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in PICTURE_SUFFIXES)


@pytest.mark.parametrize("suffix", sorted(PICTURE_SUFFIXES - {".mpo", ".apng", ".jfif", ".pbm"}))
def test_every_format_comes_back(tmp_path: Path, suffix: str) -> None:
    array = picture()
    gray = suffix == ".pgm"
    path = saved(tmp_path / f"a{suffix}", array[..., 0] if gray else array)
    image = read_image(path)
    assert image.shape == (64, 96, 3)
    assert image.dtype == np.uint8
    assert image.flags.writeable
    assert image.flags.c_contiguous
    assert np.abs(image.astype(int) - (array[..., :1] if gray else array)).mean() < 20  # compression and few colours
    header = read_header(path)
    assert (header.width_px, header.height_px, header.depth_bits) == (96, 64, 8)
    assert read_image(path, mode="native").shape == (64, 96, header.channels)
    check_image(path)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif"])
@pytest.mark.parametrize("limit", [{}, {"max_side_px": 40}, {"min_side_px": 12}])
def test_exif_orientation_is_applied_once(tmp_path: Path, orientation: int, suffix: str, limit: dict[str, int]) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    lossless = {".webp": {"lossless": True}}.get(suffix, {})
    path = saved(tmp_path / f"a{suffix}", picture(96, 64), exif=exif, **lossless)
    with Image.open(path) as image:
        upright = ImageOps.exif_transpose(image.convert("RGB") if suffix == ".tif" else image).convert("RGB")
    header = read_header(path)
    assert (header.width_px, header.height_px) == upright.size
    array = read_image(path, **limit)  # type: ignore[call-overload]
    sized, own_wh = read_sized(path, **limit)  # type: ignore[arg-type]
    assert own_wh == upright.size
    assert np.array_equal(sized, array)
    if not limit:
        assert np.array_equal(array, np.asarray(upright))
        return
    reference = upright.resize(array.shape[1::-1], Image.Resampling.BICUBIC)
    assert np.abs(array.astype(int) - np.asarray(reference)).mean() < 8  # turned otherwise it differs by 50 and more


def test_orientation_6_turns_a_landscape_clockwise(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[274] = 6
    array = np.zeros((20, 40, 3), np.uint8)
    array[:, :8] = 255  # the left edge becomes the top
    image = read_image(saved(tmp_path / "a.png", array, exif=exif))
    assert image.shape == (40, 20, 3)
    assert image[:8].min() == 255
    assert image[8:].max() == 0


@given(
    width=st.integers(1, 300),
    height=st.integers(1, 300),
    max_side=st.none() | st.integers(1, 400),
    min_side=st.none() | st.integers(1, 400),
)
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_sizes(tmp_path: Path, width: int, height: int, max_side: int | None, min_side: int | None) -> None:
    path = saved(tmp_path / "a.jpg", np.zeros((height, width, 3), np.uint8))
    shape = read_image(path, max_side_px=max_side, min_side_px=min_side).shape
    assert shape[0] <= height
    assert shape[1] <= width
    if max_side is not None:
        assert max(shape[:2]) == min(max_side, max(width, height)) or min_side is not None
        assert max(shape[:2]) <= max(1, max_side)
    elif min_side is not None:
        assert min(shape[:2]) == min(min_side, width, height)
    else:
        assert shape == (height, width, 3)


def test_shrinking_averages_instead_of_picking(tmp_path: Path) -> None:
    stripes = np.zeros((512, 512, 3), np.uint8)
    stripes[:, ::2] = 255
    for name in ("a.png", "a.jpg", "a.tif"):
        small = read_image(saved(tmp_path / name, stripes), max_side_px=50)
        assert np.abs(small.astype(int) - 127).max() <= 6


def test_a_jpeg_decodes_at_reduced_scale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path / "a.jpg", picture(1024, 768), quality=95)
    sizes = []
    load = decode.ImageFile.ImageFile.load
    monkeypatch.setattr(decode.ImageFile.ImageFile, "load", lambda self: (sizes.append(self.size), load(self))[1])
    small = read_image(path, max_side_px=128)
    assert sizes[0] == (256, 192)
    with Image.open(path) as image:
        full = np.asarray(image.resize((128, 96), Image.Resampling.BICUBIC)).astype(float)
    assert np.abs(small - full).mean() < 0.1 * full.std()


def test_transparent_parts_become_white_and_stay_in_native(tmp_path: Path) -> None:
    rgba = np.zeros((32, 32, 4), np.uint8)
    rgba[:, :16] = (200, 30, 40, 255)
    path = saved(tmp_path / "a.png", rgba)
    image = read_image(path)
    assert image[0, 0].tolist() == [200, 30, 40]
    assert image[0, 31].tolist() == [255, 255, 255]
    assert read_image(path, mode="gray")[0, 31].tolist() == [255]
    assert np.array_equal(read_image(path, mode="native"), rgba)
    assert read_header(path).channels == 4
    small = read_image(path, max_side_px=8)  # what lies under full transparency does not bleed in
    assert small[:, :, 0].min() >= 200


@pytest.mark.parametrize("gray_alpha", [True, False])
def test_gray_with_opacity_and_palettes_with_it(tmp_path: Path, gray_alpha: bool) -> None:
    la = np.zeros((8, 8, 2), np.uint8)
    la[:4] = (90, 255)
    if gray_alpha:
        path = saved(tmp_path / "a.png", la)
    else:
        image = Image.fromarray(la[..., 0]).convert("P")
        image.save(tmp_path / "b.gif", transparency=image.getpixel((0, 7)))
        path = tmp_path / "b.gif"
    assert read_header(path).channels == (2 if gray_alpha else 4)
    assert read_image(path, mode="native").shape[2] == read_header(path).channels
    assert read_image(path)[:, 0, 0].tolist() == [90] * 4 + [255] * 4


def test_cmyk_bilevel_and_palette_become_rgb(tmp_path: Path) -> None:
    red = Image.new("RGB", (16, 16), (255, 0, 0))
    for name, image in {
        "cmyk.tif": red.convert("CMYK"),
        "cmyk.jpg": red.convert("CMYK"),
        "palette.png": red.quantize(4),
    }.items():
        image.save(tmp_path / name)
        pixel = read_image(tmp_path / name)[8, 8].astype(int)
        assert np.abs(pixel - [255, 0, 0]).max() < 12, name
        assert read_header(tmp_path / name).channels == 3
    Image.new("1", (16, 16), 1).save(tmp_path / "bits.png")
    assert read_image(tmp_path / "bits.png", mode="gray").min() == 255
    assert read_header(tmp_path / "bits.png").channels == 1


@pytest.mark.parametrize("suffix", [".png", ".tif", ".pgm"])
def test_sixteen_bits_are_kept_or_scaled(tmp_path: Path, suffix: str) -> None:
    deep = np.arange(0, 65536, 16, dtype=np.uint16).reshape(64, 64)
    path = saved(tmp_path / f"a{suffix}", deep)
    assert read_header(path).depth_bits == 16
    native = read_image(path, mode="native")
    assert native.dtype == np.uint16
    assert np.array_equal(native[..., 0], deep)
    rgb = read_image(path)
    assert rgb.dtype == np.uint8
    assert np.array_equal(rgb[..., 1], np.rint(deep / 257))
    small = read_image(path, mode="native", max_side_px=16)[..., 0].astype(float)
    inner = deep.reshape(16, 4, 16, 4).mean(axis=(1, 3))[2:-2, 2:-2]
    assert np.abs(small[2:-2, 2:-2] - inner).max() < 40


def test_decimal_and_wide_numbers(tmp_path: Path) -> None:
    shares = np.linspace(0, 1, 64, dtype=np.float32).reshape(8, 8)
    native = read_image(saved(tmp_path / "shares.tif", shares), mode="native")[..., 0]
    assert np.abs(native / 65535 - shares).max() < 1e-5
    assert "outside 0 to 1" in refusal_of(saved(tmp_path / "metres.tif", shares * 300)).message
    assert "beyond 0 to 65535" in refusal_of(saved(tmp_path / "wide.tif", np.full((4, 4), -5, np.int32))).message


def test_an_animation_gives_its_first_frame(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("red", "lime")]
    for suffix in (".gif", ".png", ".webp", ".tif"):
        path = tmp_path / f"a{suffix}"
        frames[0].save(path, save_all=True, append_images=frames[1:])
        assert read_image(path)[8, 8].argmax() == 0


def test_a_header_finds_the_orientation_behind_the_pixels(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[274] = 8
    path = saved(tmp_path / "a.png", picture(), exif=exif)
    content = path.read_bytes()
    at = content.index(b"eXIf") - 4
    length = 12 + int.from_bytes(content[at : at + 4], "big")
    end = content.index(b"IEND") - 4
    path.write_bytes(content[:at] + content[at + length : end] + content[at : at + length] + content[end:])
    assert (read_header(path).width_px, read_header(path).height_px) == (64, 96)
    assert read_image(path).shape == (96, 64, 3)


def test_a_header_decodes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def decoded(_: object) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr(decode.ImageFile.ImageFile, "load", decoded)
    for suffix in sorted(PICTURE_SUFFIXES - {".gif", ".apng", ".jfif", ".pbm", ".pgm", ".mpo"}):
        path = saved(tmp_path / f"a{suffix}", picture())
        assert read_header(path).width_px == 96


LOSSES = [
    (".jpg", {}),
    (".jpg", {"progressive": True}),
    (".png", {}),
    (".tif", {}),
    (".tif", {"compression": "tiff_lzw"}),
    (".webp", {}),
    (".webp", {"lossless": True}),
    (".bmp", {}),
    (".gif", {}),
    (".avif", {}),
    (".ppm", {}),
]


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(("suffix", "options"), LOSSES)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_cut_file_is_never_accepted(tmp_path: Path, suffix: str, options: dict[str, Any], share: float) -> None:
    path = saved(tmp_path / f"cut{suffix}", picture(320, 240), **options)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    for call, limits in ((read_image, {}), (read_image, {"max_side_px": 40}), (check_image, {})):
        message = refusal_of(path, call, **limits).message
        assert "ends too early" in message or "is damaged" in message
    if suffix in (".jpg", ".png", ".webp", ".bmp", ".gif", ".ppm"):
        assert "ends too early" in message


def test_other_things_named_as_pictures(tmp_path: Path) -> None:
    def message_of(name: str, content: bytes) -> str:
        (tmp_path / name).write_bytes(content)
        return refusal_of(tmp_path / name, check_image).message

    assert message_of("notes.jpg", b"some words, not a picture").endswith("is not a picture although it is named .jpg.")
    assert "a web page" in message_of("page.jpg", b"\n<!DOCTYPE html><html>")
    assert "a ZIP archive" in message_of("pack.png", b"PK\x03\x04" + bytes(40))
    assert "a HEIC photo" in message_of("IMG_1.jpg", b"\x00\x00\x00\x18ftypheic" + bytes(40))
    assert "a video" in message_of("clip.jpg", b"\x00\x00\x00\x18ftypisom" + bytes(40))
    assert "is empty (0 bytes)" in message_of("none.png", b"")
    assert "begins as JPEG" in message_of("start.jpg", b"\xff\xd8\xff\xe0" + b"\x00\x10JFIF" + bytes(400))


def test_unreachable_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no longer exists" in refusal_of(tmp_path / "gone.jpg").message
    assert "is a folder" in refusal_of(tmp_path).message
    assert "could not be read" in refusal_of(tmp_path / ("n" * 300 + ".jpg")).message
    with pytest.raises(UserError, match="could not be read"):
        read_image(tmp_path / "a\0b.jpg")

    path = saved(tmp_path / "kept.png", picture())

    def deny(_: Path) -> Any:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(decode, "open_binary", deny)
    assert "may not be read: permission denied" in refusal_of(path).message
    assert "may not be read: permission denied" in refusal_of(path, read_header).message


def test_an_error_while_reading_is_not_called_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path / "a.png", picture())

    def broken(_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(decode.ImageFile.ImageFile, "load", broken)
    assert "could not be read: Input/output error" in refusal_of(path).message


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in the file system here")
def test_pipes_and_devices_are_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    assert "a device or a pipe" in refusal_of(tmp_path / "pipe.jpg").message
    (tmp_path / "zero.png").symlink_to("/dev/zero")
    assert "a device or a pipe" in refusal_of(tmp_path / "zero.png").message
    # Also when a pipe takes the file's place between the look and the opening.
    with decode.open_binary(tmp_path / "pipe.jpg") as file:
        assert file.fileno() >= 0


@pytest.mark.parametrize("name", ["lìne\nbréak.png", "quo'te\".png", "ünïcödé 猫.png", " lead.png", "a%20#?.png"])
def test_any_file_name_works_and_its_refusal_is_one_line(tmp_path: Path, name: str) -> None:
    path = saved(tmp_path / name, picture())
    assert read_image(path).shape == (64, 96, 3)
    path.write_bytes(b"no")
    with pytest.raises(UserError) as caught:
        read_image(path)
    assert "\n" not in caught.value.message
    assert name.split("\n")[-1] in caught.value.message


@pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes only on Linux")
def test_a_name_that_is_not_utf8_can_be_read_and_shown(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.png"))
    Image.fromarray(picture()).save(os.fsencode(path).decode("utf-8", "surrogateescape"))
    assert read_image(path).shape == (64, 96, 3)
    path.write_bytes(b"no")
    with pytest.raises(UserError) as caught:
        read_image(path)
    caught.value.message.encode("utf-8")


def test_the_pixel_cap_counts_before_decoding(tmp_path: Path) -> None:
    path = tmp_path / "flat.png"
    Image.new("1", (12_000, 9_000)).save(path)
    message = refusal_of(path).message
    assert "12000 x 9000 pixels" in message
    assert "89 megapixels" in message
    assert read_header(path, pixel_cap=decode.LARGEST_PIXEL_CAP).width_px == 12_000
    assert read_image(path, max_side_px=60, mode="gray", pixel_cap=200_000_000).shape == (45, 60, 1)
    assert "too large" in refusal_of(saved(tmp_path / "b.png", picture()), pixel_cap=1000).message


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_broken_exif_does_not_lose_the_picture(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.jpg", picture(), exif=b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\xff\x01\x12")
    assert read_image(path).shape == (64, 96, 3)
    assert read_header(path).width_px == 96


def test_threads_decode_the_same(tmp_path: Path) -> None:
    paths = [saved(tmp_path / f"{i}{s}", picture()) for i in range(8) for s in (".jpg", ".png", ".webp", ".tif")]
    alone = [read_image(path, max_side_px=50) for path in paths]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda path: read_image(path, max_side_px=50), paths))
    assert all(np.array_equal(a, b) for a, b in zip(alone, together, strict=True))


def test_eight_threads_may_start_at_once(tmp_path: Path) -> None:
    """Pillow registers its formats at first use; a fresh process races for that."""
    path = saved(tmp_path / "a.webp", picture())
    program = (
        "import sys; from concurrent.futures import ThreadPoolExecutor; from pathlib import Path\n"
        "from studio.imaging.decode import read_image\n"
        "with ThreadPoolExecutor(8) as pool:\n"
        "    list(pool.map(lambda _: read_image(Path(sys.argv[1])), range(64)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
