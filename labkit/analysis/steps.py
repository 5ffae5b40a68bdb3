"""Training step by step: the loss, the gradient and the new weights of every step, as the training itself has them.

Steps come one at a time, and two trainings are compared while they go on, so no network is too large to be followed.
Of every epoch only the loss is kept: a history has a few hundred of them, too few to tell how often a loss rises.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pandas as pd

from ..errors import LabError
from ..experiments.progress import Progress
from ..nn.activations import Array
from ..training.arithmetic import quiet_single_thread
from ..training.config import RunConfig
from ..training.run import HISTORY, Run
from ..training.stack import Stack
from .kept import kept

ROUNDING = 1e-6  # a relative change of a loss in float32 that means nothing


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


def loss_of_every_epoch(configs: list[RunConfig], n_epochs: int) -> Array:
    """The training loss (n_epochs, R) of each run before the update of each epoch, without any stop rule.

    A trace that was made before comes from the cache of runs.
    """
    unstopped = {"n_epochs": n_epochs, "loss_target": None, "accuracy_target": None, "patience": None}
    progress = Progress(n_epochs * len(configs))
    losses = []
    for config in (config.replace(**unstopped) for config in configs):
        done = progress.done
        losses.append(kept(lambda config=config: traced(config, progress), config, "every epoch").history.train_loss)
        if progress.done == done:
            progress.add(n_epochs, cached=True)
    return np.stack(losses, axis=1)


def traced(config: RunConfig, progress: Progress) -> Run:
    """A run whose history has the training loss of every epoch, and nothing else."""
    stack = Stack([config])
    with quiet_single_thread():
        losses = [stack.epoch(want_accuracy=False)[0].item() for _ in range(config.n_epochs)]
        results = stack.final(stack.w[0], 0)
    progress.add(config.n_epochs, now=True)
    log = np.full((config.n_epochs, len(HISTORY)), np.nan)
    log[:, 0], log[:, 1] = range(1, config.n_epochs + 1), losses
    return Run(config, stack.network, stack.w[0], log, results, config.n_epochs, "n_epochs", 0.0)


def rises(losses: Array) -> pd.DataFrame:
    """How rough each curve of losses (E, R) is, a row a run: n_rises, the epochs in which the loss rose; total, the sum
    of these rises; largest, the highest of them."""
    steps = np.diff(losses, axis=0)
    steps = np.where(steps > ROUNDING * losses[:-1], steps, 0.0)
    return pd.DataFrame(
        {"n_rises": (steps > 0).sum(axis=0), "total": steps.sum(axis=0), "largest": steps.max(axis=0, initial=0.0)}
    )
