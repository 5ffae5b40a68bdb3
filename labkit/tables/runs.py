"""What single runs did: their logs and their predictions."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ..errors import LabError, choice
from ..rounding import percent, significant
from ..training.run import Run, labels_of
from ..words import by_name
from .table import Table, tabulated


@tabulated
def training_log(runs: Run | Mapping[str, Run], n_rows: int = 10) -> Table:
    """The logs of runs side by side: training loss and accuracy at every n_rows-th part of their epochs.

    A row is an epoch, or a share of the epochs where the runs have unequally many. A run that diverged ends with the
    next epoch, in which its last weights give no number any more.
    """
    runs = by_name(runs)
    by_share = len({run.config.n_epochs for run in runs.values()}) > 1
    logs = {name: recorded_log(run, n_rows, by_share) for name, run in runs.items()}
    values = pd.concat(logs, axis=1).sort_index()
    texts = pd.concat({name: log_texts(log) for name, log in logs.items()}, axis=1).sort_index().fillna("")
    texts = texts.set_axis([f"{at:,}{' %' * by_share}" for at in texts.index]).rename_axis(values.index.name)
    return Table(values, texts) if len(runs) > 1 else Table(values.droplevel(0, axis=1), texts.droplevel(0, axis=1))


def recorded_log(run: Run, n_rows: int, by_share: bool) -> pd.DataFrame:
    """Loss and accuracy at the n_rows-th parts of the epochs of a run, and at its end, by epoch; or by the share of the
    epochs in per cent, with the epoch as a column, and of rows with the same share the last."""
    n_epochs = run.config.n_epochs
    wanted = {i * n_epochs // n_rows for i in range(1, n_rows + 1)} | {run.epochs}
    log = run.history[run.history.epoch.isin(wanted)]
    rows = list(zip(log.epoch, log.train_loss, log.train_accuracy, strict=True))
    if run.diverged:
        rows.append((run.epochs + 1, run.results["train_loss"], run.results["train_accuracy"]))
    log = pd.DataFrame(rows, columns=["epoch", "loss", "accuracy"])
    log = log.set_index((100 * log.epoch // n_epochs).rename("trained") if by_share else "epoch")
    return log[~log.index.duplicated(keep="last")]


def log_texts(log: pd.DataFrame) -> pd.DataFrame:
    """A log as texts; of a loss of 1 and more only the first digits."""
    texts = {
        "epoch": lambda epoch: f"{epoch:,}",
        "loss": lambda loss: significant(loss, 4) if loss >= 1 else f"{loss:.6f}",
        "accuracy": percent,
    }
    return pd.DataFrame({name: log[name].map(texts[name]) for name in log})


@tabulated
def predictions(run: Run, part: str = "train", n: int | None = None, n_columns: int = 1) -> Table:
    """The true label and the prediction of each example; with n, of the n examples the run is least sure of. A
    prediction of the other label is marked ✗.

    With n_columns the examples stand in so many groups of columns side by side, read from top to bottom.
    """
    choice("part", part, ["train", "val", "test"])
    x, y = getattr(run.dataset, part)
    if y.shape[1] != 1 or not len(x):
        raise LabError(f"a table of predictions needs one output and at least one example in {part!r}; got {y.shape}")
    p = run.predict_proba(x)[:, 0]
    order = np.arange(len(x)) if n is None else np.argsort(np.abs(p - 0.5), kind="stable")[:n]
    values = pd.DataFrame(x[order], columns=[f"x{i}" for i in range(1, x.shape[1] + 1)])
    values = values.assign(prediction=p[order], label=run.predict(x)[order], truth=labels_of(y)[order])
    values.index = pd.Index(order + 1, name="example")
    texts = values.drop(columns="label").map(lambda v: f"{v:.4g}" if isinstance(v, float) else str(v))
    texts["prediction"] = [f"{p:.4f}" for p in values.prediction]
    wrong = values.label != values.truth
    texts.loc[wrong, "prediction"] += " ✗"
    names = {f"x{i}": f"$x_{i}$" for i in range(1, x.shape[1] + 1)} | {"truth": "label"}
    texts = texts[[*names, "prediction"]].rename(columns=names).rename_axis("no.")
    return Table(values, side_by_side(texts, n_columns), "A ✗ marks the wrong label." if wrong.any() else "")


def side_by_side(texts: pd.DataFrame, n_columns: int) -> pd.DataFrame:
    """A long table in several groups of columns; each group begins with its rows' names."""
    if n_columns == 1:
        return texts
    texts = texts.reset_index().astype(str)
    height = -(-len(texts) // n_columns)
    parts = [texts.iloc[i : i + height].reset_index(drop=True) for i in range(0, len(texts), height)]
    whole = pd.concat(parts, axis=1).fillna("")
    return whole.set_axis(whole.iloc[:, 0]).iloc[:, 1:].rename_axis(texts.columns[0])
