"""A study as a table, a row for each value of a setting, rounded as the spread over seeds allows."""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
import pandas as pd

from ..errors import choice
from ..experiments.study import Study
from ..overview import RESULTS
from ..plain_tables import BEST
from ..rounding import large, quantiles, setting_text, spread_text
from ..training.run import Run
from .table import Table


def comparison(
    *studies: Study,
    by: str,
    results: Iterable[str] = ("train_loss", "train_accuracy", "test_accuracy"),
    target: float | None = None,
    best: str | None = "train_loss",
    operations: bool = False,
) -> Table:
    """One row for each value of the setting `by`: n, median and 10 to 90 % of each result, and how many runs diverged.

    `target` adds the epochs in which the training loss first was as low, and how many runs came to it;
    `operations` the median work of a run. The row whose median of `best` is best carries a star; None where rows are of
    different tasks and cannot be compared.
    """
    groups = defaultdict(list)
    for run in (run for study in studies for run in study.members):
        choice("by", by, run.config.as_dict())
        groups[getattr(run.config, by)].append(run)
    for name in results:
        choice("result", name, RESULTS)
    values, texts = [], []
    for value in sorted(groups, key=lambda value: (value is not None, value)):
        runs = groups[value]
        row, text = {by: value, "n": len(runs)}, {by: setting_text(value), "n": len(runs)}
        for name in results:
            known = [run.results[name] for run in runs if has_data(run, name)]
            low, middle, high = quantiles(known)
            row |= {f"{name}_q10": low, f"{name}_median": middle, f"{name}_q90": high}
            text[RESULTS[name]] = spread_text(known, as_percent=name.endswith("accuracy"))
        row["n_diverged"] = text["diverged"] = sum(run.diverged for run in runs)
        if target is not None:
            reached = [epoch for run in runs if np.isfinite(epoch := epochs_to(run, target))]
            row |= {"epochs_to_target": np.median(reached) if reached else np.nan, "n_reached": len(reached)}
            count = f"{spread_text(reached)}, {len(reached)} of {len(runs)}" if reached else "none"
            text[f"epochs to loss {target:g}"] = count
        if operations:
            row["operations"] = float(np.median([run.operations for run in runs]))
            text["operations a run"] = large(row["operations"])
        values.append(row)
        texts.append(text)
    frame, words = pd.DataFrame(values).set_index(by), pd.DataFrame(texts).set_index(by)
    place = None
    if best is not None:
        middle = frame[f"{best}_median"].to_numpy()
        place = int(np.argmax(middle) if best.endswith("accuracy") else np.argmin(middle))
        place = place if np.isfinite(middle[place]) else None
        words.index = [f"{name} {BEST}" if i == place else name for i, name in enumerate(words.index)]
        words.index.name = by
    return Table(frame, words, place)


def has_data(run: Run, result: str) -> bool:
    """Whether the part of the data that a result is measured on has any examples."""
    return len(getattr(run.dataset, result.split("_")[0])[0]) > 0


def epochs_to(run: Run, loss: float) -> float:
    """The first recorded epoch in which the training loss was no higher than this, infinite if none was.

    Of a run that stopped at this loss, its last epoch, which the history need not have.
    """
    if run.stopped == "loss_target" and run.config.loss_target == loss:
        return float(run.epochs)
    reached = run.history.epoch[run.history.train_loss <= loss]
    return float(reached.iloc[0]) if len(reached) else np.inf
