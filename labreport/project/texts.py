"""Texts of anybody, as a line of a terminal or a page can show them."""

import json
import re
import unicodedata
from collections.abc import Iterable

CONTROL = {"Cc", "Cs", "Zl", "Zp"}  # control characters, halves of characters, breaks of lines
TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # they show a text in another order than it has
# colors, cursor movements, erasures, window titles and what else a terminal takes for a command
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[()][A-Z0-9]|\x1b[=>78]")

# where in the memory an object lay: `<function f at 0x7f…>`, also as HTML writes it
ADDRESS = re.compile(r" (?:at|@) 0x[0-9A-Fa-f]+(?=>|&gt;|, file |: \S+ object|; to )")


def is_line(text: str) -> bool:
    """Whether a text can be shown in one line: no control characters, and nothing that is no text."""
    return not any(unicodedata.category(character) in CONTROL or character in TURNING for character in text)


def printable(text: object, longest: int = 100) -> str:
    """A text on one line, with a mark in place of what cannot be printed or turns the direction of writing."""
    text = str(text)
    text = text if len(text) <= longest else text[: longest - 1] + "…"
    marked = ("\ufffd" if unicodedata.category(char)[0] == "C" and char not in "\n\t" else char for char in text)
    return " ".join("".join(marked).split())


def listed(items: Iterable[object], most: int = 4) -> str:
    """`a, b and 3 more`"""
    items = [printable(item, 120) for item in items]
    rest = f" and {len(items) - most} more" if len(items) > most else ""
    return ", ".join(items[:most]) + rest


def joined(text: object) -> str:
    """A text of a notebook, which its file may hold as a list of lines; other data as JSON."""
    if isinstance(text, list) and all(isinstance(line, str) for line in text):
        return "".join(text)
    return text if isinstance(text, str) else json.dumps(text, sort_keys=True)


def without_addresses(text: str) -> str:
    """The text of an output without what differs each time it is made."""
    return ADDRESS.sub("", text)


def rough_time(seconds: float) -> str:
    """`40 s`, `12 min`, `3 days`"""
    for size, name in ((365 * 86_400.0, "years"), (86_400.0, "days"), (3600.0, "h"), (60.0, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:,.0f} {name}" if seconds < 1e15 else "longer than anyone waits"
    return f"{seconds:.0f} s"


def is_from_the_right(text: str) -> bool:
    """Whether the first letter of a text is of a script that is written from right to left."""
    kinds = (unicodedata.bidirectional(character) for character in text)
    return next((kind for kind in kinds if kind in ("L", "R", "AL")), "L") != "L"


def is_simplified(text: str) -> bool:
    """Whether more characters of a text are only in the mainland's list of common ones than only in Taiwan's."""
    found = {char for char in text if "\u4e00" <= char <= "\u9fff"}
    mainland, taiwan = ({char for char in found if is_listed(char, name)} for name in ("gb2312", "big5"))
    return len(mainland - taiwan) > len(taiwan - mainland)


def is_listed(char: str, encoding: str) -> bool:
    return bool(char.encode(encoding, "ignore"))
