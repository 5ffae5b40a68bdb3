"""Lines of anything against anything: for each group the median over runs, and a band from 10 to 90 % of them."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, PercentFormatter

from ..rounding import quantiles
from .curves import FEW
from .style import panels, styled, styles_of


@styled
def median_lines(
    groups: Mapping[str, tuple],
    xlabel: str,
    ylabel: str,
    ax: Axes | None = None,
    *,
    by: str | None = None,
    log: str = "xy",
    as_percent: bool = False,
    band: bool = True,
    legend: str | None = "best",
) -> Axes:
    """One line a group: `groups` maps its name to (x (M,), values (M, n)), n runs at each x.

    `by` is the setting that the names are values of, so that each has its own color in all figures; `log` the axes
    that are logarithmic; `legend` its place, "outside" is right of all axes. A value that is not finite counts as
    infinitely bad; where the median is not finite, the line ends.
    """
    ax = panels() if ax is None else ax
    for name, style in styles_of(by, list(groups)).items():
        x, values = (np.asarray(part, float) for part in groups[name])
        low, middle, high = np.array([quantiles(at) for at in values]).T
        line = {"color": style["color"], "linestyle": style["linestyle"]}
        if len(x) <= 15:
            line["marker"] = style["marker"]
        ax.plot(x, np.where(np.isfinite(middle), middle, np.nan), label=str(name), **line)
        if band and values.shape[1] >= FEW:
            ax.fill_between(x, low, high, where=np.isfinite(high), color=style["color"], alpha=0.15, lw=0)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    if "x" in log:
        ax.set_xscale("log")
        ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,g}"))
    if "y" in log:
        ax.set_yscale("log")
    if as_percent:
        ax.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=" %"))
    if len(ax.get_shared_y_axes().get_siblings(ax)) > 1:
        ax.label_outer(remove_inner_ticks=False)
    if legend == "outside":
        ax.figure.legend(*ax.get_legend_handles_labels(), loc="outside right upper")
    elif legend:
        ax.legend(loc=legend)
    return ax
