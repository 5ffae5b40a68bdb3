"""A study as a table, a row for each value of a setting, rounded as the spread over seeds allows."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from ..errors import choice
from ..experiments.run import Run
from ..experiments.study import Study
from ..plain_tables import BEST
from ..rounding import large, quantiles, setting_text, spread_text
from .table import Table

PARTS = {"train": "training", "val": "validation", "test": "test"}
RESULTS = {f"{part}_{q}": f"{name} {q}" for q in ("loss", "accuracy") for part, name in PARTS.items()}


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
    members = [run for study in studies for run in study.members]
    runs = pd.concat([study.all_runs for study in studies], ignore_index=True)
    choice("by", by, [name for name in runs if hasattr(members[0].config, name)])
    if target is not None:
        runs["epochs_to_target"] = [epochs_to(run, target) for run in members]
    for name in results:
        choice("result", name, RESULTS)
    values, texts = [], []
    for value, group in runs.groupby(by, sort=True):
        row, text = {by: value, "n": len(group)}, {by: setting_text(value), "n": len(group)}
        for name in results:
            known = [members[i].results[name] for i in group.index if has_data(members[i], name)]
            low, middle, high = quantiles(known)
            row |= {f"{name}_q10": low, f"{name}_median": middle, f"{name}_q90": high}
            text[RESULTS[name]] = spread_text(known, as_percent=name.endswith("accuracy"))
        row["n_diverged"] = text["diverged"] = int(group.diverged.sum())
        if target is not None:
            reached = group.epochs_to_target[np.isfinite(group.epochs_to_target)]
            row |= {"epochs_to_target": reached.median(), "n_reached": len(reached)}
            text[f"epochs to loss {target:g}"] = (
                f"{spread_text(reached)}, {len(reached)} of {len(group)}" if len(reached) else "none"
            )
        if operations:
            row["operations"] = work = float(np.median([members[i].operations for i in group.index]))
            text["operations a run"] = large(work)
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
