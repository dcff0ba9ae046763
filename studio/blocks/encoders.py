"""The encoders that the window offers, read without torch; any other of timm's names works as well."""

import functools
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from studio.base.errors import Bug
from studio.base.paths import resources


class ListedEncoder(BaseModel):
    """One line of the list: what somebody who chooses wants to know."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    name: str
    title: str
    parameters_m: float  # millions, without the classifier
    weights_mb: float  # what a download takes, or what lies on the disk
    licence: str
    about: str
    shipped: bool = False


class ShippedEncoder(BaseModel):
    """An encoder whose weights come with the program: NAME.json beside NAME.safetensors."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    name: str
    architecture: str
    mean: tuple[float, ...]
    std: tuple[float, ...]
    licence: str = ""
    citation: str = ""

    @property
    def weights_file(self) -> Path:
        return _folder() / f"{self.name}.safetensors"


@functools.cache
def listed_encoders() -> list[ListedEncoder]:
    """The list in the order in which it is shown: small ones first. A shipped one only where its weights are."""
    text = (_folder() / "encoders.json").read_bytes()
    shipped = shipped_names()
    listed = TypeAdapter(list[ListedEncoder]).validate_json(text)
    return [encoder for encoder in listed if not encoder.shipped or encoder.name in shipped]


def shipped_encoder(name: str) -> ShippedEncoder | None:
    """The facts of an encoder that comes with the program; None for every other name."""
    if not name.isidentifier():  # a name is looked up as a file here, and may be anything that somebody wrote
        return None
    try:
        return ShippedEncoder.model_validate_json((_folder() / f"{name}.json").read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError as error:
        if name == "encoders":
            return None
        raise Bug(f"resources/encoders/{name}.json is not right: {error}") from error


def shipped_names() -> list[str]:
    """The names of the encoders that come with the program."""
    return sorted(path.stem for path in _folder().glob("*.safetensors"))


def _folder() -> Path:
    return resources() / "encoders"
