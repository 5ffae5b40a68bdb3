"""A table: the numbers, which go into a CSV file, and the texts that a reader sees."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from .. import observer
from ..display import captioned, show_output
from ..plain_tables import to_html, to_text
from ..rounding import significant


@dataclass(frozen=True)
class Table:
    """`values` for the CSV and `texts` for the reader, row by row; its caption ends in `note`.

    `unsolved` names the rows in which an exercise is not solved.
    """

    values: pd.DataFrame
    texts: pd.DataFrame
    note: str = ""
    unsolved: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return to_text(self.texts)

    def _repr_html_(self) -> str:
        return to_html(self.texts)


def tabulated(make: Callable) -> Callable:
    """Let a function that makes a Table show it where it is given a caption, see `captioned`. Its label names its CSV
    file as well."""
    return captioned(make, show)


def show(
    table: Table | pd.DataFrame, *, caption: str, label: str | None = None, when: bool = True, digits: int = 4
) -> None:
    """Display a table with its caption; see `tabulated`. The numbers of a DataFrame are shown to so many digits.

    In a build, the numbers are written to LABEL.csv as well.
    """
    if isinstance(table, pd.DataFrame):
        table = Table(table, table.map(lambda v: significant(v, digits) if isinstance(v, float) else str(v)))
    caption = f"{caption} {table.note}" if table.note and caption else caption
    data = {"text/html": to_html(table.texts), "text/plain": repr(table)}
    show_output(data, "table", caption, label=label, when=when, unsolved=table.unsolved)
    observer.current.table(csv_name(label, caption), table.values)


def csv_name(label: str | None, caption: str) -> str:
    """The file of a table's numbers: LABEL.csv, or after the beginning of its caption."""
    return re.sub(r"\W+", "-", label or caption.lower())[:60].strip("-") + ".csv"
