"""Where training blows up: the fraction of runs that diverged against the rate, and each seed's limit."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullFormatter, PercentFormatter, StrMethodFormatter

from ..experiments.study import Study
from .style import INK, MARKERS, darker, panels, styled, styles_of

DEPTHS = ("-", "--", "-.", ":")


@styled
def diverged_fraction(studies: dict[str, Study], ax: Axes | None = None) -> Axes:
    """The fraction of a study's runs that diverged against their rate; color by data set, line style by depth."""
    ax = panels(height=2.9) if ax is None else ax
    depths = sorted({len(study.members[0].config.hidden_sizes) for study in studies.values()})
    for name, study in studies.items():
        config = study.members[0].config
        place = depths.index(len(config.hidden_sizes))
        by_rate = study.all_runs.groupby("lr").diverged
        color = styles_of("dataset", [config.dataset])[config.dataset]["color"]
        look = {"color": color, "linestyle": DEPTHS[place % 4], "marker": MARKERS[place % len(MARKERS)], "ms": 3.5}
        ax.plot(by_rate.mean().index, by_rate.mean(), **look, label=f"{name}, n = {by_rate.size().max()}")
    ax.set(xscale="log", xlabel="learning rate", ylabel="runs that diverged", ylim=(-0.04, 1.04))
    ax.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=" %"))
    ax.legend(loc="center", bbox_to_anchor=(0.6, 0.5))
    return ax


@styled
def marked_rates(values: dict[str, float], ax: Axes, dataset: str | None = None, height: float = 1.01) -> Axes:
    """Rates as vertical lines, each named above the axes; in the color of a data set if one is given."""
    color = styles_of("dataset", [dataset])[dataset]["color"] if dataset else INK
    for label, value in values.items():
        ax.axvline(value, color=color, lw=1, ls=(0, (1, 1.5)))
        place = {"xycoords": ("data", "axes fraction"), "ha": "center", "va": "bottom", "annotation_clip": False}
        ax.annotate(label, (value, height), **place, color=darker(color), fontsize=7)
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
