"""Archives: all kinds are unpacked, hostile ones are refused, and nothing half done stays."""

import gzip
import io
import os
import stat
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import py7zr
import pytest
from PIL import Image

from studio.base.errors import UserError
from studio.work.archives import unpacking
from studio.work.archives.unpack import unpack
from studio.work.build import Surroundings
from studio.work.made_once import Stopped

MOST = 1 << 30


def picture(colour: int = 90) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(np.full((8, 8, 3), colour, np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


def zip_of(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in entries.items():
            packed.writestr(name, content)
    return path


def tar_of(path: Path, entries: dict[str, bytes], mode: str = "w:gz") -> Path:
    with tarfile.open(path, mode) as packed:  # type: ignore[call-overload]
        for name, content in entries.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            packed.addfile(entry, io.BytesIO(content))
    return path


def seven_of(path: Path, entries: dict[str, bytes], **settings: object) -> Path:
    with py7zr.SevenZipFile(path, "w", **settings) as packed:
        for name, content in entries.items():
            packed.writestr(content, name)
    return path


MAKERS: dict[str, Callable[[Path, dict[str, bytes]], Path]] = {
    "zip": zip_of,
    "tar": lambda path, entries: tar_of(path, entries, "w"),
    "tar.gz": tar_of,
    "tar.bz2": lambda path, entries: tar_of(path, entries, "w:bz2"),
    "tar.xz": lambda path, entries: tar_of(path, entries, "w:xz"),
    "7z": seven_of,
}
ENTRIES = {"a.png": picture(), "in/ä b.png": picture(20), "in/deep/labels.csv": b"x" * 3000, "sizes/512": b"y" * 512}


def unpacked(path: Path, folder: Path, most_bytes: int = MOST, **around: object) -> dict[str, bytes]:
    folder.mkdir(parents=True, exist_ok=True)
    unpack(path, folder, most_bytes, Surroundings(**around))  # type: ignore[arg-type]
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize("kind", MAKERS)
def test_every_kind_is_unpacked_whatever_it_is_called(tmp_path: Path, kind: str) -> None:
    path = MAKERS[kind](tmp_path / "photos.bin", ENTRIES)
    assert unpacked(path, tmp_path / "out") == ENTRIES


@pytest.mark.parametrize("kind", MAKERS)
def test_progress_is_told(tmp_path: Path, kind: str) -> None:
    told: list[tuple[int, int]] = []
    path = MAKERS[kind](tmp_path / "photos.bin", ENTRIES)
    unpacked(path, tmp_path / "out", on_progress=lambda done, total: told.append((done, total)))
    assert len(told) >= len(ENTRIES)
    assert all(done <= total for done, total in told)


@pytest.mark.parametrize("kind", MAKERS)
def test_it_can_be_stopped(tmp_path: Path, kind: str) -> None:
    path = MAKERS[kind](tmp_path / "photos.bin", ENTRIES)
    with pytest.raises(Stopped):
        unpacked(path, tmp_path / "out", should_stop=lambda: True)


OUTSIDE = [
    "../out.png",
    "in/../../out.png",
    "/elsewhere/out.png",
    "C:/out.png",
    "C:out.png",
    "..\\out.png",
    "\\\\server\\x.png",
]


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
@pytest.mark.parametrize("name", OUTSIDE)
def test_names_that_lead_out_are_refused(tmp_path: Path, kind: str, name: str) -> None:
    path = MAKERS[kind](tmp_path / "photos.bin", {"a.png": b"x", name: b"evil"})
    with pytest.raises(UserError, match="is refused because of") as refused:
        unpacked(path, tmp_path / "deep" / "out")
    assert "photos.bin" in refused.value.message
    assert not any(file.read_bytes() == b"evil" for file in tmp_path.rglob("*.png"))


@pytest.mark.parametrize("name", ["../out.png", "in/../../out.png", "/elsewhere/out.png", "C:/out.png"])
def test_names_that_lead_out_of_a_7z_are_refused(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = "x" * len(name)
    path = seven_of(tmp_path / "photos.7z", {"a.png": b"x", plain: b"evil"}, header_encryption=False)
    # py7zr refuses to write such names, so the name is changed as the file is read.
    real = py7zr.SevenZipFile.__init__

    def renaming(self: py7zr.SevenZipFile, *args: object, **kwargs: object) -> None:
        real(self, *args, **kwargs)  # type: ignore[arg-type]
        for entry in self.files:
            if entry.filename == plain:
                entry._file_info["filename"] = name

    monkeypatch.setattr(py7zr.SevenZipFile, "__init__", renaming)
    with pytest.raises(UserError, match="is refused because of"):
        unpacked(path, tmp_path / "deep" / "out")
    assert not any(file.read_bytes() == b"evil" for file in tmp_path.rglob("*") if file.is_file() and file != path)


def zip_with_mode(path: Path, mode: int) -> Path:
    with zipfile.ZipFile(path, "w") as packed:
        entry = zipfile.ZipInfo("link.png")
        entry.create_system = 3
        entry.external_attr = mode << 16
        packed.writestr(entry, "/etc/passwd")
    return path


@pytest.mark.parametrize("mode", [stat.S_IFLNK | 0o777, stat.S_IFCHR | 0o666, stat.S_IFIFO | 0o666])
def test_links_and_devices_in_a_zip(tmp_path: Path, mode: int) -> None:
    with pytest.raises(UserError, match="a link or a device"):
        unpacked(zip_with_mode(tmp_path / "photos.zip", mode), tmp_path / "out")


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_in_a_tar(tmp_path: Path, kind: bytes) -> None:
    with tarfile.open(tmp_path / "photos.tar.gz", "w:gz") as packed:
        entry = tarfile.TarInfo("link.png")
        entry.type = kind
        entry.linkname = "/etc/passwd"
        packed.addfile(entry)
    with pytest.raises(UserError, match="a link or a device"):
        unpacked(tmp_path / "photos.tar.gz", tmp_path / "out")


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_links_in_a_7z(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link.png").symlink_to("/etc/passwd")
    with py7zr.SevenZipFile(tmp_path / "photos.7z", "w") as packed:
        packed.write(tmp_path / "in" / "link.png", "link.png")
    with pytest.raises(UserError, match="a link or a device"):
        unpacked(tmp_path / "photos.7z", tmp_path / "out")


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_a_name_twice(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "photos.bin"
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as packed:
            packed.writestr("a.png", "1")
            packed.writestr("./a.png", "2")
    else:
        with tarfile.open(path, "w") as tar:
            for name in ("a.png", "./a.png"):
                tar.addfile(tarfile.TarInfo(name))
    with pytest.raises(UserError, match="twice"):
        unpacked(path, tmp_path / "out")


def test_a_file_that_is_also_a_folder(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "photos.zip", {"a": b"1", "a/b.png": b"2"})
    with pytest.raises(UserError, match="the same name"):
        unpacked(path, tmp_path / "out")


@pytest.mark.parametrize("kind", MAKERS)
def test_too_many_bytes(tmp_path: Path, kind: str) -> None:
    noise = np.random.default_rng(0).bytes(200_000)
    path = MAKERS[kind](tmp_path / "photos.bin", {"a.png": noise})
    with pytest.raises(UserError, match="more than"):
        unpacked(path, tmp_path / "out", most_bytes=100_000)


@pytest.mark.parametrize("kind", ["zip", "tar.gz", "tar.bz2", "tar.xz", "7z"])
def test_a_bomb_is_known_by_its_ratio(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "UNWATCHED_BYTES", 1 << 20)
    path = MAKERS[kind](tmp_path / "photos.bin", {"a.png": bytes(8 << 20)})
    with pytest.raises(UserError, match="times its own size"):
        unpacked(path, tmp_path / "out")


def test_a_zip_that_lies_about_its_size(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "photos.zip", {"a.png": bytes(3 << 20)})
    content = bytearray(path.read_bytes())
    size = (3 << 20).to_bytes(4, "little")
    place = content.rfind(size)  # in the central directory
    content[place : place + 4] = (10).to_bytes(4, "little")
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"damaged|more than"):
        unpacked(path, tmp_path / "out", most_bytes=1 << 20)
    assert sum(file.stat().st_size for file in (tmp_path / "out").rglob("*")) <= 2 << 20


def test_too_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MOST_FILES", 3)
    with pytest.raises(UserError, match="more than 3 files"):
        unpacked(zip_of(tmp_path / "photos.zip", ENTRIES), tmp_path / "out")
    with pytest.raises(UserError, match="more than 3 files"):
        unpacked(tar_of(tmp_path / "photos.tgz", ENTRIES), tmp_path / "out2")


def test_a_header_made_to_fill_the_memory(tmp_path: Path) -> None:
    header = tarfile.TarInfo("x")
    header.type = tarfile.GNUTYPE_LONGNAME
    header.size = 1 << 32
    with gzip.open(tmp_path / "photos.tgz", "wb") as packed:
        packed.write(header.tobuf(tarfile.GNU_FORMAT))
        packed.write(bytes(1 << 16))
    with pytest.raises(UserError, match="absurd length"):
        unpacked(tmp_path / "photos.tgz", tmp_path / "out")


def test_headers_without_end(tmp_path: Path) -> None:
    header = tarfile.TarInfo("x")
    header.type = tarfile.GNUTYPE_LONGNAME
    header.size = 1
    with gzip.open(tmp_path / "photos.tgz", "wb") as packed:
        packed.write((header.tobuf(tarfile.GNU_FORMAT) + b"y" + bytes(511)) * 5000)
    with pytest.raises(UserError, match="damaged"):
        unpacked(tmp_path / "photos.tgz", tmp_path / "out")


def test_a_full_disk_is_told_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking.shutil, "disk_usage", lambda folder: type("Usage", (), {"free": 10})())
    with pytest.raises(UserError, match="the disk has"):
        unpacked(zip_of(tmp_path / "photos.zip", ENTRIES), tmp_path / "out")


@pytest.mark.parametrize("header", [False, True])
def test_an_encrypted_7z(tmp_path: Path, header: bool) -> None:
    path = seven_of(tmp_path / "photos.7z", ENTRIES, password="secret", header_encryption=header)
    with pytest.raises(UserError, match="encrypted with a password"):
        unpacked(path, tmp_path / "out")


def test_an_encrypted_zip(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "photos.zip", {"a.png": picture()})
    content = bytearray(path.read_bytes())
    content[content.rfind(b"PK\x01\x02") + 8] |= 1  # the flag in the central directory
    path.write_bytes(content)
    with pytest.raises(UserError, match="encrypted with a password"):
        unpacked(path, tmp_path / "out")


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_cut_archive(tmp_path: Path, kind: str, share: float) -> None:
    noise = {f"{number}.png": np.random.default_rng(number).bytes(5000) for number in range(20)}
    path = MAKERS[kind](tmp_path / "photos.bin", noise)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(UserError, match=r"photos\.bin"):
        unpacked(path, tmp_path / "out")


@pytest.mark.parametrize("kind", [kind for kind in MAKERS if kind != "tar"])  # which has no checksums of contents
def test_a_flipped_byte(tmp_path: Path, kind: str) -> None:
    noise = {f"{number}.png": np.random.default_rng(number).bytes(5000) for number in range(20)}
    path = MAKERS[kind](tmp_path / "photos.bin", noise)
    content = bytearray(path.read_bytes())
    for place in range(len(content) // 3, len(content) // 3 + 40):
        content[place] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"photos\.bin"):
        unpacked(path, tmp_path / "out")


@pytest.mark.parametrize("content", [b"", b"hello", b"Rar!\x1a\x07\x00" + bytes(99), bytes(1000)])
def test_no_archive(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "photos.zip").write_bytes(content)
    with pytest.raises(UserError, match=r"photos\.zip"):
        unpacked(tmp_path / "photos.zip", tmp_path / "out")
