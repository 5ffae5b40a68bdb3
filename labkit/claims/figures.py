"""Claims in figures: on top of learning curves, and where claimed numbers lie among our runs."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from ..figures.style import panels, styled
from ..rounding import HIGH, LOW
from .judge import CONDITION, FAILS, HOLDS, Verdict

SHAPES = {HOLDS: ("o", "#0072B2"), CONDITION: ("^", "#E69F00"), FAILS: ("X", "#D55E00")}


@styled
def claimed_points(values: Mapping[int, float], ax: Axes, label: str) -> Axes:
    """Mark the claimed value of each epoch on top of curves, as far as these go."""
    values = {epoch: value for epoch, value in values.items() if epoch <= ax.dataLim.x1}
    if values:
        first = next(iter(values.items()))
        ax.plot(values.keys(), values.values(), "D", color="#000000", mfc="#ffffff", mew=1.1, ms=4.5, zorder=6)
        ax.annotate(label, first, (5, 4), textcoords="offset points", color="#000000", fontsize=7.5)
    return ax


@styled
def verdict_strip(entries: Mapping[str, list[Verdict]]) -> Axes:
    """The share of our runs at or below each claimed number, a row an entry of the ledger, a mark a number.

    Left out are entries without numbers, and what no run can exceed: an accuracy of 1, a loss that is not finite.
    """
    rows = {name: [v for v in found if can_be_exceeded(v)] for name, found in entries.items()}
    rows = {name: found for name, found in rows.items() if found}
    ax = panels(height=0.6 + 0.17 * max(len(rows), 5))
    ax.axvspan(LOW, HIGH, color="#000000", alpha=0.06, lw=0)
    for verdict, (marker, color) in SHAPES.items():
        places = [(v.share_below, y) for y, found in enumerate(rows.values()) for v in found if v.verdict == verdict]
        if places:
            ax.plot(*zip(*places, strict=True), marker, color=color, ms=5, alpha=0.75, clip_on=False, label=verdict)
    ax.set_yticks(range(len(rows)), rows)
    ax.set(xlabel="our runs at or below the claimed number", xlim=(-0.03, 1.03), ylim=(max(len(rows), 1) - 0.5, -0.5))
    ax.xaxis.set_major_formatter(PercentFormatter(1.0, symbol=" %", decimals=0))
    ax.tick_params(axis="y", labelsize=7)
    if rows:
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, 1.0), bbox_transform=ax.figure.transFigure, ncols=3)
    return ax


def can_be_exceeded(verdict: Verdict) -> bool:
    full = verdict.kind == "fraction" and verdict.claimed == 1
    return verdict.kind != "statement" and len(verdict.values) > 0 and bool(np.isfinite(verdict.claimed)) and not full
