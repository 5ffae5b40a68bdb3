"""Texts in columns for a terminal: aligned, broken between words where the screen is narrow, and never cut."""

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from unicodedata import east_asian_width

GAP = "  "
PIECE = re.compile(r"\s+|[\u2e80-\uffff]|[^\s\u2e80-\uffff]+")  # lines are broken between these: spaces, 字, words


def screen_width(text: str) -> int:
    """The columns that a text takes on the screen: Chinese characters take two."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def needed(rows: Sequence[Sequence[str]]) -> int:
    """The columns of the screen in which `rows` stand without a line being broken."""
    widths = [max(map(screen_width, column)) for column in zip(*rows, strict=True)]
    return sum(widths) + len(GAP) * (len(widths) - 1)


def aligned_lines(rows: Sequence[Sequence[str]], width: int) -> Iterator[list[str]]:
    """The lines of each row, within `width` columns of the screen if no words are too long for that."""
    columns = list(zip(*rows, strict=True))
    # no name is broken: a column has at least its longest word, and more where there is room
    words = [max(screen_width(piece) for text in column for piece in ["", *PIECE.findall(text)]) for column in columns]
    wishes = [max(map(screen_width, column)) - least for column, least in zip(columns, words, strict=True)]
    room = width - len(GAP) * (len(columns) - 1) - sum(words)
    widths = [sum(pair) for pair in zip(words, shared(wishes, max(room, 0)), strict=True)]
    for row in rows:
        parts = [broken(text, size) for text, size in zip(row, widths, strict=True)]
        lines = zip_longest(*parts, fillvalue="")
        yield [GAP.join(padded(text, size) for text, size in zip(line, widths, strict=True)).rstrip() for line in lines]


def shared(wishes: Sequence[int], room: int) -> list[int]:
    """What each gets of `room`: the smaller wishes are granted, the others have equal parts of the rest."""
    given: dict[int, int] = {}
    for i in sorted(range(len(wishes)), key=lambda i: wishes[i]):
        given[i] = min(wishes[i], (room - sum(given.values())) // (len(wishes) - len(given)))
    return [given[i] for i in range(len(wishes))]


def broken(text: str, size: int) -> list[str]:
    """Lines of a text of at most `size` columns of the screen, or of one longer word."""
    lines = [""]
    for piece in PIECE.findall(text):
        if lines[-1] and screen_width(lines[-1] + piece) > size:
            lines.append("")
        lines[-1] += piece if lines[-1] or not piece.isspace() else ""
    return [line.rstrip() for line in lines]


def padded(text: str, size: int) -> str:
    return text + " " * (size - screen_width(text))
