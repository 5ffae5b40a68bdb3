"""What a terminal would show, without its colors: carriage returns resolved, very long logs shortened."""

from collections.abc import Iterator
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


def shorten(text: str, head: int, tail: int, width: int) -> str:
    """Keep the first `head` and last `tail` rows of a log that is longer than that, and say how much was left out.

    A line longer than `width` characters is several rows, as on the page: one endless line is a long log too.
    """
    rows = list(page_rows(text, width))
    if len(rows) - head - tail <= 3:
        return text
    start, end = sum(map(len, rows[:head])), len(text) - sum(map(len, rows[len(rows) - tail :]))
    omitted = text[start:end]
    whole_lines = text[start - 1] == "\n" and omitted.endswith("\n")
    what = f"{omitted.count(chr(10)):,} lines" if whole_lines else f"{len(omitted):,} characters"
    return "\n".join([text[:start].removesuffix("\n"), f"⋯ {what} omitted ⋯", text[end:]])


def page_rows(text: str, width: int) -> Iterator[str]:
    """The text in rows of a page, each with the end of its line; wide characters take the room of two."""
    for line in text.splitlines(keepends=True):
        row, room = "", width
        for char in line:
            size = 2 if east_asian_width(char) in "WF" else 1
            if size > room and char != "\n":
                yield row
                row, room = "", width
            row += char
            room -= size
        yield row
