"""Tables: what a reader sees against the CSV file of its numbers, and two tables against each other."""

import re
from collections.abc import Iterator

from ..reading.cells import Output
from ..reading.numbers import TOKEN, deviation, explained, numbers

MEASURED = re.compile(r"\b(seconds?|ms|µs|milliseconds|microseconds)\b|PyTorch / labkit")
DIGITS = 3  # a number of fewer is soon found among a row of others
CSV_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


def measured_columns(head: list[list[str]]) -> set[int]:
    """The columns of measured time, which no two builds share, by the words above them."""
    return {column for row in head for column, text in enumerate(row) if MEASURED.search(text)}


def body(output: Output) -> list[list[str]]:
    return output.grid[output.n_head :]


def unexplained(output: Output, rows: list[list[str]]) -> list[str]:
    """The texts of a table whose numbers are not those of the same row of its CSV file, rounded.

    A table may show what its CSV does not hold, so a column is held against the CSV only where most of its cells agree
    with it, and not by chance: by all their numbers, or by the first, where a spread follows that the CSV lacks.
    """
    shown = body(output)
    if output.n_head != 1 or len(shown) != len(rows) - 1:
        return []  # rows of the two do not correspond one to one
    values = [[value for text in row for value in csv_numbers(text)] for row in rows[1:]]
    found = []
    for column in zip(*shown, strict=True):
        told = [(text, known) for text, known in zip(column, values, strict=True) if TOKEN.match(text)]
        for first in (False, True):
            agree = [
                explained(TOKEN.match(text)[0] + percent_sign(text) if first else text, known) for text, known in told
            ]
            telling = [yes and n_digits(text) >= DIGITS for yes, (text, _) in zip(agree, told, strict=True)]
            if 2 * sum(agree) > len(told) and 3 * sum(telling) >= len(told):
                found += [text for yes, (text, _) in zip(agree, told, strict=True) if not yes]
    return list(dict.fromkeys(found))


def n_digits(text: str) -> int:
    """Significant digits of the first number of a text."""
    return len(re.sub(r"\D", "", re.split("[e×]", TOKEN.match(text)[0])[0]).lstrip("0"))


def percent_sign(text: str) -> str:
    return "%" if "%" in text else ""


def csv_numbers(text: str) -> list[float]:
    """The numbers of a CSV field: one, or those of a text such as (10, 10) or "97.5 %"."""
    exact = [float(token) for token in CSV_NUMBER.findall(text[:2000]) if len(token) < 40]
    return exact + [number.value for number in numbers(text)]


def differing_texts(mine: list[list[str]], theirs: list[list[str]], n_head: int) -> Iterator[tuple[str, str, float]]:
    """Their text, ours, and how far apart, as a multiple of the tolerance, for each cell that is not the same."""
    if len(mine) != len(theirs):
        yield f"{len(theirs)} rows", f"{len(mine)} rows", float("inf")
        return
    skipped = measured_columns(mine[:n_head])
    for ours, others in zip(mine, theirs, strict=True):
        if len(ours) != len(others):
            yield f"{len(others)} columns", f"{len(ours)} columns", float("inf")
            return
        for column, (a, b) in enumerate(zip(ours, others, strict=True)):
            if a != b and column not in skipped:
                yield b, a, deviation(a, b)


def n_numbers(grid: list[list[str]]) -> int:
    return sum(len(numbers(text)) for row in grid for text in row)
