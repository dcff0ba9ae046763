"""Whose fault it is: a UserError can be mended by the user, everything else is a bug of ours."""


class UserError(Exception):
    """Something the user can mend: `message` says what is wrong and where, `hint` what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message


class Bug(Exception):
    """A broken promise of our own code; logged and shown once, never fatal to the window."""
