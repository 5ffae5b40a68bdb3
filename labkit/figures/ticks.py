"""Ticks of logarithmic axes: whole decades, written 10⁻² or 100; between them small ticks without a number."""

from collections.abc import Sequence
from math import floor, log10

import numpy as np
from matplotlib.axis import Axis
from matplotlib.ticker import Formatter, LogLocator, MaxNLocator, NullFormatter

from ..rounding import superscript

MOST = 6  # ticks with a number; of more decades every second or third has one
PLAIN = (0.1, 1e5)  # between these, decades are written out


class Decades(LogLocator):
    """Whole decades; on an axis with fewer than two of them, 1, 2 and 5 times each, or even steps."""

    def tick_values(self, vmin: float, vmax: float) -> np.ndarray:
        low, high = sorted((vmin, vmax))
        powers = range(int(np.ceil(log10(low) - 1e-9)), int(np.floor(log10(high) + 1e-9)) + 1)
        if len(powers) > 1:
            step = -(-len(powers) // MOST)
            return 10.0 ** np.array([power for power in powers if power % step == 0])
        around = 10.0 ** np.arange(np.floor(log10(low)), np.ceil(log10(high)) + 1)
        shown = [tick for tick in np.outer(around, (1, 2, 5)).ravel() if low <= tick <= high]
        return np.array(shown) if len(shown) > 1 else MaxNLocator(4, steps=[1, 2, 5, 10]).tick_values(low, high)


class DecadeLabels(Formatter):
    """Numbers written out where all of an axis are of everyday size, else powers of ten; text, and so searchable."""

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        powers = [log10(value) if value > 0 else 0.5 for value in values]
        whole = all(abs(power - round(power)) < 1e-6 for power in powers)
        if whole and len(values) and (min(values) < PLAIN[0] or max(values) > PLAIN[1]):
            return [f"10{superscript(round(power))}" for power in powers]
        return list(map(in_full, values))

    def __call__(self, value: float, _: int | None = None) -> str:
        return self.format_ticks([value])[0]


def in_full(value: float) -> str:
    """`0.5`, `2,000`, `2×10⁻⁵`"""
    if abs(value) >= 1e-4 or not value:
        return f"{value:,.10g}"
    power = floor(log10(abs(value)))
    return f"{value / 10.0**power:.3g}×10{superscript(power)}"


def tick_decades(axis: Axis) -> None:
    axis.set_major_locator(Decades())
    axis.set_major_formatter(DecadeLabels())
    axis.set_minor_formatter(NullFormatter())
