"""What pages and actions may ask of the window."""

from collections.abc import Callable
from typing import Any, Protocol

from studio.app.actions import Ui


class SampleProgress(Protocol):
    """How far the drawing of the sample is: Qt signals, and a way to end it."""

    began: Any
    went_on: Any
    ended: Any

    @property
    def is_busy(self) -> bool:
        """Whether it is being drawn now."""

    def cancel(self) -> None:
        """Give the drawing up."""


class WindowUi(Ui, Protocol):
    """The window, as a page sees it."""

    @property
    def sample(self) -> SampleProgress:
        """The drawing of the sample."""

    def attempt(self, function: Callable[[], Any]) -> bool:
        """Run it; a UserError is shown on the page, anything else is logged and shown once. True when it went well."""

    def remember(self, key: str, default: Any) -> Any:
        """A small thing kept from the last time: a panel's width, a hidden sentence."""

    def keep(self, key: str, value: Any) -> None:
        """Keep a small thing for the next time; `value` must be JSON."""
