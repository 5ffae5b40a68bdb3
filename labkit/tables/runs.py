"""What one run did: its log, its predictions, and two sets of arrays held against each other."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ..errors import LabError, choice
from ..training.run import Run, labels_of
from .table import Table


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
    values = values.assign(prediction=p[order], label=run.predict(x)[order], truth=labels_of(y)[order])
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
