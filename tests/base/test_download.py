"""Downloads, from a server on this machine that misbehaves as servers do."""

import hashlib
import http.server
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from studio.base.download import NoConnectionError, NotFoundError, Patience, StoppedError, download
from studio.base.errors import UserError
from studio.base.locks import FileLock

CONTENT = bytes(range(256)) * 4000  # 1 MB
SHA256 = hashlib.sha256(CONTENT).hexdigest()
SHORT = Patience(answer_s=0.5, pause_s=0.3, attempts=3)

Answer = Callable[["Handler"], None]


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers with what the test has put in; remembers what was asked."""

    protocol_version = "HTTP/1.1"
    answers: list[Answer]
    asked: list[tuple[str, str | None]]

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers["Range"]))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        self.close_connection = True
        answer(self)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[http.server.ThreadingHTTPServer]:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    Handler.answers, Handler.asked = [whole], []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    released.clear()
    yield server
    released.set()
    server.shutdown()
    server.server_close()


released = threading.Event()


def address(server: http.server.ThreadingHTTPServer, name: str = "file.bin") -> str:
    return f"http://127.0.0.1:{server.server_port}/{name}"


def send(handler: Handler, body: bytes, total: int | None = None, start: int = 0, etag: str = '"v1"') -> None:
    """An answer with `body`, announcing `total` bytes."""
    handler.send_response(206 if start else 200)
    handler.send_header("Content-Length", str(len(body) if total is None else total))
    if start:
        handler.send_header("Content-Range", f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}")
    if etag:
        handler.send_header("ETag", etag)
    handler.end_headers()
    handler.wfile.write(body)


def whole(handler: Handler) -> None:
    """A good server: the file, or the rest of it if the version is still the same."""
    asked, version = handler.headers["Range"], handler.headers["If-Range"]
    start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked and version == '"v1"' else 0
    send(handler, CONTENT[start:], start=start)


def half(handler: Handler) -> None:
    send(handler, CONTENT[:500_000], total=len(CONTENT))


def silent(handler: Handler) -> None:
    released.wait(30)


def silent_in_the_middle(handler: Handler) -> None:
    half(handler)
    handler.wfile.flush()
    released.wait(30)


def failing(code: int) -> Answer:
    return lambda handler: handler.send_error(code)


def redirect(location: str, linked: str = "") -> Answer:
    def answer(handler: Handler) -> None:
        handler.send_response(302)
        handler.send_header("Location", location)
        handler.send_header("Content-Length", "0")
        if linked:
            handler.send_header("X-Linked-ETag", f'"{linked}"')
        handler.end_headers()

    return answer


def left_behind(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {".file.bin.lock"}


def test_a_file_arrives_with_its_checksum_and_nothing_else(
    server: http.server.ThreadingHTTPServer, tmp_path: Path
) -> None:
    told: list[tuple[int, int | None]] = []
    found = download(
        address(server),
        tmp_path / "file.bin",
        sha256_start=SHA256[:8],
        progress=lambda done, total: told.append((done, total)),
    )
    assert found == SHA256
    assert (tmp_path / "file.bin").read_bytes() == CONTENT
    assert left_behind(tmp_path) == {"file.bin"}
    assert told == sorted(told)
    assert told[-1] == (len(CONTENT), len(CONTENT))


def test_a_file_that_breaks_off_is_continued(server: http.server.ThreadingHTTPServer, tmp_path: Path) -> None:
    Handler.answers = [half, whole]
    assert download(address(server), tmp_path / "file.bin") == SHA256
    assert ("/file.bin", "bytes=500000-") in Handler.asked


def test_the_next_call_continues_where_the_last_one_gave_up(
    server: http.server.ThreadingHTTPServer, tmp_path: Path
) -> None:
    Handler.answers = [half, failing(503)]
    with pytest.raises(NoConnectionError, match="503"):
        download(address(server), tmp_path / "file.bin")
    assert len(left_behind(tmp_path)) == 1
    Handler.answers, Handler.asked = [whole], []
    assert download(address(server), tmp_path / "file.bin") == SHA256
    assert Handler.asked[-1] == ("/file.bin", "bytes=500000-")
    assert left_behind(tmp_path) == {"file.bin"}


def test_a_part_of_another_version_is_not_used(server: http.server.ThreadingHTTPServer, tmp_path: Path) -> None:
    Handler.answers = [lambda handler: send(handler, b"old" * 9, total=len(CONTENT), etag='"v0"'), failing(503)]
    with pytest.raises(NoConnectionError):
        download(address(server), tmp_path / "file.bin")
    Handler.answers = [whole]
    assert download(address(server), tmp_path / "file.bin") == SHA256
    assert left_behind(tmp_path) == {"file.bin"}


def test_a_server_that_cannot_continue_sends_all_of_it_again(
    server: http.server.ThreadingHTTPServer, tmp_path: Path
) -> None:
    Handler.answers = [half, lambda handler: send(handler, CONTENT)]
    assert download(address(server), tmp_path / "file.bin") == SHA256


def test_a_server_that_always_breaks_off_is_given_up(server: http.server.ThreadingHTTPServer, tmp_path: Path) -> None:
    Handler.answers = [lambda handler: send(handler, CONTENT[:10], total=len(CONTENT), etag="")]
    with pytest.raises(NoConnectionError, match="broke off 3 times"):
        download(address(server), tmp_path / "file.bin", patience=SHORT)
    assert not (tmp_path / "file.bin").exists()


def test_a_server_that_never_answers_is_given_up_in_time(
    server: http.server.ThreadingHTTPServer, tmp_path: Path
) -> None:
    Handler.answers = [silent]
    began = time.monotonic()
    with pytest.raises(NoConnectionError, match="did not answer"):
        download(address(server), tmp_path / "file.bin", patience=Patience(answer_s=0.5, pause_s=30))
    assert time.monotonic() - began < 5


def test_a_server_that_falls_silent_is_given_up(server: http.server.ThreadingHTTPServer, tmp_path: Path) -> None:
    Handler.answers = [silent_in_the_middle]
    with pytest.raises(NoConnectionError, match=r"fell silent for 0\.3 s 3 times"):
        download(address(server), tmp_path / "file.bin", patience=SHORT)


def test_a_server_that_falls_silent_once_is_asked_again(
    server: http.server.ThreadingHTTPServer, tmp_path: Path
) -> None:
    Handler.answers = [silent_in_the_middle, whole]
    assert download(address(server), tmp_path / "file.bin", patience=SHORT) == SHA256


def test_a_wrong_checksum_is_refused_and_nothing_kept(server: http.server.ThreadingHTTPServer, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="checksum"):
        download(address(server), tmp_path / "file.bin", sha256_start="0123abcd")
    assert left_behind(tmp_path) == set()


def test_the_checksum_that_a_redirect_names_counts(server: http.server.ThreadingHTTPServer, tmp_path: Path) -> None:
    Handler.answers = [redirect("/elsewhere.bin", linked=SHA256), whole]
    assert download(address(server), tmp_path / "file.bin") == SHA256
    Handler.answers = [redirect("/elsewhere.bin", linked="0" * 64), whole]
    with pytest.raises(UserError, match="checksum"):
        download(address(server), tmp_path / "other.bin")
    assert not (tmp_path / "other.bin").exists()


def test_a_redirect_to_a_file_of_this_machine_is_not_followed(
    server: http.server.ThreadingHTTPServer, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"mine")
    Handler.answers = [redirect(secret.as_uri())]
    with pytest.raises(NoConnectionError):
        download(address(server), tmp_path / "file.bin")
    with pytest.raises(NoConnectionError, match="not an address"):
        download(secret.as_uri(), tmp_path / "file.bin")


def test_what_is_not_there_is_told_apart(server: http.server.ThreadingHTTPServer, tmp_path: Path) -> None:
    Handler.answers = [failing(404)]
    with pytest.raises(NotFoundError):
        download(address(server), tmp_path / "file.bin")


def test_nobody_listens(server: http.server.ThreadingHTTPServer, tmp_path: Path) -> None:
    closed = address(server)
    server.shutdown()
    server.server_close()
    with pytest.raises(NoConnectionError, match="no connection"):
        download(closed, tmp_path / "file.bin")


def test_stopping_keeps_what_has_come(server: http.server.ThreadingHTTPServer, tmp_path: Path) -> None:
    come: list[int] = []
    with pytest.raises(StoppedError):
        download(
            address(server),
            tmp_path / "file.bin",
            progress=lambda done, total: come.append(done),
            should_stop=lambda: bool(come),
        )
    (part,) = left_behind(tmp_path)
    assert (tmp_path / part).stat().st_size == come[-1]


def test_stopping_does_not_wait_for_a_silent_server(server: http.server.ThreadingHTTPServer, tmp_path: Path) -> None:
    Handler.answers = [silent]
    began = time.monotonic()
    with pytest.raises(StoppedError):
        download(address(server), tmp_path / "file.bin", should_stop=lambda: bool(Handler.asked))
    assert time.monotonic() - began < 5


def test_the_proxy_of_the_environment_is_asked(
    server: http.server.ThreadingHTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert download("http://weights.invalid/file.bin", tmp_path / "file.bin") == SHA256
    assert Handler.asked[0][0] == "http://weights.invalid/file.bin"


def test_a_file_being_downloaded_by_another_process_is_not_disturbed(
    server: http.server.ThreadingHTTPServer, tmp_path: Path
) -> None:
    lock = FileLock(tmp_path / ".file.bin.lock")
    assert lock.acquire("another")
    Handler.answers = [half, failing(503)]
    version = hashlib.sha256(b'"v1"').hexdigest()[:12]
    theirs = tmp_path / f".file.bin.{version}.part"
    theirs.write_bytes(b"theirs")
    with pytest.raises(NoConnectionError):
        download(address(server), tmp_path / "file.bin")
    assert left_behind(tmp_path) == {theirs.name}
    assert theirs.read_bytes() == b"theirs"
    lock.release()
