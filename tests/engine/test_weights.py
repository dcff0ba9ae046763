"""What an encoder starts from."""

import hashlib
import http.server
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
import torch
from safetensors.torch import save, save_file

from studio.base.download import Patience, StoppedError
from studio.base.errors import UserError
from studio.blocks.encoders import ShippedEncoder
from studio.blocks.model import Model
from studio.engine import encoders, weights
from studio.engine.encoders import Encoder, create_encoder, encoder_facts
from studio.engine.weights import load_weights, weights_sources
from studio.jobs.messages import Event, Progressed, WeightsTaken

SMALL = "test_resnet"
HUB_PATH = "/timm/test_resnet.r160_in1k/resolve/main/model.safetensors"
MODEL = Model(encoder=SMALL, weights="pretrained")
SHORT = Patience(answer_s=0.5, pause_s=0.3, attempts=2)


class Mirror(http.server.BaseHTTPRequestHandler):
    """A server with some files; a path that it does not know it does not have."""

    files: ClassVar[dict[str, bytes]] = {}
    asked: ClassVar[list[str]] = []
    released: ClassVar[threading.Event] = threading.Event()

    def do_GET(self) -> None:
        self.asked.append(self.path)
        content = self.files.get(self.path)
        if content is None:
            self.send_error(404)
        elif content == b"silence":
            self.released.wait(30)
        else:
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def encoder() -> Encoder:
    torch.manual_seed(0)
    return create_encoder(SMALL, side_px=64)


@pytest.fixture
def published() -> dict[str, torch.Tensor]:
    torch.manual_seed(1)
    return {name: tensor.clone() for name, tensor in create_encoder(SMALL, side_px=64).net.state_dict().items()}


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path / "home"))
    Mirror.files.clear()
    Mirror.asked.clear()
    Mirror.released.clear()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv(weights.MIRROR, address)
    yield address
    Mirror.released.set()
    server.shutdown()
    server.server_close()


def is_filled(encoder: Encoder, state: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(tensor, state[name]) for name, tensor in encoder.net.state_dict().items())


def nobody(event: Event) -> None:
    """Hears that all was taken, and nothing else."""
    assert isinstance(event, WeightsTaken), event
    assert event.taken == event.total, event.not_taken


def test_nothing_stays_nothing(encoder: Encoder) -> None:
    before = {name: tensor.clone() for name, tensor in encoder.net.state_dict().items()}
    assert load_weights(encoder, Model(encoder=SMALL), nobody).kind == "none"
    assert is_filled(encoder, before)


def test_a_file_of_the_user(encoder: Encoder, published: dict[str, torch.Tensor], tmp_path: Path) -> None:
    save_file(published, tmp_path / "mine.safetensors")
    model = Model(encoder=SMALL, weights="file", weights_file=str(tmp_path / "mine.safetensors"))
    origin = load_weights(encoder, model, nobody)
    assert (origin.kind, origin.source) == ("file", "mine.safetensors")
    assert origin.taken == origin.total > 0
    assert is_filled(encoder, published)


def test_shipped_weights_carry_their_licence(
    encoder: Encoder, published: dict[str, torch.Tensor], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Ours(ShippedEncoder):
        @property
        def weights_file(self) -> Path:
            return tmp_path / "ours.safetensors"

    save_file({name: tensor.half() if tensor.is_floating_point() else tensor for name, tensor in published.items()},
              tmp_path / "ours.safetensors")  # fmt: skip
    ours = Ours(name="ours", architecture=SMALL, mean=(0, 0, 0), std=(1, 1, 1), licence="Apache-2.0", citation="us")
    monkeypatch.setattr(encoders, "shipped_encoder", lambda name: ours if name == "ours" else None)
    origin = load_weights(encoder, Model(encoder="ours", weights="shipped"), nobody)
    assert (origin.kind, origin.licence, origin.citation) == ("shipped", "Apache-2.0", "us")
    assert torch.equal(encoder.net.conv1[0].weight, published["conv1.0.weight"].half().float())


def test_an_encoder_that_is_not_shipped_says_so(encoder: Encoder) -> None:
    with pytest.raises(UserError, match=f"No weights for {SMALL} come with the program"):
        load_weights(encoder, Model(encoder=SMALL, weights="shipped"), nobody)


def test_a_download_is_told_kept_and_cited(encoder: Encoder, published: dict[str, torch.Tensor], mirror: str) -> None:
    content = save(published)
    Mirror.files[HUB_PATH] = content
    said: list[Event] = []
    origin = load_weights(encoder, MODEL, said.append)
    assert is_filled(encoder, published)
    *progress, taken = said
    assert isinstance(taken, WeightsTaken)
    assert taken.taken == taken.total == origin.taken == origin.total
    assert all(isinstance(event, Progressed) for event in progress)
    last = progress[-1]
    assert isinstance(last, Progressed)
    assert last.done == last.total == len(content) // 1000
    assert origin.kind == "pretrained"
    assert origin.source == mirror + HUB_PATH
    assert origin.tag == "r160_in1k"
    assert origin.licence == "apache-2.0"
    assert origin.sha256 == hashlib.sha256(content).hexdigest()

    Mirror.asked.clear()
    another = create_encoder(SMALL, side_px=64)
    load_weights(another, MODEL, nobody)
    assert Mirror.asked == []
    assert is_filled(another, published)


def test_the_second_source_is_asked_when_the_first_has_nothing(mirror: str, tmp_path: Path) -> None:
    torch.manual_seed(1)
    published = create_encoder("resnet18", side_px=64)
    torch.save(published.net.state_dict(), tmp_path / "x.pth")
    # timm names the right checksum in the address: another file with that name is refused.
    Mirror.files["/resnet18_a1_0-d63eafa0.pth"] = (tmp_path / "x.pth").read_bytes()
    with pytest.raises(UserError, match="checksum"):
        load_weights(published, Model(encoder="resnet18", weights="pretrained"), lambda event: None)
    assert Mirror.asked == ["/timm/resnet18.a1_in1k/resolve/main/model.safetensors", "/resnet18_a1_0-d63eafa0.pth"]
    folder = tmp_path / "home" / "cache" / "weights"
    assert not [path for path in folder.iterdir() if path.suffix != ".lock"]


def test_weights_that_nobody_has_are_named(encoder: Encoder, mirror: str) -> None:
    with pytest.raises(UserError, match="does not exist") as caught:
        load_weights(encoder, MODEL, nobody)
    assert SMALL in caught.value.message
    assert "encoder that comes with the program" in caught.value.hint


def test_a_damaged_download_is_removed(encoder: Encoder, mirror: str, tmp_path: Path) -> None:
    Mirror.files[HUB_PATH] = b"<html>Please log in</html>" * 100
    with pytest.raises(UserError, match="damaged and were removed"):
        load_weights(encoder, MODEL, lambda event: None)
    assert not list((tmp_path / "home" / "cache" / "weights").glob("*.safetensors"))


def test_silence_ends_soon_and_names_a_way_out(encoder: Encoder, mirror: str) -> None:
    Mirror.files[HUB_PATH] = b"silence"
    began = time.monotonic()
    with pytest.raises(UserError, match="did not answer") as caught:
        load_weights(encoder, MODEL, nobody, patience=SHORT)
    assert time.monotonic() - began < 5
    assert caught.value.hint


def test_stopping_ends_a_download(encoder: Encoder, mirror: str) -> None:
    Mirror.files[HUB_PATH] = b"silence"
    with pytest.raises(StoppedError):
        load_weights(encoder, MODEL, nobody, should_stop=lambda: bool(Mirror.asked))


def test_all_sources_together_are_not_much_more_patient_than_one(
    monkeypatch: pytest.MonkeyPatch, mirror: str, tmp_path: Path
) -> None:
    monkeypatch.delenv(weights.MIRROR)
    waited: list[float] = []

    def no_network(address: str, target: Path, *, patience: Patience, **_: object) -> str:
        waited.append(patience.answer_s)
        clock[0] += patience.answer_s
        raise weights.NoConnectionError("there is no connection.")

    clock = [100.0]
    monkeypatch.setattr(weights, "download", no_network)
    monkeypatch.setattr(weights.time, "monotonic", lambda: clock[0])
    with pytest.raises(UserError, match=r"huggingface\.co.*github\.com"):
        load_weights(create_encoder("resnet18", side_px=64), Model(encoder="resnet18", weights="pretrained"), nobody)
    assert len(waited) == 2
    assert sum(waited) <= 10


def test_sources_are_the_published_ones() -> None:
    hub, release = weights_sources(encoder_facts("resnet18"))
    assert hub.address == "https://huggingface.co/timm/resnet18.a1_in1k/resolve/main/model.safetensors"
    assert release.address.startswith("https://github.com/")
    assert (release.file, release.sha256_start) == ("resnet18_a1_0-d63eafa0.pth", "d63eafa0")
    only_hub = weights_sources(encoder_facts("vit_tiny_patch16_224"))  # its other file is in a format of numpy's
    assert [source.file for source in only_hub] == [
        "timm--vit_tiny_patch16_224.augreg_in21k_ft_in1k--model.safetensors"
    ]
    assert {source.address for source in weights_sources(encoder_facts("resnet18"), "http://mirror/x/")} == {
        "http://mirror/x/timm/resnet18.a1_in1k/resolve/main/model.safetensors",
        "http://mirror/x/resnet18_a1_0-d63eafa0.pth",
    }


def test_an_encoder_without_published_weights_says_so(mirror: str) -> None:
    name = "resnet50_mlp"
    assert weights_sources(encoder_facts(name)) == []
    with pytest.raises(UserError, match="Nobody has published weights"):
        load_weights(create_encoder(name, side_px=64), Model(encoder=name, weights="pretrained"), nobody)
