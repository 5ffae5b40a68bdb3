"""Curves of a study over its epochs: the median over runs, and a band from the 10 % to the 90 % quantile.

Fewer than five runs are drawn one by one, with points. A run that diverged is marked with a cross at its epoch, and
counts as infinitely bad from there on, so that a median cannot look better for what broke down.
"""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ..experiments.study import Study
from ..rounding import HIGH, LOW
from ..training.run import Run
from ..words import LOSSES, PARTS, by_name, setting_word, value_word
from .ends import End, name_ends
from .figure import figure
from .style import CATEGORIES, grid_of_panels, scale, styles_of

FEW = 5  # runs; below, a median and a band would pretend to know more than they do


@figure
def learning_curves(
    studies: Study | Mapping[str, Study],
    by: str | None = None,
    metrics: str | Iterable[str] = "train_loss",
    height: float | None = None,
) -> np.ndarray:
    """Columns of the history against the epoch: a panel for each study and metric, its loss axis logarithmic.

    `by` names the setting that tells groups of runs apart; a group is named at the end of its line. Of several studies
    each has a column of panels, headed by its name, and of several metrics each a row.
    """
    studies = by_name(studies)
    metrics = [metrics] if isinstance(metrics, str) else list(metrics)
    axes = grid_of_panels(len(metrics), list(studies), height)
    ends = {}
    for row, metric in zip(axes, metrics, strict=True):
        for panel, study in zip(row, studies.values(), strict=True):
            ends[panel] = draw_curves(panel, study, by, metric)
    for row in axes[:-1]:
        for panel in row:
            panel.set_xlabel("")
    if by:
        name_ends(ends)
    axes.flat[0].figure.note = how_drawn(run for study in studies.values() for run in study.members)
    return axes


def draw_curves(ax: Axes, study: Study, by: str | None, metric: str) -> list[End]:
    """One metric of one study on one panel; returns where its lines end."""
    part, quantity = metric.split("_")
    unit = f" ({LOSSES[study.members[0].config.loss]})" if quantity == "loss" else ""
    ax.set(xlabel="epoch", ylabel=f"{PARTS[part]} {quantity}{unit}")
    scale(ax, log="xy" if quantity == "loss" else "x", as_percent=quantity == "accuracy")
    values = list(dict.fromkeys(getattr(run.config, by) for run in study.members)) if by else [None]
    if all(isinstance(v, int | float | tuple) for v in values):
        values.sort()
    ends = []
    for value, style in styles_of(by, values).items():
        runs = study.where(**{by: value}) if by else study.members
        ends.append(End(group_name(by, value, runs), *draw_group(ax, runs, metric, style), style))
    return ends


def group_name(by: str | None, value: object, runs: list[Run]) -> str:
    """The value of a setting as short as it can be understood, and how many of its runs diverged."""
    alone = isinstance(value, tuple) or by in CATEGORIES or by == "lr"
    name = value_word(value) if alone or by is None else f"{setting_word(by)} {value_word(value)}"
    n_diverged = sum(run.diverged for run in runs)
    return f"{name} ({n_diverged} diverged)" if n_diverged else name


def how_drawn(runs: Iterable[Run]) -> str:
    """How many runs a line stands for, for the caption; nothing where the groups differ in size."""
    sizes = {}
    for run in runs:
        group = run.config.replace(seed=0, data_seed=None)
        sizes[group] = sizes.get(group, 0) + 1
    if len(set(sizes.values())) != 1:
        return ""
    (n,) = set(sizes.values())
    return f"Median and 10–90 % of {n} runs." if n >= FEW else f"Each of {n} runs." if n > 1 else ""


def draw_group(ax: Axes, runs: list[Run], metric: str, style: dict) -> tuple[float, float]:
    """Draw one group of runs, and return where its middle line ends."""
    table = aligned(runs, metric)
    line = {"color": style["color"], "linestyle": style["linestyle"]}
    few = len(runs) < FEW
    for i, run in enumerate(runs):
        own = table[i].where(table.index <= run.epochs).replace(np.inf, np.nan).dropna()
        if few:
            ax.plot(own.index, own, **line, lw=1.1, marker=style["marker"], markevery=max(len(own) // 12, 1))
        if run.diverged and len(own):
            ax.plot(run.epochs, own.iloc[-1], "x", color=style["color"], ms=6, mew=1.5, clip_on=False, zorder=5)
    with np.errstate(invalid="ignore"):  # between a finite and an infinite value lies none that could be drawn
        low, middle, high = (np.quantile(table, q, axis=1) for q in (LOW, 0.5, HIGH))
    if not few:
        ax.fill_between(table.index, low, high, where=np.isfinite(high), color=style["color"], alpha=0.2, lw=0)
        ax.plot(table.index, np.where(np.isfinite(middle), middle, np.nan), **line, lw=1.6)
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
