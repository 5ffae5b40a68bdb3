"""Where training blows up: rates that theory names, and each seed's limit beside its bound."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from .style import INK, panels, styled, styles_of


@styled
def marked_rates(values: dict[str, float], ax: Axes) -> Axes:
    """Rates as vertical lines, each named above the axes."""
    for label, value in values.items():
        ax.axvline(value, color=INK, lw=1, ls=(0, (1, 1.5)))
        place = {"xycoords": ("data", "axes fraction"), "ha": "center", "va": "bottom", "annotation_clip": False}
        ax.annotate(label, (value, 1.01), **place, color=INK, fontsize=7)
    return ax


@styled
def limits_against_bound(groups: dict[str, tuple], ax: Axes | None = None) -> Axes:
    """One point a seed: the lowest rate that diverged against its bound 2/λ, with lines at 2/λ, 4/λ and 6/λ.

    `groups` maps a data set to (bounds, limits), one entry a seed.
    """
    ax = panels(width=4.4, height=3.1) if ax is None else ax
    looks = styles_of("dataset", list(groups))
    for name, (bounds, limits) in groups.items():
        look = {"color": looks[name]["color"], "marker": looks[name]["marker"], "linestyle": ""}
        ax.plot(bounds, limits, **look, ms=5, alpha=0.8, label=f"{name}, n = {len(bounds)}")
    every = np.concatenate([np.asarray(bounds, float) for bounds, _ in groups.values()])
    ends = np.array([every.min() / 1.15, every.max() * 1.15])
    for factor, line in ((1, "-"), (2, "--"), (3, ":")):
        ax.plot(ends, factor * ends, line, color=INK, lw=1)
        place = {"xytext": (3, 0), "textcoords": "offset points", "va": "center", "annotation_clip": False}
        ax.annotate(f"{2 * factor}/λ", (ends[1], factor * ends[1]), **place, fontsize=7.5)
    ax.set(xscale="log", yscale="log", xlabel="2/λ of the network at its start", ylabel="lowest rate that diverged")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.set_major_formatter(StrMethodFormatter("{x:g}"))
        axis.set_minor_formatter(NullFormatter())
    ax.legend()
    return ax
