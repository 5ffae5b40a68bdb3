"""What a measure of the runs comes to, group by group: as lines over a grid, and as tables of medians and spreads."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from ..errors import choice
from ..experiments.study import Study
from ..rounding import percent, quantiles, significant, spread_text
from ..tables.table import Table
from ..training.run import Run
from ..words import RESULTS

Measure = str | Callable[[Run], float]


def first_loss(run: Run) -> float:
    """The training loss in the first epoch: the mean over its steps, each before the update."""
    return float(run.history.train_loss.iloc[0])


def measured(runs: Sequence[Run], measure: Measure) -> list[float]:
    """The measure of each run: the name of one of its results, or a function of a run."""
    if isinstance(measure, str):
        choice("result", measure, RESULTS)
        return [run.results[measure] for run in runs]
    return [measure(run) for run in runs]


def over_grid(study: Study, measure: Measure, by: str, against: str) -> dict[object, tuple]:
    """For each value of the setting `by`: the values of the setting `against` (M,), and the measure (M, n) of n runs at
    each of them, as `figures.median_lines` takes it."""
    groups, x = (list(dict.fromkeys(getattr(run.config, name) for run in study.members)) for name in (by, against))
    return {
        group: (x, np.array([measured(study.where(**{by: group, against: at}), measure) for at in x]))
        for group in groups
    }


def medians(lines: Mapping[object, tuple]) -> dict[object, np.ndarray]:
    """The median at each x of every group of `over_grid`, a nan counting as infinite."""
    return {group: np.array([quantiles(values)[1] for values in at]) for group, (_, at) in lines.items()}


def spread_table(rows: Mapping[object, Mapping[str, Sequence[float]]], names: Sequence[str]) -> Table:
    """A table of distributions: `rows` maps the key of a row, a tuple for several levels, to columns of values.

    A cell shows the median and 10 to 90 % of its values, or the value where it is the only one; accuracies, known by
    their column's name, in per cent. `names` are those of the index's levels. The numbers keep all three quantiles.
    """
    values, texts = {}, {}
    for key, cells in rows.items():
        spreads = {
            column: dict(zip(("q10", "median", "q90"), quantiles(cell), strict=True)) for column, cell in cells.items()
        }
        values[key] = {
            f"{column}, {part}": value for column, spread in spreads.items() for part, value in spread.items()
        }
        texts[key] = {column: cell_text(cell, "accuracy" in column) for column, cell in cells.items()}
    return Table(*(pd.DataFrame.from_dict(part, orient="index").rename_axis(list(names)) for part in (values, texts)))


def cell_text(values: Sequence[float], as_percent: bool) -> str:
    if len(values) == 1:
        return percent(values[0]) if as_percent else significant(values[0], 4)
    return spread_text(values, as_percent)
