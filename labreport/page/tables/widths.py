"""The columns of a table: how wide they are, and parts of a table that is too wide.

Widths are estimated, in characters as wide as small letters and digits are.
"""

import re
from dataclasses import replace
from math import ceil
from unicodedata import east_asian_width

from .grid import Grid

MOST_WIDTH = 40  # of a text: a longer one is broken into lines
LONGEST_WORD = 16  # where columns are narrow: a longer one is broken
SPACE = 3  # around a column
WORD = re.compile(r"[\u2e80-\uffff]|[^\s\u2e80-\uffff]+")  # what is not broken into lines
HALVES = dict.fromkeys(" .,:;'|!ijl", 1) | dict.fromkeys("mw&±+−=<>", 3) | dict.fromkeys("MW@%—…", 4)


def split(table: Grid, width: int) -> list[Grid]:
    """Cut a table of more than `width` characters into column groups, each with the index columns again.

    A header over several columns that a cut goes through is written above both parts.
    """
    widths = [column_width(table, column) for column in range(table.n_columns)]
    n_index = table.n_index()
    if sum(widths) <= width or n_index == table.n_columns:
        return [table]
    index = list(range(n_index))
    room = max(width - sum(widths[:n_index]), 1)
    data = widths[n_index:]
    even = sum(data) / ceil(sum(data) / room)  # parts of about the same width look better than a narrow last one
    groups: list[list[int]] = [[]]
    used = done = 0
    for column, size in enumerate(data, n_index):
        if groups[-1] and (used + size > room or done + size / 2 > even * len(groups)):
            groups.append([])
            used = 0
        groups[-1].append(column)
        used += size
        done += size
    return [pick(table, index + group) for group in groups]


def column_width(table: Grid, column: int) -> int:
    """Of a column whose long texts are broken into lines, with the space around it."""
    return min(max(widths_of(table, column)), MOST_WIDTH) + SPACE


def widths_of(table: Grid, column: int) -> list[int]:
    return [width_of(cell.text) for cell in table.cells if cell.column == column and cell.colspan == 1] or [1]


def width_of(text: str) -> int:
    return max(1, ceil(sum(map(half_widths, text)) / 2))


def half_widths(char: str) -> int:
    if east_asian_width(char) in "WF":
        return 4
    return HALVES.get(char, 3 if char.isupper() else 2)


def shared_widths(table: Grid, width: int) -> list[int] | None:
    """The widths of columns that share one `width`; None where no text has to be broken for it.

    Each has room for its longest word, and what is left goes, bit by bit, to the one with the most lines in a cell.
    """
    texts = [widths_of(table, column) for column in range(table.n_columns)]
    left = width - SPACE * table.n_columns
    if sum(map(max, texts)) <= left:
        return None
    words = [widest_word(table, column) for column in range(table.n_columns)]
    widths = [max(min(word, MOST_WIDTH), min(max(text), LONGEST_WORD)) for word, text in zip(words, texts, strict=True)]
    if sum(widths) > left:
        widths = [min(word, LONGEST_WORD) for word in words]
    lines = [broken_lines(*both) for both in zip(texts, widths, strict=True)]
    for _ in range(left - sum(widths)):
        column = lines.index(max(lines))
        widths[column] += 1
        lines[column] = broken_lines(texts[column], widths[column])
    return [one + SPACE for one in widths]


def widest_word(table: Grid, column: int) -> int:
    """Of a column of numbers, the widest number."""
    if table.numeric[column]:
        return max(widths_of(table, column))
    texts = [cell.text for cell in table.cells if cell.column == column and cell.colspan == 1]
    return max((width_of(word) for text in texts for word in WORD.findall(text)), default=1)


def broken_lines(texts: list[int], width: int) -> tuple[int, int]:
    """The most lines of one of the texts, and those of all of them."""
    lines = [ceil(one / width) for one in texts]
    return max(lines), sum(lines)


def pick(table: Grid, columns: list[int]) -> Grid:
    position = {column: i for i, column in enumerate(columns)}
    cells = []
    for cell in table.cells:
        kept = [position[column] for column in cell.columns if column in position]
        if kept:
            cells.append(replace(cell, column=kept[0], colspan=len(kept)))
    return Grid(cells, table.n_head, table.n_rows, len(columns), table.caption)
