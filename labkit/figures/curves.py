"""Curves of a study over its epochs: the median over runs, and a band from the 10 % to the 90 % quantile.

Fewer than five runs are drawn one by one, with points. A run that diverged is marked with a cross at its epoch, and
counts as infinitely bad from there on, so that a median cannot look better for what broke down.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ..experiments.study import Study
from ..rounding import quantiles
from ..training.run import Run
from ..words import LOSSES, PARTS, by_name, setting_word, value_word
from .ends import End, name_ends
from .figure import figure
from .lines import FEW, draw_line, last_finite, median_lines
from .style import CATEGORIES, grid_of_panels, scale, styles_of


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


@figure
def training_and_validation(study: Study) -> np.ndarray:
    """Loss at the left and accuracy at the right, training and validation in one panel."""
    axes = grid_of_panels(1, ["loss", "accuracy"], sharey=False)
    for ax, quantity, log in zip(axes.flat, ("loss", "accuracy"), ("xy", "x"), strict=True):
        curves = {PARTS[part]: aligned(study.members, f"{part}_{quantity}") for part in ("train", "val")}
        groups = {name: (table.index, table) for name, table in curves.items()}
        percent = quantity == "accuracy"
        ylabel = quantity if percent else LOSSES[study.members[0].config.loss]
        median_lines(groups, "epoch", ylabel, ax, log=log, as_percent=percent)
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
    groups = Counter(run.config.replace(seed=0, data_seed=None) for run in runs)
    if len(set(groups.values())) != 1:
        return ""
    (n,) = set(groups.values())
    return f"Median and 10–90 % of {n} runs." if n >= FEW else f"Each of {n} runs." if n > 1 else ""


def draw_group(ax: Axes, runs: list[Run], metric: str, style: dict) -> tuple[float, float]:
    """Draw one group of runs, and return where its middle line ends."""
    table = aligned(runs, metric)
    few = len(runs) < FEW
    for i, run in enumerate(runs):
        own = table[i].where(table.index <= run.epochs).replace(np.inf, np.nan).dropna()
        if few:
            ax.plot(own.index, own, **style, lw=1.1, markevery=max(len(own) // 12, 1))
        if run.diverged and len(own):
            ax.plot(run.epochs, own.iloc[-1], "x", color=style["color"], ms=6, mew=1.5, clip_on=False, zorder=5)
    if few:
        return last_finite(table.index, [quantiles(values)[1] for values in table.to_numpy()])
    return draw_line(ax, table.index, table, style)


def aligned(runs: list[Run], metric: str) -> pd.DataFrame:
    """One row an epoch, one column a run. A run that a rule ended keeps its last value, one that diverged the worst."""
    table = pd.DataFrame({i: run.history.set_index("epoch")[metric] for i, run in enumerate(runs)}).sort_index().ffill()
    worst = 0.0 if metric.endswith("accuracy") else np.inf
    for i, run in enumerate(runs):
        if run.diverged:
            table[i] = table[i].where(table.index < run.epochs, worst)
    return table
