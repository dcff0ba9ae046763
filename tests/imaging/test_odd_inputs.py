"""Broken, huge and hostile files end in an array or a UserError: no crash, no hang, no gigabyte."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("resource", reason="limits on a process need a POSIX system")

# Reads every file named on standard input, one JSON line each; under limits, because they are hostile.
PROGRAM = """
import json, resource, sys, time
from pathlib import Path
def peak_mb():
    # The most memory this program has had. Linux's maxrss would count what its parent had before it.
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
resource.setrlimit(resource.RLIMIT_CPU, (100, 100))
from studio.base.errors import UserError
from studio.imaging.decode import check_image, read_header, read_image
for line in sys.stdin:
    path = Path(json.loads(line))
    started = time.perf_counter()
    row = {"path": str(path)}
    for mode in ("rgb", "gray", "native"):
        try:
            image = read_image(path, mode=mode)
            row[mode] = [list(image.shape), str(image.dtype)]
        except UserError as error:
            row[mode] = error.message
            row["hint"] = error.hint
    try:
        check_image(path)
        row["check"] = None
        header = read_header(path)
        row["header"] = [header.height_px, header.width_px, header.channels, header.depth_bits]
    except UserError as error:
        row["check"] = error.message
    row["seconds"] = time.perf_counter() - started
    row["peak_mb"] = peak_mb()
    print(json.dumps(row), flush=True)
"""

ENDS_TOO_EARLY = {"truncated_image.png", "truncated_jpeg.jpg", "truncated_end_chunk.png"}
TOO_LARGE = {"reallybig.bmp", "badwidth.bmp", "l2rgb_read.bmp"}
DAMAGED = {
    "broken_data_stream.png",
    "crash-0c7e0e8e11ce787078f00b5b0ca409a167f070e0.tif",
    "crash-1185209cf7655b5aed8ae5e77784dfdd18ab59e9.tif",
    "crash-86214e58da443d2b80820cff9677a38a33dcbbca.tif",
    "badbitcount.bmp",
    "badheadersize.bmp",
    "badpalettesize.bmp",
    "oom-225817ca0f8c663be7ab4b9e717b02c661e66834.tif",
    "png_decompression_dos.png",
    "seek_too_large.tif",
    "zero_width.gif",
}
OTHER = {  # not among the formats that are read
    "LICENSE": "is not a picture",
    "SOURCE.md": "is not a picture although it is named .md",
    "hopper.tar": "is not a picture although it is named .tar",
    "la.tga": "is not a picture although it is named .tga",
    "test-ole-file.doc": "an Office document",
    "negative_size.ppm": "is not a picture although it is named .ppm",
    "hopper.psd": "a Photoshop document",
    "balloon_eciRGBv2_aware.jp2": "a JPEG 2000 picture",
    "zero_dpi.jp2": "a JPEG 2000 picture",
    "zero_height.j2k": "a JPEG 2000 picture",
    "decompression_bomb.ico": "an icon file",
    "hopper_unknown_pixel_mode.tif": "beyond 0 to 65535",
    "libtiff_segfault.tif": "has 65535 channels; at most 16 are read",
    "10ct_32bit_128.tiff": "decimal numbers outside 0 to 1",
}


@pytest.fixture(scope="module")
def rows(shared_data: Path) -> dict[str, dict]:
    folder = shared_data / "odd_inputs"
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    asked = "".join(json.dumps(str(path)) + "\n" for path in paths)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], input=asked, capture_output=True, text=True, timeout=200, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(paths) > 100
    return {Path(row["path"]).relative_to(folder).as_posix(): row for row in answers}


def test_each_file_is_read_or_refused_in_every_mode_alike(rows: dict[str, dict]) -> None:
    for name, row in rows.items():
        refused = [isinstance(row[mode], str) for mode in ("rgb", "gray", "native")]
        assert len(set(refused)) == 1, name
        assert (row["check"] is not None) == refused[0], name
        if refused[0]:
            assert Path(name).name in row["rgb"]
            assert row["hint"], name


def test_what_must_be_refused_is_refused_for_its_reason(rows: dict[str, dict]) -> None:
    expected = dict.fromkeys(ENDS_TOO_EARLY, "ends too early") | dict.fromkeys(TOO_LARGE, "is too large")
    expected |= dict.fromkeys(DAMAGED, "is damaged") | OTHER
    refused = {Path(name).name: row["rgb"] for name, row in rows.items() if isinstance(row["rgb"], str)}
    assert refused.keys() == expected.keys()
    assert {name: message for name, message in refused.items() if expected[name] not in message} == {}


def test_headers_tell_what_decoding_gives(rows: dict[str, dict]) -> None:
    for name, row in rows.items():
        if row["check"] is None:
            shape, dtype = row["native"]
            assert row["header"] == [*shape, 16 if dtype == "uint16" else 8], name
            assert row["rgb"] == [[*shape[:2], 3], "uint8"], name
            assert row["gray"] == [[*shape[:2], 1], "uint8"], name


def test_no_file_takes_a_gigabyte_or_ten_seconds(rows: dict[str, dict]) -> None:
    assert max(row["peak_mb"] for row in rows.values()) < 1024
    assert max(row["seconds"] for row in rows.values()) < 10


@pytest.mark.parametrize("name", ["g4_orientation_5.tif", "hopper_orientation_6.jpg", "avif/rot1mir0.avif"])
def test_turned_pictures_are_told_and_given_upright(rows: dict[str, dict], name: str) -> None:
    row = rows[f"pillow/{name}"]
    assert row["header"][:2] == row["rgb"][0][:2]
