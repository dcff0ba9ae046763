"""Unpacking zip."""

import stat
import zipfile
import zlib

from studio.work.archives.unpacking import CHUNK_BYTES, Unpacking

_ENCRYPTED = 0x1  # general purpose bit 0: APPNOTE.TXT 6.3.10, section 4.4.4


def unpack_zip(job: Unpacking) -> None:
    """Write all entries. Raises UserError and Stopped."""
    try:
        with zipfile.ZipFile(job.archive) as packed:
            entries = packed.infolist()
            job.expect(len(entries), sum(entry.file_size for entry in entries))
            for number, entry in enumerate(entries, 1):
                _unpack(job, packed, entry)
                job.around.on_progress(number, len(entries))
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
        raise job.damaged(error) from error
    except NotImplementedError as error:
        raise job.refused(job.archive.name, "it is packed in a way that is not read here") from error


def _unpack(job: Unpacking, packed: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if entry.flag_bits & _ENCRYPTED:
        raise job.encrypted()
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise job.refused(entry.filename, "it is a link or a device")
    if entry.is_dir():
        job.claim(entry.filename)
        return
    # `orig_filename` is what the archive says; `filename` ends at a NUL.
    with packed.open(entry) as content, job.begin(entry.orig_filename) as file:
        while chunk := content.read(CHUNK_BYTES):
            job.count(len(chunk))
            job.write(file, chunk)
