"""How a table's file is written, as settings: the same words for every block that reads one."""

from typing import Any, Literal

from studio.blocks.block import Block, setting

Delimiter = Literal["auto", "comma", "semicolon", "tab", "bar", "space"]
Encoding = Literal[
    "auto", "utf-8", "utf-16", "cp1252", "latin-1", "cp1250", "cp1251", "shift_jis", "gb18030", "big5", "euc_kr"
]
Header = Literal["auto", "yes", "no"]

DELIMITER_WORDS: dict[str, str] = {
    "auto": "Found automatically",
    "comma": "Comma ,",
    "semicolon": "Semicolon ;",
    "tab": "Tab",
    "bar": "Vertical bar |",
    "space": "Spaces",
}
ENCODING_WORDS: dict[str, str] = {
    "auto": "Found automatically",
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Windows, Western Europe (cp1252)",
    "latin-1": "ISO 8859-1 (Latin 1)",
    "cp1250": "Windows, Central Europe (cp1250)",
    "cp1251": "Windows, Cyrillic (cp1251)",
    "shift_jis": "Japanese (Shift JIS)",
    "gb18030": "Simplified Chinese (GB 18030)",
    "big5": "Traditional Chinese (Big5)",
    "euc_kr": "Korean (EUC-KR)",
}
HEADER_WORDS: dict[str, str] = {
    "auto": "Found automatically",
    "yes": "The first line names the columns",
    "no": "The first line is a row like the others",
}


def encoding_setting() -> Any:
    """The field for how letters are stored."""
    return setting(
        "auto",
        title="Encoding",
        help="How letters are stored in the file; change it when umlauts or accents look wrong.",
        words=ENCODING_WORDS,
        more=True,
    )


class TextTable(Block):
    """What every block shares that reads a table of text."""

    delimiter: Delimiter = setting(
        "auto",
        title="Between the cells",
        help="The sign that divides the cells of a line.",
        words=DELIMITER_WORDS,
        more=True,
    )
    encoding: Encoding = encoding_setting()
    header: Header = setting(
        "auto",
        title="First line",
        help="Whether the first line holds the names of the columns.",
        words=HEADER_WORDS,
        more=True,
    )


class SheetTable(TextTable):
    """The same for a table that may also be an Excel file."""

    sheet: str = setting(
        "",
        title="Sheet",
        help="Which sheet of an Excel file to read; empty: the first one.",
        more=True,
    )
