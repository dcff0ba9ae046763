"""What an encoder knows before training: shipped weights, a download, or a file of the user's."""

import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from studio.base.download import PATIENCE, NoConnectionError, NotFoundError, Patience, download
from studio.base.errors import UserError
from studio.base.paths import user_folder
from studio.blocks.encoders import shipped_names
from studio.blocks.model import Model
from studio.engine.encoders import Encoder, EncoderFacts, encoder_facts
from studio.engine.tensors import fill, read_tensors
from studio.jobs.messages import Event, Progressed, WeightsTaken
from studio.runtime.card import WeightsOrigin

MIRROR = "STUDIO_WEIGHTS_MIRROR"  # an environment variable: the address that is asked instead of the public ones
_HUB = "https://huggingface.co"
_PROGRESS_S = 0.2
_OTHERWISE = (
    "Check the network and the proxy settings. Without a network, start from the encoder that comes with the program, "
    "from a weights file, or from nothing."
)


@dataclass(frozen=True)
class Source:
    """Where a file of weights lies, and how its checksum begins, as far as its name says."""

    address: str
    file: str
    sha256_start: str = ""


def load_weights(
    encoder: Encoder,
    model: Model,
    emit: Callable[[Event], None],
    should_stop: Callable[[], bool] = lambda: False,
    patience: Patience = PATIENCE,
) -> WeightsOrigin:
    """Fill the encoder as the recipe's model says; gives what the card says of it. Emits Progressed and Warned.

    Raises UserError when the weights cannot be had or do not fit, StoppedError when somebody asks to stop.
    """
    facts = encoder_facts(model.encoder)
    if model.weights in ("none", "run"):  # a run fills more than the encoder: see `studio.engine.start`
        return WeightsOrigin()
    if model.weights == "file":
        path = Path(model.weights_file).expanduser()
        told = fill(encoder, read_tensors(path), path.name, emit)
        return WeightsOrigin(kind="file", source=path.name, **counts(told))
    if model.weights == "shipped":
        return _load_shipped(encoder, facts, emit)
    return _load_pretrained(encoder, facts, emit, should_stop, patience)


def weights_sources(facts: EncoderFacts, mirror: str = "") -> list[Source]:
    """The places to ask for an encoder's pretrained weights, the best first; empty when nobody published any.

    The safetensors file at the hub comes first: it needs no pickle. A mirror (an address) stands for all of them: it
    answers to the hub's paths, or has the file by its name alone.
    """
    record, sources = facts.pretrained, []
    hub_id, hub_file = record.get("hf_hub_id") or "", record.get("hf_hub_filename") or "model.safetensors"
    if hub_id and hub_file.endswith(".safetensors"):
        file = f"{hub_id.replace('/', '--')}--{hub_file}"
        sources.append(Source(f"{mirror.rstrip('/') or _HUB}/{hub_id}/resolve/main/{hub_file}", file))
    url = record.get("url") or ""
    name = url.rsplit("/", 1)[-1]
    if isinstance(url, str) and re.search(r"\.(pth|pt|safetensors)$", name):
        # As torch's hub names files: NAME-CHECKSUM.pth.
        checksum = re.search(r"-([0-9a-f]{8,64})\.\w+$", name)
        address = f"{mirror.rstrip('/')}/{name}" if mirror else url
        sources.append(Source(address, name, checksum.group(1) if checksum else ""))
    return sources


def _load_shipped(encoder: Encoder, facts: EncoderFacts, emit: Callable[[Event], None]) -> WeightsOrigin:
    shipped = facts.shipped
    if shipped is None:
        names = ", ".join(shipped_names())
        raise UserError(
            f"No weights for {facts.name} come with the program.",
            f"Choose the encoder {names}, or start from pretrained weights." if names else "Start from something else.",
        )
    told = fill(encoder, read_tensors(shipped.weights_file), shipped.weights_file.name, emit)
    return WeightsOrigin(
        kind="shipped",
        source=shipped.weights_file.name,
        licence=shipped.licence,
        citation=shipped.citation,
        **counts(told),
    )


def counts(told: WeightsTaken) -> dict[str, Any]:
    """What was taken, as the card has it."""
    return {"taken": told.taken, "total": told.total, "not_taken": told.not_taken}


def _load_pretrained(
    encoder: Encoder,
    facts: EncoderFacts,
    emit: Callable[[Event], None],
    should_stop: Callable[[], bool],
    patience: Patience,
) -> WeightsOrigin:
    folder = user_folder("cache") / "weights"
    folder.mkdir(exist_ok=True)
    sources = weights_sources(facts, os.environ.get(MIRROR, ""))
    if not sources:
        raise UserError(
            f"Nobody has published weights for {facts.name} in a form that is read here.",
            "Choose another encoder, or start from something else.",
        )
    path, source, sha256 = _fetch(facts, sources, folder, emit, should_stop, patience)
    try:
        tensors = read_tensors(path)
    except UserError as error:
        path.unlink(missing_ok=True)
        raise UserError(
            f"The weights of {facts.name} that were downloaded from {source.address} are damaged and were removed.",
            "Start again: they are downloaded anew.",
        ) from error
    told = fill(encoder, tensors, path.name, emit)
    record = facts.pretrained
    papers = record.get("paper_ids") or ()
    cited = [papers] if isinstance(papers, str) else list(papers)
    return WeightsOrigin(
        kind="pretrained",
        source=source.address,
        tag=record.get("tag") or "",
        licence=record.get("license") or "",
        citation=", ".join([*cited, record.get("origin_url") or ""]).strip(", "),
        sha256=sha256,
        **counts(told),
    )


def _fetch(
    facts: EncoderFacts,
    sources: list[Source],
    folder: Path,
    emit: Callable[[Event], None],
    should_stop: Callable[[], bool],
    patience: Patience,
) -> tuple[Path, Source, str]:
    """The file of the first source that has it, from the cache if it is there; with its checksum if it came now."""
    for source in sources:
        if (folder / source.file).is_file():
            return folder / source.file, source, ""
    deadline = time.monotonic() + patience.answer_s
    problems = []
    for source in sources:
        # Without a network every source is silent: together they take hardly longer than one.
        limit_s = min(patience.answer_s, max(1.0, deadline - time.monotonic()))
        try:
            sha256 = download(
                source.address,
                folder / source.file,
                sha256_start=source.sha256_start,
                progress=_progress(emit),
                should_stop=should_stop,
                patience=replace(patience, answer_s=limit_s),
            )
            return folder / source.file, source, sha256
        except NotFoundError:
            problems.append(f"{source.address} does not exist.")
        except NoConnectionError as error:
            problems.append(f"{source.address}: {error}")
    raise UserError(f"The weights of {facts.name} could not be downloaded. {' '.join(problems)}", _OTHERWISE)


def _progress(emit: Callable[[Event], None]) -> Callable[[int, int | None], None]:
    """Tells of a download a few times a second, in kilobytes: a small file must not stand at 0 of 0."""
    last = 0.0

    def tell(done: int, total: int | None) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _PROGRESS_S or done == total:
            last = now
            emit(Progressed(what="kB of the weights downloaded", done=done // 1000, total=(total or done) // 1000))

    return tell
