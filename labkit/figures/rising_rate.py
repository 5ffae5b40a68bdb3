"""The curves of a learning-rate range test."""

import numpy as np
from matplotlib.axes import Axes

from ..analysis.range_test import RangeTest
from ..rounding import quantiles
from .curves import LOSS_NAMES
from .style import INK, panels, styled, styles_of


@styled
def range_curves(test: RangeTest, ax: Axes | None = None) -> Axes:
    """The loss of a range test against its rising rate: each seed, their median, where they turn up, and the advice."""
    ax = panels() if ax is None else ax
    style = next(iter(styles_of("dataset", [test.config.dataset]).values()))
    ax.plot(test.lr, test.loss, color=style["color"], lw=0.5, alpha=0.4)
    ax.plot(test.lr, np.median(test.loss, axis=1), color=style["color"], lw=1.8)
    low, _, high = quantiles(test.limits)
    if np.isfinite(high):
        ax.axvspan(low, high, color=INK, alpha=0.18, lw=0)
    ax.axvline(test.advice, color=INK, lw=1, ls=(0, (4, 2)))
    place = {"xytext": (-4, 4), "textcoords": "offset points", "ha": "right", "va": "bottom"}
    ax.annotate(f"advice: {test.advice:g}", (test.advice, 0), xycoords=("data", "axes fraction"), **place)
    ax.text(0.03, 0.12, f"n = {len(test.seeds)}", transform=ax.transAxes, color=INK, fontsize=8)
    ax.set(xscale="log", yscale="log", xlabel="learning rate, rising", ylabel=f"loss ({LOSS_NAMES[test.config.loss]})")
    return ax
