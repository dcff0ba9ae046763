"""A setting that leaves nothing to do for a block."""

from studio.base.errors import UserError
from studio.blocks.table import Finding


class BadSetting(Exception):
    """Leaves a builder with the one finding that says what is wrong, and with which setting."""

    def __init__(self, message: str, hint: str, field: str) -> None:
        super().__init__(message)
        self.finding = Finding("error", message, hint, field)

    @classmethod
    def of(cls, error: UserError, field: str) -> "BadSetting":
        """The same words, and the setting that they are about."""
        return cls(error.message, error.hint, field)
