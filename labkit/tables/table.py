"""A table: the numbers, which go into a CSV file, and the texts that a reader sees."""

import re
from dataclasses import dataclass

import pandas as pd

from .. import observer
from ..display import show_output
from ..plain_tables import to_html
from ..rounding import significant


@dataclass(frozen=True)
class Table:
    """`values` for the CSV and `texts` for the reader, row by row; `best` is the position of the row to emphasize."""

    values: pd.DataFrame
    texts: pd.DataFrame
    best: int | None = None

    def __repr__(self) -> str:
        return self.texts.to_string()

    def _repr_html_(self) -> str:
        return to_html(self.texts, self.best)


def show(table: Table | pd.DataFrame, *, caption: str, label: str | None = None, digits: int = 4) -> None:
    """Display a table with its caption (Markdown, says what was found). A DataFrame is shown to so many digits.

    In a build, the numbers are written to LABEL.csv as well.
    """
    if isinstance(table, pd.DataFrame):
        table = Table(table, table.map(lambda v: significant(v, digits) if isinstance(v, float) else str(v)))
    data = {"text/html": to_html(table.texts, table.best), "text/plain": repr(table)}
    show_output(data, "table", caption, label=label)
    observer.current.table(csv_name(label, caption), table.values)


def csv_name(label: str | None, caption: str) -> str:
    """The file of a table's numbers: LABEL.csv, or after the beginning of its caption."""
    return re.sub(r"\W+", "-", label or caption.lower())[:60].strip("-") + ".csv"
