"""Anything against anything: for each group the median over runs and a band from 10 to 90 %, or a point a run."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from ..rounding import quantiles
from ..words import value_word
from .ends import End, legend_below, name_ends
from .figure import figure
from .style import INK, grid_of_panels, scale, styles_of

Groups = Mapping[str, tuple]
FEW = 5  # runs; below, a median and a band would pretend to know more than they do
MOST_NAMED = 3  # panels whose lines are named at their ends; more are too narrow, and have one legend


@figure
def median_lines(
    groups: Groups | Mapping[str, Groups],
    xlabel: str | Iterable[str],
    ylabel: str,
    ax: Axes | None = None,
    *,
    by: str | None = None,
    log: str = "xy",
    as_percent: bool = False,
    band: bool = True,
    height: float | None = None,
    sharey: bool = True,
    legend: bool = False,
) -> np.ndarray:
    """One line a group, named at its end, or in a `legend` where the ends lie on each other: `groups` maps its name to
    (x (M,), values (M, n)), n runs at each x.

    A mapping of such mappings has a panel for each, headed by its name, and xlabel may then be one for each. `by` is
    the setting that the names are values of, so that each has its own color in all figures; `log` the axes that are
    logarithmic. A value that is not finite counts as infinitely bad; where the median is not finite, the line ends.
    """
    panels = groups if all(isinstance(group, Mapping) for group in groups.values()) else {"": groups}
    axes = np.array([[ax]]) if ax else grid_of_panels(1, list(map(value_word, panels)), height, sharey=sharey)
    names = [xlabel] * len(panels) if isinstance(xlabel, str) else xlabel
    ends = {}
    for panel, name, lines in zip(axes.flat, names, panels.values(), strict=True):
        panel.set(xlabel=name, ylabel=ylabel)
        scale(panel, log, as_percent)
        styles = styles_of(by, list(lines)).items()
        ends[panel] = [
            End(value_word(name), *draw_line(panel, *lines[name], look, band), look) for name, look in styles
        ]
    if legend or len(panels) > MOST_NAMED:
        one_legend(ends)
    else:
        name_ends({panel: named for panel, named in ends.items() if len(named) > 1})
    sizes = {np.shape(values)[1] for lines in panels.values() for _, values in lines.values()}
    if len(sizes) == 1 and sizes != {1}:
        spread = " and 10–90 %" if band and min(sizes) >= FEW else ""
        axes.flat[0].figure.note = f"Median{spread} of {min(sizes)} runs."
    return axes


def one_legend(ends: Mapping[Axes, list[End]]) -> None:
    """Below all panels the names of their lines, once each."""
    for ax, named in ends.items():
        for line, end in zip(ax.lines[-len(named) :], named, strict=True):
            line.set_label(end.name)
    legend_below(list(ends))


def draw_line(ax: Axes, x: Iterable[float], values: np.ndarray, style: dict, band: bool = True) -> tuple[float, float]:
    """The median of values (M, n) at each x, and where that line ends."""
    x, values = np.asarray(list(x)), np.asarray(values, float)
    low, middle, high = np.array([quantiles(at) for at in values]).T
    marker = style["marker"] if len(x) <= 15 else None
    look = {"color": style["color"], "linestyle": style["linestyle"], "marker": marker}
    ax.plot(x, np.where(np.isfinite(middle), middle, np.nan), **look)
    if x.dtype.kind == "i" and ax.get_xscale() == "linear":  # layers, not halves of them
        ax.xaxis.set_major_locator(MaxNLocator("auto" if len(x) > 15 else 10, integer=True, steps=[1, 2, 5, 10]))
    if band and values.shape[1] >= FEW:
        ax.fill_between(x, low, high, where=np.isfinite(high), color=style["color"], alpha=0.15, lw=0)
    return last_finite(x, middle)


def last_finite(x: Sequence[float], y: Sequence[float]) -> tuple[float, float]:
    """Where a line ends: its last point whose y is finite, two nan where none is."""
    return next(((a, b) for a, b in zip(x[::-1], y[::-1], strict=True) if np.isfinite(b)), (np.nan, np.nan))


@figure
def points(
    groups: Groups, xlabel: str, ylabel: str, *, by: str | None = None, log: str = "y", lines: Groups | None = None
) -> np.ndarray:
    """One point a run: `groups` maps a name to (x (n,), y (n,)), and `lines` likewise what they are held against; `by`
    and `log` as in `median_lines`."""
    axes = grid_of_panels(1, [""])
    ax = axes[0, 0]
    for name, style in styles_of(by, list(groups)).items():
        look = {"color": style["color"], "marker": style["marker"], "ms": 4.5, "alpha": 0.8, "linestyle": ""}
        ax.plot(*groups[name], **look, label=value_word(name))
    for name, (x, y) in (lines or {}).items():
        ax.plot(x, y, color=INK, lw=0.9, ls=(0, (4, 2)), label=name)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    scale(ax, log)
    if len(groups) > 1 or lines:
        ax.figure.legend(loc="outside right upper")
    return axes
