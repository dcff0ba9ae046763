"""What the program remembers of its user, across projects: one file in the user's configuration folder."""

import getpass
import logging
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from studio.base.errors import UserError
from studio.base.files import write_atomically
from studio.base.paths import user_folder

log = logging.getLogger(__name__)
RECENT_PROJECTS = 10
MOST_CHANNELS_SHOWN = 16


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # no such user on this machine: containers
        return "me"


class Settings(BaseModel):
    """Titles and descriptions are the settings dialog's words."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    theme: Literal["system", "light", "dark"] = Field(
        "system", title="Colours", description="Light, dark, or as the system has it."
    )
    author: str = Field(
        default_factory=_login_name,
        title="Your name",
        description="Stands beside every label that you make.",
        min_length=1,
    )
    channel_shown: int = Field(
        0,
        title="Pictures with many channels",
        description="Which channel of them is shown, or the first three as red, green and blue. For your eyes only: a "
        "model sees what its recipe says.",
        ge=0,
        le=MOST_CHANNELS_SHOWN,
    )
    recent_projects: tuple[str, ...] = ()
    window: dict[str, Any] = {}


def _file() -> Path:
    return user_folder("config") / "settings.json"


def load_settings() -> Settings:
    """The saved settings; the defaults where there are none or they are damaged."""
    try:
        return Settings.model_validate_json(_file().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError, ValidationError):
        log.warning("The settings in %s are damaged; the defaults are used.", _file())
        return Settings()


def save_settings(settings: Settings) -> None:
    """Keep the settings. A disk that is full or read-only costs the settings, not the work."""
    try:
        write_atomically(_file(), settings.model_dump_json(indent=2).encode())
    except UserError as error:
        log.warning("%s", error.message)


def with_recent(settings: Settings, project: Path) -> Settings:
    """The settings with this project first in the list of recent ones."""
    others = [path for path in settings.recent_projects if path != str(project)]
    return settings.model_copy(update={"recent_projects": (str(project), *others)[:RECENT_PROJECTS]})
