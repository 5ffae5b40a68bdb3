"""The settings of a report: one table of the values that its chapters were run with."""

from collections.abc import Sequence

from ..project.parameter_table import Row
from .document import Fragment
from .tables.grid import Grid, GridCell

LARGE = 1e6  # from here on a number is written in powers of ten


def settings_table(chapters: Sequence[tuple[Fragment, Sequence[Row]]], words: dict[str, str]) -> Grid:
    """The rows of each chapter below its title. A default stands where the value is another; no column if none is."""
    differ = any(row.changed for _, rows in chapters for row in rows)
    columns = ["name", "meaning", "value", *["default"] * differ]
    cells = [GridCell(words[f"setting_{column}"], 0, i, is_header=True) for i, column in enumerate(columns)]
    n_rows = 1
    for title, rows in chapters:
        cells.append(GridCell(title.text, n_rows, 0, colspan=len(columns), is_header=True, prose=title))
        n_rows += 1
        for row in rows:
            default = setting_words(row.default) if row.changed else ""
            texts = [row.name, row.meaning, setting_words(row.value), *[default] * differ]
            cells += [GridCell(text, n_rows, i, is_header=i == 0) for i, text in enumerate(texts)]
            n_rows += 1
    table = Grid(cells, n_head=1, n_rows=n_rows, n_columns=len(columns), wraps=True)
    table.numeric = [False] * len(columns)  # a column of numbers in one chapter holds texts in the next
    return table


def shared_rows(chapters: Sequence[Sequence[Row]]) -> list[Row]:
    """What several chapters were run with, and every chapter that has it with the same value."""
    found: dict[str, list[Row]] = {}
    for row in (row for rows in chapters for row in rows):
        found.setdefault(row.name, []).append(row)
    return [rows[0] for rows in found.values() if len(rows) > 1 and all(row == rows[0] for row in rows)]


def setting_words(value: object) -> str:
    """A value as a reader writes it: 10,000, 10⁻⁵, half MSE, yes, and "0.1, 1" for several."""
    if isinstance(value, tuple | list):
        return ", ".join(map(setting_words, value)) or "none"
    from labkit.words import LOSSES, value_word  # only here: pages can be made where numpy is missing

    if value is None or isinstance(value, bool):
        return {None: "none", True: "yes", False: "no"}[value]
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer() and abs(value) < LARGE):
        return f"{int(value):,}"
    loss = LOSSES.get(value, "").partition(",")[0]  # without its unit
    return loss or value_word(value)
