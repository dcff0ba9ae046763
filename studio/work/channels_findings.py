"""Whether the pictures have the channels that the recipe wants, seen from the headers of some of them."""

from pathlib import Path

from studio.base.errors import UserError
from studio.base.wording import count_words
from studio.blocks.table import DataTable, Finding
from studio.blocks.transforms.channels import Channels
from studio.imaging.decode import ImageHeader, read_header

LOOKED_AT = 100  # evenly over all: the data's health looks at every one


def channels_findings(block: Channels, table: DataTable) -> list[Finding]:
    """What a person should know about the channels, with this data; each names a picture."""
    headers = _headers(table)
    if not headers:
        return []
    if block.read_as != "stored":
        return _without_colours(headers)
    others = {name: header for name, header in headers.items() if header.channels != block.count}
    found = []
    if others:
        name, header = next(iter(others.items()))
        message = (
            f"{name} has {count_words(header.channels, 'channel')}, not {block.count}: such pictures are left out "
            f"({len(others)} of {count_words(len(headers), 'picture')} that were looked at)."
        )
        hint = "Set how many channels there are, or let all be seen as colour or grey."
        found.append(Finding("error" if len(others) == len(headers) else "warning", message, hint, "count"))
    deep = next((name for name, header in headers.items() if header.depth_bits > block.depth_bits), None)
    if deep is not None:
        message = f"{deep} has 16 bits: they are shortened to 8, which measured values may not stand."
        found.append(Finding("warning", message, "Choose 16 bits.", "depth"))
    return found


def _without_colours(headers: dict[str, ImageHeader]) -> list[Finding]:
    """Files whose channels are not known to be colours, and measured values that 8 bits make coarse."""
    unknown = {name: header for name, header in headers.items() if header.is_stack and header.channels not in (1, 3)}
    unknown = {name: header for name, header in unknown.items() if header.format == "TIFF"}
    if unknown:
        name, header = next(iter(unknown.items()))
        message = (
            f"{name} has {count_words(header.channels, 'channel')}: seen as colours, all but the first few are lost, "
            f"or it cannot be read at all ({len(unknown)} of {count_words(len(headers), 'picture')} looked at)."
        )
        return [Finding("warning", message, "Add the transform 'Channels', which lets the model see all of them.")]
    deep = next((name for name, header in headers.items() if header.depth_bits > 8), None)
    if deep is None:
        return []
    message = f"{deep} has 16 bits: the model sees the upper 8 of them."
    return [Finding("info", message, "Add the transform 'Channels' to keep all of them.")]


def _headers(table: DataTable) -> dict[str, ImageHeader]:
    """Of some pictures, by name; those that cannot be read are told elsewhere."""
    headers = {}
    for row in table.rows[:: max(1, len(table.rows) // LOOKED_AT)]:
        try:
            headers[row.image] = read_header(Path(table.root) / row.image)
        except UserError:
            continue
    return headers
