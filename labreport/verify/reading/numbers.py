"""Numbers in texts: found, and compared within a tolerance that is each number's own."""

import math
import re
from dataclasses import dataclass, field

# What another machine may change. Of 601 runs of the labs, trained once with AVX-512 and once with SSE alone, half of
# the losses differed by less than 2e-7 of their value, nine in ten by less than 0.1 %, and nine in ten accuracies and
# all epochs were the same. The others differ by anything: training had magnified the last bit.
LOSS_SHARE, LOSS_LEAST, ACCURACY = 1e-3, 1e-5, 2e-3
TOLERANCE = "losses 0.1 % or 0.00001, accuracies 0.2 points, epochs and counts the same"

TOKEN = re.compile(r"(?<![\w.])[-−+]?(?:\d[\d,]*(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+|×10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?")
PERCENT = re.compile(r"(?:\s?[–-]\s?[\d.]+)?\s?%")  # behind a number, or behind the range that it begins
POWERS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")
WORDS = {"million": 1e6, "billion": 1e9, "trillion": 1e12}


@dataclass(frozen=True)
class WrittenNumber:
    """A number as it is written, and half a unit of its last digit. A whole one that is no percentage is a count."""

    value: float
    half: float
    is_percent: bool
    text: str = field(default="", compare=False)

    @property
    def is_count(self) -> bool:
        return self.half == 0.5 and not self.is_percent

    def distance(self, other: "WrittenNumber") -> float:
        """How far another machine's number lies from this one, as a multiple of the tolerance; counts are exact."""
        if self.is_count:
            return 0.0 if other == self else math.inf
        allowed = 100 * ACCURACY if self.is_percent else LOSS_SHARE * abs(self.value)
        return abs(self.value - other.value) / (allowed + 2 * self.half)


def numbers(text: str) -> list[WrittenNumber]:
    """The numbers of a text for readers: 1,234 and 97.5 % and −3.2×10⁻⁵ and 5.67 million."""
    found = []
    for match in TOKEN.finditer(text):
        digits = match[0].replace(",", "").translate(POWERS).replace("×10", "e")
        mantissa, _, power = digits.lower().partition("e")
        if len(mantissa) > 30 or len(power) > 5:
            continue
        scale = 10.0 ** max(-300, min(300, int(power or 0)))
        behind = text[match.end() : match.end() + 20]
        word = re.match(r"\s(million|billion|trillion)\b", behind)
        scale *= WORDS[word[1]] if word else 1
        decimals = len(mantissa.partition(".")[2])
        half = 0.5 * 10.0**-decimals * scale
        found.append(WrittenNumber(float(mantissa) * scale, half, bool(PERCENT.match(behind)), match[0]))
    return found


def skeleton(text: str) -> str:
    """The text with a mark in place of each number."""
    return TOKEN.sub("#", text)


def deviation(mine: str, theirs: str) -> float:
    """How far the numbers of two texts lie apart, as a multiple of the tolerance of each number as it is written here;
    infinite where the words differ."""
    if mine == theirs:
        return 0.0
    if len(theirs) > 2 * len(mine) + 1000:  # no run of the same cell, and no time is spent on it
        return math.inf
    ours, others = numbers(mine), numbers(theirs)
    if skeleton(mine) != skeleton(theirs) or len(ours) != len(others):
        return math.inf
    return max((a.distance(b) for a, b in zip(ours, others, strict=True)), default=math.inf)
