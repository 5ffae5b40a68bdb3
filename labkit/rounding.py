"""Numbers as text, rounded as their spread allows: two significant digits of it, and the value to the same place."""

from collections.abc import Sequence
from math import floor, isfinite, log10

import numpy as np

LOW, HIGH = 0.1, 0.9  # the quantiles between which "10 to 90 %" of the runs lie
MOST = 5  # significant digits of a median, however little its runs spread


def decimals_of(spread: float, value: float, digits: int = 2) -> int:
    """Decimals that show `digits` significant digits of the spread, or four of the value where nothing spreads."""
    scale, digits = (spread, digits) if spread > 0 and isfinite(spread) else (abs(value), 4)
    if scale == 0 or not isfinite(scale):
        return 0
    return max(0, digits - 1 - floor(log10(scale)))


def number_text(value: float, decimals: int = 4) -> str:
    """A number with this many decimals; in powers of ten where most of them would be zeros; a dash for nan."""
    if np.isnan(value):
        return "—"
    if not isfinite(value):
        return "∞" if value > 0 else "−∞"
    if (value and abs(value) < 1e-4 and decimals > 4) or abs(value) >= 1e9:
        power = floor(log10(abs(value)))
        return f"{value / 10.0**power:.{min(3, max(0, decimals + power))}f}×10{superscript(power)}"
    return f"{value:,.{decimals}f}".replace("-", "−")


def superscript(power: int) -> str:
    return str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def significant(value: float, digits: int = 3) -> str:
    """A number to this many significant digits."""
    return number_text(value, decimals_of(abs(value), value, digits))


def large(value: float, digits: int = 3) -> str:
    """A large number in words: 5,670,000 is "5.67 million", 3.97e9 is "3.97 billion"."""
    for size, name in ((1e12, " trillion"), (1e9, " billion"), (1e6, " million"), (1, "")):
        if abs(value) >= size and isfinite(value):
            return significant(value / size, digits) + name
    return number_text(value)


def percent(fraction: float) -> str:
    """A fraction as per cent: 0.987 is "98.7 %"."""
    return "—" if np.isnan(fraction) else f"{100 * fraction:.1f} %".replace(".0 %", " %")


def setting_text(value: object) -> str:
    """The value of a setting: a short float, 1,000 or 10⁻⁵, the units of layers as 10-10, the rest as it is."""
    if isinstance(value, tuple):
        return "-".join(map(str, value)) or "none"
    if not isinstance(value, float):
        return str(value)
    digits, _, power = f"{value:,g}".partition("e")
    if not power:
        return digits
    return ("" if digits == "1" else f"{digits}×") + f"10{superscript(int(power))}"


def worst_if_nan(values: Sequence[float] | float) -> np.ndarray:
    """A nan, of a run that diverged, as infinity: it can be compared, and is worse than every number."""
    values = np.asarray(values, float)
    return np.where(np.isnan(values), np.inf, values)


def quantiles(values: Sequence[float]) -> tuple[float, float, float]:
    """The 10 % quantile, the median and the 90 % quantile; a nan (of a run that diverged) counts as infinite.

    Three nan without values.
    """
    if not len(values):
        return (np.nan, np.nan, np.nan)
    values = worst_if_nan(values)
    with np.errstate(invalid="ignore"):
        found, *around = (np.quantile(values, [LOW, 0.5, HIGH], method=m) for m in ("linear", "lower", "higher"))
    found = np.where(around[0] == around[1], around[0], found)  # a quantile that is a value, whatever comes after it
    return tuple(float(v) for v in np.where(np.isnan(found), np.inf, found))


def spread_text(values: Sequence[float], as_percent: bool = False) -> str:
    """Median and spread, "0.0038 (0.0021–0.0056)", or a dash; of fractions in per cent, where a nan is 0 %."""
    if not len(values):
        return "—"
    low, middle, high = quantiles(np.nan_to_num(values, nan=0.0) if as_percent else values)
    if as_percent:
        decimals = 0 if all(abs(100 * v - round(100 * v)) < 0.05 for v in (low, middle, high)) else 1
        return f"{100 * middle:.{decimals}f} % ({100 * low:.{decimals}f}–{100 * high:.{decimals}f} %)"
    if (
        0 < 10 * low <= high < np.inf
    ):  # over a decade and more, the spread says nothing about the digits of its lower end
        return "{1} ({0}–{2})".format(*(significant(value, 2) for value in (low, middle, high)))
    decimals = decimals_of(high - low, middle) if isfinite(high - low) else decimals_of(abs(low), low, 3)
    if middle and isfinite(middle):
        decimals = min(decimals, decimals_of(abs(middle), middle, MOST))
    return f"{number_text(middle, decimals)} ({number_text(low, decimals)}–{number_text(high, decimals)})"
