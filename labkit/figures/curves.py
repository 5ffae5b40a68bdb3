"""Curves of a study over its epochs: the median over runs, a band from the 10 % to the 90 % quantile, the runs thin.

Fewer than five runs are drawn one by one, with points. A run that diverged is marked with a cross at its epoch, and
counts as infinitely bad from there on, so that a median cannot look better for what broke down.
"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ..experiments.study import Study
from ..overview import PARTS
from ..rounding import HIGH, LOW, setting_text
from ..training.run import Run
from .style import CATEGORIES, INK, darker, panels, scale, styled, styles_of

LOSS_NAMES = {
    "mse": "MSE",
    "half_mse": "half MSE",
    "binary_cross_entropy": "binary cross-entropy, nats",
    "cross_entropy": "cross-entropy, nats",
}
SHORT = {"lr": "rate", "batch_size": "batches of"}
FEW = 5  # runs; below, a median and a band would pretend to know more than they do


@styled
def learning_curves(study: Study, by: str | None = None, ax: Axes | None = None, metric: str = "train_loss") -> Axes:
    """A loss against epoch, both axes logarithmic, or an accuracy in per cent; `by` names the setting that tells groups
    of runs apart, `metric` a column of the history."""
    ax = panels() if ax is None else ax
    part, quantity = metric.split("_")
    unit = f" ({LOSS_NAMES[study.members[0].config.loss]})" if quantity == "loss" else ""
    ax.set(xlabel="epoch", ylabel=f"{PARTS[part]} {quantity}{unit}")
    scale(ax, log="xy" if quantity == "loss" else "x", as_percent=quantity == "accuracy")
    values = list(dict.fromkeys(getattr(run.config, by) for run in study.members)) if by else [None]
    if all(isinstance(v, int | float | tuple) for v in values):
        values.sort()
    groups = []
    for value, style in styles_of(by, values).items():
        runs = study.where(**{by: value}) if by else study.members
        n_diverged = sum(run.diverged for run in runs)
        name = setting_name(by, value) if by else ""
        count = f"n = {len(runs)}" + (f", {n_diverged} diverged" if n_diverged else "")
        groups.append((name, count, *draw_group(ax, runs, metric, style), style))
    label_groups(ax, groups)
    return ax


def setting_name(by: str, value: object) -> str:
    """The value of a setting as short as it can be understood: names and layers alone, other numbers with theirs."""
    alone = isinstance(value, tuple) or by in CATEGORIES
    return setting_text(value) if alone else f"{SHORT.get(by, by.replace('_', ' '))} {setting_text(value)}"


def draw_group(ax: Axes, runs: list[Run], metric: str, style: dict) -> tuple[float, float]:
    """Draw one group of runs, and return where its middle line ends."""
    table = aligned(runs, metric)
    line = {"color": style["color"], "linestyle": style["linestyle"]}
    few = len(runs) < FEW
    for i, run in enumerate(runs):
        own = table[i].where(table.index <= run.epochs).replace(np.inf, np.nan).dropna()
        if few:
            ax.plot(own.index, own, **line, lw=1.1, marker=style["marker"], markevery=max(len(own) // 12, 1))
        else:
            ax.plot(own.index, own, color=style["color"], lw=0.5, alpha=0.3)
        if run.diverged and len(own):
            ax.plot(run.epochs, own.iloc[-1], "x", color=style["color"], ms=7, mew=1.8, clip_on=False, zorder=5)
    with np.errstate(invalid="ignore"):  # between a finite and an infinite value lies none that could be drawn
        low, middle, high = (np.quantile(table, q, axis=1) for q in (LOW, 0.5, HIGH))
    if not few:
        ax.fill_between(table.index, low, high, where=np.isfinite(high), color=style["color"], alpha=0.2, lw=0)
        ax.plot(table.index, np.where(np.isfinite(middle), middle, np.nan), **line, lw=1.8)
    finite = np.flatnonzero(np.isfinite(middle))
    return (table.index[finite[-1]], middle[finite[-1]]) if len(finite) else (np.nan, np.nan)


def aligned(runs: list[Run], metric: str) -> pd.DataFrame:
    """One row an epoch, one column a run. A run that a rule ended keeps its last value, one that diverged the worst."""
    table = pd.DataFrame({i: run.history.set_index("epoch")[metric] for i, run in enumerate(runs)}).sort_index().ffill()
    worst = 0.0 if metric.endswith("accuracy") else np.inf
    for i, run in enumerate(runs):
        if run.diverged:
            table[i] = table[i].where(table.index < run.epochs, worst)
    return table


def label_groups(ax: Axes, groups: list[tuple]) -> None:
    """Name the groups at the ends of their lines where there is room for it, otherwise in a legend."""
    if len(groups) == 1 and not groups[0][0]:
        low = ax.get_yscale() == "log"  # a loss falls to the right, an accuracy rises: one corner at the left is free
        ax.text(0.03, 0.05 if low else 0.9, groups[0][1], transform=ax.transAxes, color=INK, fontsize=8)
        return
    ax.autoscale_view()  # the limits are set late, and a transform does not wait for them
    ends = [ax.transAxes.inverted().transform(ax.transData.transform((x, y))) for _, _, x, y, _ in groups]
    across, heights = np.array(ends).T
    gap = 20 / (ax.bbox.height * 72 / ax.figure.dpi)  # two lines of text
    if not np.isfinite(ends).all() or np.ptp(across) > 0.05 or np.diff(np.sort(heights)).min(initial=1) < gap:
        for name, count, _, _, style in groups:
            ax.plot([], [], color=style["color"], linestyle=style["linestyle"], label=f"{name}, {count}")
        ax.legend()
        return
    for (name, count, _, _, style), height in zip(groups, heights, strict=True):
        place = {"xycoords": "axes fraction", "va": "center", "annotation_clip": False}
        ax.annotate(f"{name}\n{count}", (0.99, height), **place, color=darker(style["color"]), fontsize=7)
