"""What a TIFF file says of its pages, read from its directories alone: how wide, how deep, how many channels.

Source: TIFF 6.0 specification, sections 2, 8, 14, 15 and 18; BigTIFF as libtiff describes it.
"""

import json
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

# How a value of each type is unpacked; types that are not needed here (rationals, signed numbers) have no entry.
_TYPES = {1: "B", 2: "c", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
_MOST_ENTRIES = 4096
_MOST_BYTES = 64 << 20  # of one tag: the offsets of a gigapixel picture take less
_KINDS = {1: "u", 2: "i", 3: "f"}

WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, DESCRIPTION = 256, 257, 258, 259, 262, 270
STRIP_OFFSETS, ORIENTATION, SAMPLES, STRIP_ROWS, STRIP_BYTES, PLANAR = 273, 274, 277, 278, 279, 284
PREDICTOR, TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_BYTES, EXTRA, SAMPLE_FORMAT = 317, 322, 323, 324, 325, 338, 339

Tags = dict[int, tuple[int, ...] | bytes]


class NotTiffError(Exception):
    """The file is no TIFF, or its directories make no sense."""


@dataclass(frozen=True)
class TiffPage:
    """One picture of a file as it lies there. bits, kind ("u", "i" or "f"): of a sample.

    segment_wh: of a strip or a tile; the last ones may be cut.  offsets, byte_counts: one a segment, all segments of
    the first channel first where the channels lie in planes.
    """

    byte_order: str
    width_px: int
    height_px: int
    samples: int
    bits: int
    kind: str
    photometric: int
    compression: int
    predictor: int
    is_planar: bool
    has_opacity: bool
    orientation: int
    segment_wh: tuple[int, int]
    offsets: tuple[int, ...]
    byte_counts: tuple[int, ...]
    description: str

    @property
    def size_wh(self) -> tuple[int, int]:
        return self.width_px, self.height_px

    @property
    def is_tiled(self) -> bool:
        return self.segment_wh[0] != self.width_px


def read_pages(file: BinaryIO, file_bytes: int) -> Iterator[TiffPage]:
    """The pages in their order, each read when it is asked for. Raises NotTiffError where there is none any more that
    can be understood, OSError where the file cannot be read."""
    for tags, byte_order in _directories(file, file_bytes):
        yield _page(tags, byte_order)


def pages_as_channels(page: TiffPage) -> int:
    """How many pages, from this first one on, are the channels of one picture, by what the file says; 1: just itself.

    ImageJ names its channels, OME counts them, and tifffile writes down the shape of the array. Pages without such a
    word are a document or a film: only the first of them is the picture.
    """
    if page.samples != 1:
        return 1
    text = page.description
    if text.startswith("ImageJ="):
        counts = dict(re.findall(r"^(images|channels|slices|frames)=(\d{1,6})\s*$", text, re.MULTILINE))
        channels = int(counts.get("channels", 1))
        return channels if int(counts.get("images", channels)) == channels else 1
    if "<OME" in text[:1000]:
        sizes = dict(re.findall(r"\bSize([CZT])=\"(\d{1,6})\"", text[: text.find("</Pixels>")]))
        return int(sizes.get("C", 1)) if sizes.get("Z", "1") == sizes.get("T", "1") == "1" else 1
    if text.startswith('{"shape"'):
        try:
            shape = json.loads(text)["shape"]
        except (ValueError, KeyError, TypeError):
            return 1
        is_stack = isinstance(shape, list) and len(shape) == 3 and shape[1:] == [page.height_px, page.width_px]
        return shape[0] if is_stack and isinstance(shape[0], int) and shape[0] > 0 else 1
    return 1


def _directories(file: BinaryIO, file_bytes: int) -> Iterator[tuple[Tags, str]]:
    try:
        file.seek(0)
        head = file.read(16)
        order = {b"II": "<", b"MM": ">"}.get(head[:2])
        if order is None or len(head) < 16:
            raise NotTiffError("no TIFF")
        version = struct.unpack(f"{order}H", head[2:4])[0]
        if version not in (42, 43):
            raise NotTiffError(f"the version {version}")
        is_big = version == 43
        offset = struct.unpack(f"{order}Q", head[8:16])[0] if is_big else struct.unpack(f"{order}I", head[4:8])[0]
        seen: set[int] = set()
        while offset and offset not in seen:
            seen.add(offset)
            tags, offset = _directory(file, file_bytes, offset, order, is_big)
            yield tags, order
    except (struct.error, ValueError, OverflowError) as error:
        raise NotTiffError(str(error)) from error


def _directory(file: BinaryIO, file_bytes: int, offset: int, order: str, is_big: bool) -> tuple[Tags, int]:
    """The tags that are needed, and where the next directory begins; 0 after the last."""
    count_form, entry_bytes, room, next_form = ("Q", 20, 8, "Q") if is_big else ("H", 12, 4, "I")
    file.seek(offset)
    (count,) = struct.unpack(order + count_form, file.read(struct.calcsize(count_form)))
    if count > _MOST_ENTRIES:
        raise NotTiffError(f"{count} entries")
    entries = file.read(count * entry_bytes)
    rest = file.read(struct.calcsize(next_form))
    following = struct.unpack(order + next_form, rest)[0] if len(rest) == struct.calcsize(next_form) else 0
    tags: Tags = {}
    for start in range(0, count * entry_bytes, entry_bytes):
        entry = entries[start : start + entry_bytes]
        tag, kind = struct.unpack(order + "HH", entry[:4])
        number = struct.unpack(order + ("Q" if is_big else "I"), entry[4 : 4 + room])[0]
        form = _TYPES.get(kind)
        if form is None or number == 0 or tag in tags:
            continue
        size = number * struct.calcsize(form)
        content = (
            entry[4 + room : 4 + room + size] if size <= room else _far(file, file_bytes, entry[-room:], size, order)
        )
        tags[tag] = content if form == "c" else struct.unpack(f"{order}{number}{form}", content)
    return tags, following


def _far(file: BinaryIO, file_bytes: int, place: bytes, size: int, order: str) -> bytes:
    """The content of a tag that does not fit into its entry."""
    (offset,) = struct.unpack(order + ("Q" if len(place) == 8 else "I"), place)
    if size > _MOST_BYTES or offset + size > file_bytes:
        raise NotTiffError("a tag that reaches beyond the file")
    file.seek(offset)
    return file.read(size)


def _page(tags: Tags, byte_order: str) -> TiffPage:
    def numbers(tag: int, default: tuple[int, ...] = ()) -> tuple[int, ...]:
        found = tags.get(tag, default)
        return default if isinstance(found, bytes) else found

    def number(tag: int, default: int) -> int:
        return numbers(tag, (default,))[0]

    width_px, height_px, samples = number(WIDTH, 0), number(HEIGHT, 0), number(SAMPLES, 1)
    bits, kinds = set(numbers(BITS, (1,))), {_KINDS.get(kind, "") for kind in numbers(SAMPLE_FORMAT, (1,))}
    if min(width_px, height_px, samples) < 1 or len(bits) != 1 or len(kinds) != 1:
        raise NotTiffError("a page without a size, or with channels that differ in kind")
    is_tiled = TILE_OFFSETS in tags
    strip_rows = min(number(STRIP_ROWS, height_px), height_px)
    segment_wh = (number(TILE_WIDTH, 0), number(TILE_HEIGHT, 0)) if is_tiled else (width_px, strip_rows)
    if min(segment_wh) < 1:
        raise NotTiffError("segments without a size")
    description = tags.get(DESCRIPTION, b"")
    return TiffPage(
        byte_order=byte_order,
        width_px=width_px,
        height_px=height_px,
        samples=samples,
        bits=bits.pop(),
        kind=kinds.pop(),
        photometric=number(PHOTOMETRIC, 1),
        compression=number(COMPRESSION, 1),
        predictor=number(PREDICTOR, 1),
        is_planar=number(PLANAR, 1) == 2,
        has_opacity=number(EXTRA, 0) in (1, 2),
        orientation=number(ORIENTATION, 1),
        segment_wh=segment_wh,
        offsets=numbers(TILE_OFFSETS if is_tiled else STRIP_OFFSETS),
        byte_counts=numbers(TILE_BYTES if is_tiled else STRIP_BYTES),
        description=description.rstrip(b"\0").decode("utf-8", "replace") if isinstance(description, bytes) else "",
    )
