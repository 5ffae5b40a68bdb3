"""Tables of runs and studies, rounded as the spread over seeds allows.

Each function returns a `Table`: the numbers, which go into a CSV file, and the texts that a reader sees. `show` puts
one into the report.
"""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from .claims import Verdict
from .display import show_output
from .errors import LabError, choice
from .rounding import large, percent, quantiles, setting_text, significant, spread_text
from .runs import Run, labels_of
from .studies import Study
from .table_html import BEST, to_html

RESULTS = {
    "train_loss": "training loss",
    "val_loss": "validation loss",
    "test_loss": "test loss",
    "train_accuracy": "training accuracy",
    "val_accuracy": "validation accuracy",
    "test_accuracy": "test accuracy",
}


@dataclass(frozen=True)
class Table:
    """`values` for the CSV and `texts` for the reader, row by row; `best` is the position of the row to emphasize."""

    values: pd.DataFrame
    texts: pd.DataFrame
    best: int | None = None

    def __repr__(self) -> str:
        return self.texts.to_string()

    def _repr_html_(self) -> str:
        return to_html(self.texts, self.best)


def show(table: Table | pd.DataFrame, *, caption: str, label: str | None = None, digits: int = 4) -> None:
    """Display a table with its caption (Markdown, says what was found). A DataFrame is shown to so many digits.

    Where LABKIT_TABLES names a folder, the numbers are written there too, as LABEL.csv.
    """
    if isinstance(table, pd.DataFrame):
        table = Table(table, table.map(lambda v: significant(v, digits) if isinstance(v, float) else str(v)))
    data = {"text/html": to_html(table.texts, table.best), "text/plain": repr(table)}
    show_output(data, "table", caption, label=label)
    if folder := os.environ.get("LABKIT_TABLES"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        table.values.to_csv(Path(folder) / csv_name(label, caption), lineterminator="\n")


def csv_name(label: str | None, caption: str) -> str:
    """The file of a table's numbers: LABEL.csv, or after the beginning of its caption."""
    return re.sub(r"\W+", "-", label or caption.lower())[:60].strip("-") + ".csv"


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
    runs = pd.concat([study.runs for study in studies], ignore_index=True)
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
            reached = group.epochs_to_target.dropna()
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
    """The first recorded epoch in which the training loss was no higher than this, or nan."""
    reached = run.history.epoch[run.history.train_loss <= loss]
    return float(reached.iloc[0]) if len(reached) else np.nan


def median_epochs_to(study: Study, loss: float) -> float:
    """The epoch by which half of the runs first had a training loss this low; infinite where fewer came to it."""
    return quantiles([epochs_to(run, loss) for run in study.members])[1]


def median_at(study: Study, epoch: int, metric: str = "train_loss") -> float:
    """The median over runs of a column of the history, at an epoch or the last recorded one before it."""
    known = study.history[study.history.epoch <= epoch]
    return quantiles(known.groupby("run")[metric].last())[1]


def training_log(run: Run) -> str:
    """The log of a run, a line every twentieth of its epochs: epoch, training loss, training accuracy."""
    n_epochs = run.config.n_epochs
    wanted = {i * n_epochs // 20 for i in range(1, 21)} | {run.epochs}
    rows = run.history[run.history.epoch.isin(wanted)]
    width = len(f"{n_epochs:,}")
    lines = [
        f"epoch {row.epoch:>{width},}   loss {row.train_loss:.6f}   accuracy {row.train_accuracy:.4f}"
        for row in rows.itertuples()
    ]
    return "\n".join([*lines, f"diverged at epoch {run.epochs:,}"] if run.diverged else lines)


def predictions(run: Run, part: str = "train", n: int | None = None) -> Table:
    """Prediction, label and truth of each example; with n, of the n examples the run is least sure of."""
    choice("part", part, ["train", "val", "test"])
    x, y = getattr(run.dataset, part)
    if y.shape[1] != 1 or not len(x):
        raise LabError(f"a table of predictions needs one output and at least one example in {part!r}; got {y.shape}")
    p = run.predict_proba(x)[:, 0]
    order = np.arange(len(x)) if n is None else np.argsort(np.abs(p - 0.5), kind="stable")[:n]
    values = pd.DataFrame(x[order], columns=[f"x{i}" for i in range(1, x.shape[1] + 1)])
    values = values.assign(prediction=p[order], label=run.predict(x)[order], truth=labels_of(y.T)[order])
    values.index = pd.Index(order + 1, name="example")
    texts = values.map(lambda v: f"{v:.4f}" if isinstance(v, float) else str(v))
    texts["right"] = np.where(values.label == values.truth, "✓", "✗")
    return Table(values, texts)


def agreement(mine: Mapping[str, np.ndarray], theirs: Mapping[str, np.ndarray]) -> Table:
    """Two sets of arrays compared name by name: shapes, equal bit for bit or not, largest difference."""
    rows = []
    for name, a in mine.items():
        a, b = np.asarray(a), np.asarray(theirs[name])
        if a.shape != b.shape:
            raise LabError(f"{name} must have the same shape on both sides; got {a.shape} and {b.shape}")
        rows.append((name, "×".join(map(str, a.shape)) or "number", bool((a == b).all()), float(np.abs(a - b).max())))
    values = pd.DataFrame(rows, columns=["name", "shape", "exact", "largest_difference"]).set_index("name")
    texts = values.assign(
        exact=np.where(values.exact, "yes", "no"),
        largest_difference=[f"{d:.0e}" if d else "0" for d in values.largest_difference],
    )
    return Table(values, texts.rename(columns={"largest_difference": "largest difference"}))


def claims(verdicts: Iterable[Verdict]) -> Table:
    """Claimed, ours (median, 10 to 90 %), the share of our runs at or below the claim, and the verdict."""
    values, texts = [], []
    for v in verdicts:
        low, middle, high = quantiles(v.values)
        key = {"claim": v.claim, "quantity": v.quantity}
        values.append(
            key
            | {"claimed": v.claimed, "q10": low, "median": middle, "q90": high, "n": len(v.values)}
            | {"share_at_or_below": v.share_below, "verdict": v.verdict, "reason": v.reason}
        )
        below = "—" if v.kind == "statement" else percent(v.share_below)
        texts.append(
            key
            | {"claimed": claimed_text(v), "ours: median (10–90 %)": ours_text(v)}
            | {"≤ claim": below, "verdict": v.verdict}
        )
    names = ["claim", "quantity"]
    return Table(pd.DataFrame(values).set_index(names), pd.DataFrame(texts).set_index(names))


def claimed_text(verdict: Verdict) -> str:
    """The claimed number, "nan" where the report's run diverged, and nothing to compare with for words."""
    if verdict.kind == "statement":
        return "so"
    if np.isnan(verdict.claimed):
        return "nan"
    if verdict.kind == "fraction":
        return f"{100 * verdict.claimed:.2f}".rstrip("0").rstrip(".") + " %"
    return significant(verdict.claimed)


def ours_text(verdict: Verdict) -> str:
    """Median and spread of our runs, or in how many comparisons a statement was true."""
    if verdict.kind == "statement":
        return f"in {int(verdict.values.sum())} of {len(verdict.values)}" if len(verdict.values) else "—"
    return spread_text(verdict.values, as_percent=verdict.kind == "fraction")
