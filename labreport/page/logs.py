"""What a terminal would show: carriage returns resolved, ANSI colors as spans, very long logs shortened."""

import re
from typing import NamedTuple

COLOR = re.compile(r"\x1b\[([0-9;]*)m")
# cursor movements, erasures, window titles and other escapes that a page cannot obey
OTHER_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-ln-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[()][A-Z0-9]|\x1b[=>78]")

# The sixteen named colors, each with a contrast of at least 4.5 on the report's pale backgrounds.
NAMED = [
    *("#282c36", "#b3261e", "#166534", "#7a5c00", "#1f618d", "#7d3c98", "#0e6674", "#5d6d7e"),
    *("#4d5566", "#c0392b", "#1b7a3e", "#7f5f00", "#2166a5", "#8e44ad", "#0f6d80", "#5f6b78"),
]


class Span(NamedTuple):
    """A piece of text in one style; None is the page's own color."""

    text: str
    color: str | None = None
    background: str | None = None
    bold: bool = False

    @property
    def is_plain(self) -> bool:
        return not (self.color or self.background or self.bold)


def terminal_text(text: str) -> str:
    """Apply carriage returns and backspaces as a terminal does, so that a progress bar leaves its last state."""
    lines = OTHER_ESCAPES.sub("", text).replace("\r\n", "\n").split("\n")
    return "\n".join(overwrite(line).rstrip() for line in lines).strip("\n")


def overwrite(line: str) -> str:
    if "\b" in line:
        kept: list[str] = []
        for char in line:
            if char != "\b":
                kept.append(char)
            elif kept:
                kept.pop()
        line = "".join(kept)
    shown = ""
    for part in line.split("\r"):
        if not part:
            continue
        # A shorter text leaves the tail of the longer one standing; colors have no width.
        shorter = len(COLOR.sub("", part)) < len(COLOR.sub("", shown))
        shown = part + shown[len(part) :] if shorter else part
    return shown


def shorten(text: str, head: int, tail: int) -> str:
    """Keep the first `head` and last `tail` lines of a log that is longer than that."""
    lines = text.split("\n")
    omitted = len(lines) - head - tail
    if omitted <= 3:
        return text
    return "\n".join([*lines[:head], f"⋯ {omitted} lines omitted ⋯", *lines[-tail:]])


def spans(text: str) -> list[Span]:
    """Cut a text at its color codes."""
    out, style, start = [], _Style(), 0
    for match in COLOR.finditer(text):
        out.append(style.span(text[start : match.start()]))
        style.apply([int(code or 0) for code in match[1].split(";")])
        start = match.end()
    out.append(style.span(text[start:]))
    return [span for span in out if span.text]


class _Style:
    """The state that color codes change."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.color = self.background = None
        self.bold = self.inverse = False

    def apply(self, codes: list[int]) -> None:
        while codes:
            code = codes.pop(0)
            if code == 0:
                self.reset()
            elif code in (1, 22):
                self.bold = code == 1
            elif code in (7, 27):
                self.inverse = code == 7
            elif code == 38:
                self.color = _extended(codes)
            elif code == 48:
                self.background = _extended(codes)
            elif 30 <= code <= 37 or 90 <= code <= 97:
                self.color = NAMED[code - 30 if code < 90 else code - 82]
            elif 40 <= code <= 47 or 100 <= code <= 107:
                self.background = NAMED[code - 40 if code < 100 else code - 92]
            elif code == 39:
                self.color = None
            elif code == 49:
                self.background = None

    def span(self, text: str) -> Span:
        color, background = self.color, self.background
        if self.inverse:
            color, background = background or "#ffffff", color or "#000000"
        if background:
            return Span(text, ink_on(background), background, self.bold)
        return Span(text, legible(color) if color else None, None, self.bold)


def _extended(codes: list[int]) -> str | None:
    """The color after code 38 or 48: one of 256, or red, green and blue."""
    kind = codes.pop(0) if codes else None
    if kind == 2 and len(codes) >= 3:
        return "#{:02x}{:02x}{:02x}".format(*(min(codes.pop(0), 255) for _ in range(3)))
    if kind != 5 or not codes:
        return None
    n = min(codes.pop(0), 255)
    if n < 16:
        return NAMED[n]
    if n >= 232:
        return "#" + f"{8 + 10 * (n - 232):02x}" * 3
    levels = ((n - 16) // 36, (n - 16) // 6 % 6, (n - 16) % 6)
    return "#" + "".join(f"{55 + 40 * level if level else 0:02x}" for level in levels)


def luminance(color: str) -> float:
    """Relative luminance of "#rrggbb" in [0, 1], as the contrast rules for web content define it."""
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def legible(color: str, paper: float = 0.89, contrast: float = 4.5) -> str:
    """The color, darkened until it has the wanted contrast on a pale background of luminance `paper`."""
    channels = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
    while (paper + 0.05) / (luminance(color) + 0.05) < contrast:
        channels = [int(c * 0.93) for c in channels]
        color = "#{:02x}{:02x}{:02x}".format(*channels)
    return color


def ink_on(background: str) -> str:
    """Black or white, whichever reads better on the background."""
    return "#ffffff" if luminance(background) < 0.179 else "#000000"
