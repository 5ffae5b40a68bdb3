"""Studies as a table, a row for each value of a setting, rounded as the spread over seeds allows."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

import numpy as np
import pandas as pd

from ..errors import choice
from ..experiments.study import Study
from ..rounding import quantiles, spread_text
from ..training.run import Run
from ..words import RESULTS, by_name, setting_word, value_word
from .table import Table, tabulated


@tabulated
def comparison(
    studies: Study | Mapping[str, Study],
    by: str | None = None,
    results: Iterable[str] = ("train_loss", "train_accuracy", "test_accuracy"),
    target: float | None = None,
    settings: Iterable[str] = (),
    counts: Mapping[str, Callable[[Run], bool]] | None = None,
) -> Table:
    """Median and 10 to 90 % of each result: a row for each of the named studies, or for each value of the setting `by`.

    `settings` are further ones that have a value in each row, such as the rate that suits an optimizer. `target` adds
    the epochs in which the training loss first was as low, and how many runs came to it; `counts` of how many runs
    something holds, {"saturated": saturated}. How many runs a row stands for, and how many of them diverged, is a
    column where it differs from row to row, else a part of the caption.
    """
    named = by_name(studies)
    for name in results:
        choice("result", name, RESULTS)
    keys, values, texts = [], [], []
    for title, study in named.items():
        for value, runs in grouped(study, by).items():
            row, text = numbers_and_texts(runs, results, target)
            also = {name: getattr(runs[0].config, name) for name in settings}
            found = {name: sum(map(holds, runs)) for name, holds in (counts or {}).items()}
            keys.append((value_word(title), value_word(value) if by else ""))
            values.append(({"study": title} if title else {}) | ({by: value} if by else {}) | also | row | found)
            text |= {name: str(n) for name, n in found.items()}
            texts.append({setting_word(name): value_word(value) for name, value in also.items()} | text)
    words = pd.DataFrame(texts, index=pd.MultiIndex.from_tuples(keys, names=["", setting_word(by) if by else ""]))
    if not by or len(named) == 1:
        words = words.droplevel(0 if by else 1)
    words = words.loc[:, (words != "—").any()]  # of data without a test set there are no test results
    frame = pd.DataFrame(values)
    named_by = [name for name in ("study", by) if name in frame]
    return Table(frame.set_index(named_by) if named_by else frame, *without_constants(words, target))


def grouped(study: Study, by: str | None) -> dict[object, list[Run]]:
    """The runs of a study by the value of a setting, numbers in ascending order; all under None where there is none."""
    if by is None:
        return {None: study.members}
    choice("by", by, study.members[0].config.as_dict())
    groups = defaultdict(list)
    for run in study.members:
        groups[getattr(run.config, by)].append(run)
    if any(isinstance(value, str) for value in groups):
        return dict(groups)
    return dict(sorted(groups.items(), key=lambda item: (item[0] is not None, item[0])))


def numbers_and_texts(runs: list[Run], results: Iterable[str], target: float | None) -> tuple:
    """The numbers of some runs and what a reader sees of them, each as a dict by column."""
    row, text = {"n": len(runs), "n_diverged": sum(run.diverged for run in runs)}, {}
    for name in results:
        known = [run.results[name] for run in runs if has_data(run, name)]
        low, middle, high = quantiles(known)
        row |= {f"{name}_q10": low, f"{name}_median": middle, f"{name}_q90": high}
        text[RESULTS[name]] = spread_text(known, as_percent=name.endswith("accuracy"))
    if target is not None:
        reached = [epoch for run in runs if np.isfinite(epoch := epochs_to(run, target))]
        row |= {"epochs_to_target": np.median(reached) if reached else np.nan, "n_reached": len(reached)}
        text[f"epochs to loss {target:g}"] = spread_text(reached) if reached else "never"
        text["reached by"] = f"{len(reached)} of {len(runs)}"
    return row, text | {"runs": len(runs), "diverged": row["n_diverged"]}


def without_constants(words: pd.DataFrame, target: float | None) -> tuple[pd.DataFrame, str]:
    """The table without the number of runs, of diverged runs and of those that come to a target where these are the
    same in every row, and the sentence that says so."""
    note = ""
    if words.runs.nunique() == 1:
        note = f"Median and 10–90 % of {words.runs.iloc[0]} runs each"
        if words.diverged.nunique() == 1:
            n = words.diverged.iloc[0]
            note += f", {'none' if n == 0 else n} diverged"
            words = words.drop(columns="diverged")
        words, note = words.drop(columns="runs"), note + "."
    if target is not None:
        every = all(text.split(" of ")[0] == text.split(" of ")[1] for text in words["reached by"])
        words = words.drop(columns="reached by") if every else words
        told = (
            f"All come to the loss {target:g}." if every else "The epochs are those of the runs that come to the loss."
        )
        note = f"{note} {told}".lstrip()
    return words, note


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
