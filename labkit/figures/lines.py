"""Anything against anything: a point a run, or for each group the median over runs and a band from 10 to 90 %."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from ..experiments.study import Study
from ..overview import PARTS
from ..rounding import quantiles
from .curves import FEW, LOSS_NAMES, aligned
from .style import INK, panels, scale, styled, styles_of


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
        x, values = groups[name][0], np.asarray(groups[name][1], float)
        low, middle, high = np.array([quantiles(at) for at in values]).T
        marker = style["marker"] if len(x) <= 15 else None
        line = {"color": style["color"], "linestyle": style["linestyle"], "marker": marker, "label": str(name)}
        ax.plot(x, np.where(np.isfinite(middle), middle, np.nan), **line)
        if band and values.shape[1] >= FEW:
            ax.fill_between(x, low, high, where=np.isfinite(high), color=style["color"], alpha=0.15, lw=0)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    scale(ax, log, as_percent)
    if legend == "outside":
        ax.figure.legend(*ax.get_legend_handles_labels(), loc="outside right upper")
    elif legend:
        ax.legend(loc=legend)
    return ax


@styled
def points(groups: Mapping[str, tuple], xlabel: str, ylabel: str, *, by: str | None = None, log: str = "y") -> Axes:
    """One point a run: `groups` maps a name to (x (n,), y (n,)); `by` and `log` as in `median_lines`."""
    ax = panels()
    for name, style in styles_of(by, list(groups)).items():
        look = {"color": style["color"], "marker": style["marker"], "ms": 4.5, "alpha": 0.8, "linestyle": ""}
        ax.plot(*groups[name], **look, label=f"{name}, n = {len(groups[name][0])}")
    ax.set(xlabel=xlabel, ylabel=ylabel)
    scale(ax, log)
    ax.legend()
    return ax


@styled
def marked_rates(values: Mapping[str, float], ax: Axes) -> Axes:
    """Rates as vertical lines, each named above the axes."""
    for label, value in values.items():
        ax.axvline(value, color=INK, lw=1, ls=(0, (1, 1.5)))
        place = {"xycoords": ("data", "axes fraction"), "ha": "center", "va": "bottom", "annotation_clip": False}
        ax.annotate(label, (value, 1.01), **place, color=INK, fontsize=7)
    return ax


@styled
def training_and_validation(study: Study) -> np.ndarray:
    """Loss at the left and accuracy at the right, training and validation in one panel; returns both Axes."""
    axes = panels("loss", "accuracy")
    unit = LOSS_NAMES[study.members[0].config.loss]
    for ax, quantity, log in zip(axes, ("loss", "accuracy"), ("xy", "x"), strict=True):
        groups = {PARTS[part]: over_epochs(study.members, f"{part}_{quantity}") for part in ("train", "val")}
        percent = quantity == "accuracy"
        median_lines(groups, "epoch", "" if percent else unit, ax, log=log, as_percent=percent)
    return axes


@styled
def validation_by(groups: Mapping[str, list], by: str | None, ax: Axes) -> Axes:
    """Validation accuracy against the epoch: `groups` maps each value of the setting `by` to its runs."""
    lines = {name: over_epochs(runs, "val_accuracy") for name, runs in groups.items()}
    return median_lines(lines, "epoch", "validation accuracy", ax, by=by, log="x", as_percent=True)


def over_epochs(runs: list, metric: str) -> tuple:
    """The epochs (M,), and a column of the histories (M, n) at each, for a line."""
    curves = aligned(runs, metric)
    return curves.index, curves
