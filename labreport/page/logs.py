"""What a terminal would show, without its colors: carriage returns resolved, very long logs shortened."""

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


def shorten(text: str, head: int, tail: int) -> str:
    """Keep the first `head` and last `tail` lines of a log that is longer than that."""
    lines = text.split("\n")
    omitted = len(lines) - head - tail
    if omitted <= 3:
        return text
    return "\n".join([*lines[:head], f"⋯ {omitted} lines omitted ⋯", *lines[-tail:]])
