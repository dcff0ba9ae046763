"""What every test starts from: no display, no network folders of the user, and the real data where it lies."""

import os
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data sets: STUDIO_DATA, or `shared/data` beside the repository."""
    folder = Path(os.environ.get("STUDIO_DATA") or REPOSITORY.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("the real data sets are not here (set STUDIO_DATA to their folder)")
    return folder


@pytest.fixture(autouse=True, scope="session")
def studio_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The user's folders for all tests: nothing of the real user is read or written."""
    home = tmp_path_factory.mktemp("home")
    before = os.environ.get("STUDIO_HOME")
    os.environ["STUDIO_HOME"] = str(home)
    yield home
    if before is None:
        os.environ.pop("STUDIO_HOME", None)
    else:
        os.environ["STUDIO_HOME"] = before


@pytest.fixture(scope="session")
def write_tiff() -> Callable[..., Path]:
    """Writes a TIFF of any number of channels, uint8, uint16 or float32, interleaved or in planes."""
    return _write_tiff


def _write_tiff(path: Path, image_hwc: NDArray[Any], *, planar: bool = False, deflated: bool = False) -> Path:
    """deflated: packed, each value as its difference to the one beside it."""
    height_px, width_px, channels = image_hwc.shape
    planes = np.moveaxis(image_hwc, 2, 0)[..., None] if planar else image_hwc[None]
    if deflated:
        planes = np.diff(planes, axis=2, prepend=np.zeros_like(planes[:, :, :1]))
    strips = [np.ascontiguousarray(plane).astype(plane.dtype.newbyteorder("<")).tobytes() for plane in planes]
    if deflated:
        strips = [zlib.compress(strip) for strip in strips]
    tags = {
        256: [width_px],
        257: [height_px],
        258: [8 * image_hwc.dtype.itemsize] * channels,
        259: [8 if deflated else 1],
        262: [1],
        273: [0] * len(strips),
        277: [channels],
        278: [height_px],
        279: [len(strip) for strip in strips],
        284: [2 if planar and channels > 1 else 1],
        317: [2 if deflated else 1],
        338: [0] * (channels - 1),
        339: [3 if image_hwc.dtype.kind == "f" else 1] * channels,
    }
    tags = {tag: values for tag, values in tags.items() if values}
    far = 8 + 2 + 12 * len(tags) + 4
    first = far + sum(4 * len(values) for values in tags.values() if len(values) > 1)
    starts = [first + sum(map(len, strips[:place])) for place in range(len(strips))]
    tags[273] = starts
    entries, rest = b"", b""
    for tag, values in tags.items():
        packed = struct.pack(f"<{len(values)}I", *values)
        place = packed if len(values) == 1 else struct.pack("<I", far + len(rest))
        entries += struct.pack("<HHI", tag, 4, len(values)) + place
        rest += packed if len(values) > 1 else b""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4) + rest + b"".join(strips))
    return path
