"""One file from a web server: resumed where it broke off, checked, and never a program that hangs."""

import hashlib
import http.client
import os
import queue
import re
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from studio.base.errors import UserError
from studio.base.files import cannot_write, sync_folder
from studio.base.locks import FileLock

Progress = Callable[[int, int | None], None]  # bytes so far, and of how many (None: the server does not say)
CHUNK_BYTES = 1 << 18
_VERSION_DIGITS = 12


@dataclass(frozen=True)
class Patience:
    """How long to wait: for an answer at all, between two pieces of it, and how often to try again."""

    answer_s: float = 9.0
    pause_s: float = 10.0
    attempts: int = 4


PATIENCE = Patience()


class NotFoundError(Exception):
    """The server has no such file."""


class NoConnectionError(Exception):
    """The file did not come; the text is the end of a sentence that begins "could not be downloaded from …: "."""


class _BrokenOffError(Exception):
    """The connection ended before the file did."""


class StoppedError(Exception):
    """Somebody asked to stop."""


def download(
    address: str,
    target: Path,
    *,
    sha256_start: str = "",
    progress: Progress = lambda done, total: None,
    should_stop: Callable[[], bool] = lambda: False,
    patience: Patience = PATIENCE,
) -> str:
    """Bring the file at `address` (http or https) to `target`, and give its SHA-256.

    A file that broke off is continued, also by the next call, if the server still has the same version.
    sha256_start: the first hexadecimal digits that the checksum must have. Where a server names the checksum
    itself (`X-Linked-ETag`, as Hugging Face does for large files), that is checked too.
    Proxies come from the environment or the system's settings, certificates from the system's store.
    Raises NotFoundError, NoConnectionError, StoppedError; UserError when the checksum is wrong or the disk is full.
    """
    lock = FileLock(target.with_name(f".{target.name}.lock"))
    is_alone = lock.acquire(f"process {os.getpid()}")
    try:
        return _Transfer(address, target, is_alone, progress, should_stop, patience).run(sha256_start)
    finally:
        if not is_alone:  # nobody would ever continue these
            for part in target.parent.glob(f".{target.name}.*.{os.getpid()}.part"):
                part.unlink(missing_ok=True)
        lock.release()


class _Transfer:
    def __init__(
        self,
        address: str,
        target: Path,
        is_alone: bool,
        progress: Progress,
        should_stop: Callable[[], bool],
        patience: Patience,
    ) -> None:
        if urlsplit(address).scheme not in ("http", "https"):
            raise NoConnectionError(f"{address!r} is not an address of a web server.")
        self.address, self.target, self.patience = address, target, patience
        self.progress, self.should_stop = progress, should_stop
        # Another process that downloads the same file must not write into the same part.
        self.suffix = ".part" if is_alone else f".{os.getpid()}.part"
        self.linked_sha256 = ""

    def run(self, sha256_start: str) -> str:
        part = self._complete_part()
        with open(part, "rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        if not sha256.startswith(sha256_start) or (self.linked_sha256 and sha256 != self.linked_sha256):
            part.unlink()
            raise UserError(
                f"{self.address} is not the file that it should be: its checksum is {sha256[:12]}…, "
                f"not {(sha256_start or self.linked_sha256)[:12]}…. It was thrown away.",
                "Try again; if it happens again, something on the way changes the file: use another network or mirror.",
            )
        os.replace(part, self.target)
        sync_folder(self.target.parent)
        for old in self.target.parent.glob(f".{self.target.name}.{'?' * _VERSION_DIGITS}.part"):
            old.unlink(missing_ok=True)
        return sha256

    def _complete_part(self) -> Path:
        """The whole file, under the name of a part."""
        for attempt in range(self.patience.attempts):
            try:
                return self._continue_part()
            except _BrokenOffError as error:
                if attempt == self.patience.attempts - 1:
                    raise NoConnectionError(f"{error} {self.patience.attempts} times.") from error
        raise AssertionError("unreachable")

    def _continue_part(self) -> Path:
        """One answer of the server, appended to what is there of the same version of the file."""
        response = self._ask({})
        version = response.headers.get("ETag", "")
        part = self._part_of(version)
        have = part.stat().st_size if part.exists() else 0
        can_resume = bool(version) and not version.startswith("W/")
        if not can_resume or have > self._length(response, 0):
            have = 0
        if have:
            response.close()
            response = self._ask({"Range": f"bytes={have}-", "If-Range": version})
            if not response.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
                have = 0  # all of it comes again
        with response:
            self._append(response, part, have)
        return part

    def _append(self, response: Any, part: Path, have: int) -> None:
        total = have + self._length(response, -have)
        try:
            with open(part, "r+b" if have else "wb") as file:
                file.seek(have)
                while chunk := self._next_piece(response):
                    file.write(chunk)
                    have += len(chunk)
                    self.progress(have, total or None)
                file.truncate()
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise cannot_write(part, error) from error
        if total and have < total:
            raise _BrokenOffError("the connection broke off")

    def _next_piece(self, response: Any) -> bytes:
        if self.should_stop():
            raise StoppedError
        try:
            piece: bytes = response.read1(CHUNK_BYTES)
            return piece
        except TimeoutError as error:
            raise _BrokenOffError(f"the server fell silent for {self.patience.pause_s:g} s") from error
        except (OSError, http.client.HTTPException) as error:
            raise _BrokenOffError("the connection broke off") from error

    def _ask(self, headers: dict[str, str]) -> Any:
        """The server's answer, its body not read yet.

        Asked in a thread of its own: looking a name up has no timeout, and every address of a server has its own.
        """
        redirects = _Redirects()
        opener = urllib.request.build_opener(redirects)
        identity = {"Accept-Encoding": "identity", "User-Agent": "datablock-studio"}
        request = urllib.request.Request(self.address, headers=identity | headers)
        answers: queue.Queue[Any] = queue.Queue()
        is_late = threading.Event()

        def ask() -> None:
            try:
                answer = opener.open(request, timeout=self.patience.pause_s)
            except Exception as error:
                answers.put(error)
                return
            answers.put(answer)
            if is_late.is_set():
                answer.close()

        threading.Thread(target=ask, name="download", daemon=True).start()
        deadline = time.monotonic() + self.patience.answer_s
        while True:
            if self.should_stop():
                is_late.set()
                raise StoppedError
            try:
                answer = answers.get(timeout=min(0.1, max(0.001, deadline - time.monotonic())))
                break
            except queue.Empty:
                if time.monotonic() >= deadline:
                    is_late.set()
                    raise NoConnectionError(f"the server did not answer within {self.patience.answer_s:g} s.") from None
        if isinstance(answer, Exception):
            raise _failure(answer) from answer
        self.linked_sha256 = redirects.linked_sha256
        return answer

    def _part_of(self, version: str) -> Path:
        digest = hashlib.sha256(version.encode()).hexdigest()[:_VERSION_DIGITS]
        return self.target.with_name(f".{self.target.name}.{digest}{self.suffix}")

    @staticmethod
    def _length(response: Any, otherwise: int) -> int:
        text = response.headers.get("Content-Length", "")
        return int(text) if text.isdigit() else otherwise


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects, and keeps the checksum that the first server names for the file on the second."""

    linked_sha256 = ""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        linked = headers.get("X-Linked-ETag", "").strip('"')
        if re.fullmatch(r"[0-9a-f]{64}", linked):
            self.linked_sha256 = linked
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _failure(error: Exception) -> Exception:
    """What a failed request means."""
    if isinstance(error, urllib.error.HTTPError):
        if error.code in (404, 410):
            return NotFoundError()
        if error.code == 407:
            return NoConnectionError("the proxy wants a name and a password (HTTP 407).")
        return NoConnectionError(f"the server answered {error.code} {error.reason}.")
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(reason, ssl.SSLCertVerificationError):
        return NoConnectionError(f"the server's certificate is not trusted ({reason.verify_message}).")
    if isinstance(reason, TimeoutError):
        return NoConnectionError("the server did not answer in time.")
    return NoConnectionError(f"there is no connection ({getattr(reason, 'strerror', None) or reason}).")
