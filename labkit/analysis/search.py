"""Search for settings: points drawn at random beside a grid, the best by validation, and what the best of k is worth.

Selection looks at validation results only. The winner's own validation result is too good to be true, because it was
picked for it: what a reader should see is the test result of new runs with the winning settings.
"""

from math import comb

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from ..errors import LabError
from ..figures.style import styled
from ..nn.activations import Array
from ..rounding import setting_text
from ..training.config import RunConfig


def random_configs(config: RunConfig, n: int, seed: int, **space: list | tuple) -> list[RunConfig]:
    """n configs with settings drawn at random: of a list one value, between (low, high) on a logarithmic scale.

    The draws of one setting do not depend on which others are searched. Raises LabError for a range that is none.
    """
    drawn = {}
    for name, values in space.items():
        rng = np.random.default_rng([seed, *name.encode()])
        if isinstance(values, list):
            drawn[name] = [values[i] for i in rng.integers(len(values), size=n)]
        elif len(values) == 2 and 0 < values[0] < values[1]:
            drawn[name] = np.exp(rng.uniform(*np.log(values), size=n)).tolist()
        else:
            raise LabError(f"{name} must be a list of values, or (low, high) with 0 < low < high; got {values!r}")
    return [config.replace(**{name: values[i] for name, values in drawn.items()}) for i in range(n)]


def expected_best(values: Array) -> Array:
    """The expected largest of k values drawn from these n without putting back, for k = 1 to n, (n,).

    What a search with k trials finds on average: Σ_i v_(i) C(i-1, k-1) / C(n, k) over the sorted values (Dodge et al.,
    2019, have it for drawing with putting back).
    """
    ordered, n = np.sort(values), len(values)
    return np.array([sum(v * (comb(i, k - 1) / comb(n, k)) for i, v in enumerate(ordered)) for k in range(1, n + 1)])


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
