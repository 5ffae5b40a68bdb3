"""What a terminal would show, without its colors: carriage returns resolved, very long logs shortened."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from unicodedata import east_asian_width

from ..project.texts import ESCAPE


def terminal_text(text: str) -> str:
    """Apply carriage returns and backspaces as a terminal does, so that a progress bar leaves its last state."""
    lines = ESCAPE.sub("", text).replace("\r\n", "\n").split("\n")
    return "\n".join(overwrite(line).rstrip() for line in lines).strip("\n")


def overwrite(line: str) -> str:
    """One line as it stands at its end; a shorter text leaves the tail of a longer one standing."""
    kept: list[str] = []
    for char in line:
        if char != "\b":
            kept.append(char)
        elif kept:
            kept.pop()
    seen = ""
    for part in "".join(kept).split("\r"):
        seen = part + seen[len(part) :]
    return seen


@dataclass(frozen=True)
class Room:
    """What a page has for a log: rows of so many characters at the beginning of the log and at its end, and at the
    beginning and the end of one long line."""

    width: int
    head: int
    tail: int
    line_head: int
    line_tail: int


def shorten(text: str, room: Room) -> str:
    """The first and last rows of a log and of each line that are longer than their room; what is left out is said."""
    lines = [shorten_line(line, room) for line in text.split("\n")]
    n_rows = [sum(len(rows_of(part, room.width)) for part in line.split("\n")) for line in lines]
    head, tail = fitting(n_rows, room.head), fitting(n_rows[::-1], room.tail)
    n_omitted = len(lines) - head - tail
    if n_omitted <= 0 or sum(n_rows) - room.head - room.tail <= 3:
        return "\n".join(lines)
    return "\n".join([*lines[:head], f"⋯ {n_omitted:,} lines omitted ⋯", *lines[len(lines) - tail :]])


def shorten_line(line: str, room: Room) -> str:
    rows = rows_of(line, room.width)
    between = rows[room.line_head : -room.line_tail]
    if len(between) <= 3:
        return line
    omitted = f"⋯ {sum(map(len, between)):,} characters omitted ⋯"
    return "\n".join(["".join(rows[: room.line_head]), omitted, "".join(rows[-room.line_tail :])])


def fitting(n_rows: Iterable[int], room: int) -> int:
    """How many lines of so many rows there is room for: one at least."""
    return max(1, sum(total <= room for total in accumulate(n_rows)))


def rows_of(line: str, width: int) -> list[str]:
    """The line in rows of a page; wide characters take the room of two."""
    if 2 * len(line) <= width:
        return [line]
    rows, start, room = [], 0, width
    for i, char in enumerate(line):
        size = 2 if east_asian_width(char) in "WF" else 1
        if size > room:
            rows.append(line[start:i])
            start, room = i, width
        room -= size
    return [*rows, line[start:]]
