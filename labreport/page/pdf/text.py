"""Plain text in Typst's markup."""

import re


def string(text: str) -> str:
    """A Typst string literal."""
    for plain, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", ""), ("\t", "    ")):
        text = text.replace(plain, escaped)
    return f'"{text}"'


def as_typed(text: str) -> str:
    """The text with an invisible sign inside of what Typst would read as another: `...`, and `-?`, a soft hyphen."""
    return re.sub(r"(?<=\.\.)(?=\.)|(?<=-)(?=\?)", "\u2060", text)


def breakable(text: str, length: int = 60) -> str:
    """The text with zero-width spaces, so that a word longer than a line can be broken."""
    return re.sub(rf"[^\s\u200b\u2e80-\uffff]{{{length}}}(?=\S)", lambda match: match[0] + "\u200b", text)
