"""Evidence that a data set is about texts, which the program does not learn from yet: that is said clearly."""

from studio.base.errors import UserError
from studio.base.wording import count_words
from studio.work.guess.listing import Listing
from studio.work.guess.table_columns import Column, read_columns
from studio.work.tables.read import read_table

TABLES_READ = 5
HINT = "Choose a folder with pictures, or a table that names pictures."


def refuse_texts(listing: Listing, named: str = "") -> None:
    """Raise UserError where the tables, or the text files, hold sentences instead of names of pictures."""
    for name in [named] if named else listing.tables[:TABLES_READ]:
        try:
            table = read_table(listing.root / name)
        except UserError:
            if named:
                raise
            continue
        columns = read_columns(table.columns, table.rows, -1)
        text = next((column for column in columns if column.is_text), None)
        if text is not None:
            labels = _labels(columns, text)
            raise UserError(
                f"{name} holds {count_words(len(table.rows), 'text')} in the column '{text.name}'{labels}. "
                "Texts: not yet. This program learns from pictures.",
                HINT,
            )
    if listing.texts and not listing.videos and not listing.archives:
        raise UserError(
            f"No pictures were found in {listing.root}, but {count_words(len(listing.texts), 'text file')}. "
            "Texts: not yet. This program learns from pictures.",
            HINT,
        )


def _labels(columns: list[Column], text: Column) -> str:
    label = next(
        (column for column in columns if column is not text and column.is_class and not column.says_part), None
    )
    return f", with labels in '{label.name}'" if label is not None else ""
