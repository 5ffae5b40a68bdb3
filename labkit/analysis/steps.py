"""Training step by step: the loss, the gradient and the new weights of every step, as the training itself has them.

Steps come one at a time, and two trainings are compared while they go on, so no network is too large to be followed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pandas as pd

from ..errors import LabError
from ..experiments.config import RunConfig
from ..experiments.progress import Progress
from ..experiments.run import quiet_single_thread
from ..experiments.training import Stack
from ..nn.activations import Array


@dataclass(frozen=True)
class Step:
    """The loss before a step, its gradient (P,), and the weights (P,) that it leads to."""

    loss: float
    gradient: Array
    weights: Array


class Witness:
    """Stands in for a stack's loss and optimizer, lets them do their work, and keeps what they have come to."""

    def __init__(self, stack: Stack):
        self.loss_of, self.optimizer = stack.loss, stack.optimizer
        stack.loss, stack.optimizer = self.loss, self
        self.value, self.gradient = np.nan, None

    def loss(self, *args) -> tuple[Array, Array]:
        value, derivative = self.loss_of(*args)
        self.value = float(value.item())
        return value, derivative

    def step(self, w: Array, g: Array, state: list[Array], h, t: int) -> None:
        self.gradient = g[0].copy()  # an update may overwrite it
        self.optimizer.step(w, g, state, h, t)


def steps(config: RunConfig) -> Iterator[Step]:
    """Every step of one run, without stop rules."""
    stack = Stack([config], Progress(f"steps {config.key()[:12]}", config.n_epochs))
    witness, batches = Witness(stack), stack.batches
    for _ in range(config.n_epochs):
        for batch in batches():
            stack.batches = lambda batch=batch: [batch]  # an epoch of a single step
            blas, silence = quiet_single_thread()
            with blas, silence:
                stack.epoch(want_accuracy=False)
            yield Step(witness.value, witness.gradient, stack.w[0].copy())


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
