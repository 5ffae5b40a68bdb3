"""Figures of searches: a grid of settings as a map, and what the best of k trials is worth."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

from ..analysis.search import expected_best
from ..rounding import setting_text
from .style import LINES, MARKERS, OKABE_ITO, styled


@styled
def grid_map(table: pd.DataFrame, ax: Axes, lowest: float = 0.5) -> Axes:
    """Accuracies as colors, `lowest` (chance) palest, each cell with its per cent, the best of each row framed.

    Columns have two levels: the outer is written once below the columns it has in common, the inner below each.
    """
    values = table.to_numpy(float)
    ax.imshow(np.nan_to_num(values), cmap="Blues", vmin=lowest, vmax=1.0, aspect="auto")
    for row, of_row in enumerate(values):
        for column, value in enumerate(of_row):
            color = "#ffffff" if value > lowest + 0.6 * (1 - lowest) else "#000000"
            ax.text(column, row, f"{100 * value:.0f}", ha="center", va="center", color=color, fontsize=6)
        if np.ptp(of_row) > 0:  # where all are equal none is best
            frame = {"fill": False, "ec": "#D55E00", "lw": 1.3, "zorder": 4}
            ax.add_patch(Rectangle((of_row.argmax() - 0.5, row - 0.5), 1, 1, **frame))
    outer, inner = (table.columns.get_level_values(level) for level in (0, 1))
    ax.set_xticks(range(values.shape[1]), [f"{v:g}".replace("0.", ".") for v in inner], fontsize=5.5)
    for value in outer.unique():
        place = np.flatnonzero(outer == value).mean()
        words = {"ha": "center", "va": "top", "fontsize": 6.5}
        ax.text(
            place, -0.09, f"{table.columns.names[0]} {setting_text(value)}", transform=ax.get_xaxis_transform(), **words
        )
    ax.set_yticks(
        range(values.shape[0]), [" ".join(map(setting_text, np.atleast_1d(r))) for r in table.index], fontsize=7
    )
    ax.tick_params(length=0)
    ax.grid(False)
    return ax


@styled
def best_of_trials(searches: Mapping[str, np.ndarray], ax: Axes, legend: bool = True) -> Axes:
    """The expected best validation accuracy of k trials against k, one line for each search's accuracies."""
    for i, (name, values) in enumerate(searches.items()):
        best = expected_best(values)
        k = np.arange(1, len(best) + 1)
        style = {"color": OKABE_ITO[i], "linestyle": LINES[i], "marker": MARKERS[i], "markevery": max(len(k) // 6, 1)}
        ax.plot(k, best, ms=4, label=f"{name}, n = {len(values)}", **style)
    ax.set(xscale="log", xlabel="trials", ylabel="expected best validation accuracy")
    ax.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=" %", decimals=0))
    ax.yaxis.set_major_locator(MaxNLocator(5))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    if legend:
        ax.legend(loc="lower right")
    return ax
