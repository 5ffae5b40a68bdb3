"""Training step by step: the loss, the gradient and the new weights of every step, as the training itself has them.

Steps come one at a time, and two trainings are compared while they go on, so no network is too large to be followed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pandas as pd

from ..errors import LabError
from ..nn.activations import Array
from ..training.arithmetic import quiet_single_thread
from ..training.config import RunConfig
from ..training.stack import Stack


@dataclass(frozen=True)
class Step:
    """The loss before a step, its gradient (P,), and the weights (P,) that it leads to."""

    loss: float
    gradient: Array
    weights: Array


def steps(config: RunConfig, kind: type[Stack] = Stack) -> Iterator[Step]:
    """Every step of one run, without stop rules; `kind` is the stack that trains it."""
    stack = kind([config])
    for _ in range(config.n_epochs):
        for x, y in stack.batches():
            with quiet_single_thread():
                loss, _, gradient = stack.step(x, y)
            yield Step(float(loss.item()), gradient[0], stack.w[0].copy())


def compare(mine: Iterable[Step], theirs: Iterable[Step], n: int) -> pd.DataFrame:
    """Of the first n steps a row each, from 1 on: both losses, and the largest difference of loss, gradient and
    weights, relative to the largest value on the other side."""
    rows = []
    for a, b in islice(zip(mine, theirs, strict=False), n):
        if a.weights.shape != b.weights.shape:
            raise LabError(f"both sides must have as many parameters; got {a.weights.size} and {b.weights.size}")
        pairs = [(getattr(a, name), getattr(b, name)) for name in ("loss", "gradient", "weights")]
        rows.append((a.loss, b.loss, *(float(np.max(np.abs(x - y)) / np.max(np.abs(y))) for x, y in pairs)))
    columns = ["loss_mine", "loss_theirs", "loss", "gradient", "weights"]
    return pd.DataFrame(rows, columns=columns, index=pd.RangeIndex(1, len(rows) + 1, name="step"))
