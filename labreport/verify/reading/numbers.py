"""Numbers in texts: found, compared within a tolerance, and traced to the values that they were rounded from."""

import math
import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# What another platform may change: its last bits grow as training goes on.
LOSS_SHARE, LOSS_LEAST, ACCURACY = 0.01, 1e-4, 0.01
TOLERANCE = "losses 1 % or 0.0001, accuracies one point, epochs 1 % or 2"

TOKEN = re.compile(r"(?<![\w.])[-−+]?(?:\d[\d,]*(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+|×10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?")
POWERS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")
WORDS = {"million": 1e6, "billion": 1e9, "trillion": 1e12}
LONGEST = 20_000  # characters of a cell in which numbers are looked for


@dataclass(frozen=True)
class WrittenNumber:
    """A number as it is written, and half a unit of its last digit."""

    value: float
    half: float


def numbers(text: str) -> list[WrittenNumber]:
    """The numbers of a text for readers: 1,234 and 97.5 % and −3.2×10⁻⁵ and 5.67 million."""
    found = []
    for match in TOKEN.finditer(text[:LONGEST]):
        digits = match[0].replace(",", "").translate(POWERS).replace("×10", "e")
        mantissa, _, power = digits.lower().partition("e")
        if len(mantissa) > 30 or len(power) > 5:
            continue
        scale = 10.0 ** max(-300, min(300, int(power or 0)))
        word = re.match(r"\s(million|billion|trillion)\b", text[match.end() : match.end() + 10])
        scale *= WORDS[word[1]] if word else 1
        decimals = len(mantissa.partition(".")[2])
        found.append(WrittenNumber(float(mantissa) * scale, 0.5 * 10.0**-decimals * scale))
    return found


def skeleton(text: str) -> str:
    """The text with a mark in place of each number."""
    return TOKEN.sub("#", text)


def explained(text: str, values: Iterable[float]) -> bool:
    """Whether every number of a text is one of the values, rounded, whatever its sign; beside a % also a hundredth."""
    known = [abs(value) for value in values if math.isfinite(value)]
    known = sorted(known + [100 * value for value in known] if "%" in text else known)
    return all(has_rounded(known, abs(number.value), number.half) for number in numbers(text))


def has_rounded(known: Sequence[float], value: float, half: float) -> bool:
    """Whether a sorted list has a value that is written as `value`."""
    around = half * 1.001 + 1e-9 * value
    place = bisect_left(known, value - around)
    return place < len(known) and known[place] <= value + around


def deviation(mine: str, theirs: str) -> float:
    """How far the numbers of two texts lie apart, as a multiple of the tolerance; infinite where the words differ."""
    ours, others = numbers(mine), numbers(theirs)
    if skeleton(mine) != skeleton(theirs) or len(ours) != len(others):
        return math.inf
    least = 100 * ACCURACY if "%" in mine else LOSS_LEAST
    distances = [0.0]
    for a, b in zip(ours, others, strict=True):
        allowed = max(least, LOSS_SHARE * max(abs(a.value), abs(b.value))) + a.half + b.half
        distances.append(abs(a.value - b.value) / allowed)
    return max(distances)
