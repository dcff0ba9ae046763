"""Regular expressions as settings: text that is known to be one."""

import re
from typing import Annotated

from pydantic import AfterValidator


def _compiles(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        place = "" if error.pos is None else f" at character {error.pos + 1}"
        raise ValueError(f"This is no regular expression: {error.msg}{place}.") from error
    return text


# May be empty. A setting of this type is refused in the form as soon as it cannot be read.
Expression = Annotated[str, AfterValidator(_compiles)]
