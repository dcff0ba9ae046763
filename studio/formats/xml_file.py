"""Reading XML without its traps: no entities, nothing fetched from elsewhere."""

from pathlib import Path
from typing import TYPE_CHECKING

from studio.base.errors import UserError
from studio.formats.text_file import read_bytes
from studio.imaging.refusal import refuse
from studio.imaging.refusal import shown as shown_path

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_AGAIN = "Export it again from the program that wrote it."


def read_xml(path: Path) -> "Element":
    """The root element. Raises UserError that names the line where it breaks, or the trap that it holds."""
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException, ElementTree

    content = read_bytes(path)
    if not content.strip():
        raise refuse(path, "is empty", _AGAIN)
    try:
        root: Element | None = ElementTree.fromstring(content)
    except ParseError as error:
        line, column = error.position
        reason = str(error).rpartition(":")[0]
        message = f"{shown_path(path)} is not valid XML at line {line}, column {column + 1}: {reason}."
        raise UserError(message, _AGAIN) from error
    except DefusedXmlException as error:
        hint = "No annotation program writes such files; do not trust it."
        raise refuse(path, "declares entities, which can be used for attacks", hint) from error
    except (ValueError, LookupError) as error:  # an encoding that is not known, or does not fit
        raise refuse(path, f"is not valid XML: {str(error)[:100].rstrip('.')}", _AGAIN) from error
    except (MemoryError, RecursionError) as error:
        raise refuse(path, "needs more memory than there is", "Export it in parts.") from error
    if root is None:
        raise refuse(path, "is empty", _AGAIN)
    return root


def inner_text(element: "Element", name: str) -> str:
    """The text of an element inside another; "" where there is none."""
    return (element.findtext(name) or "").strip()
