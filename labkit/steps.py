"""Training step by step: the loss, the gradient and the new weights of every step, as the training itself has them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .activations import Array
from .config import RunConfig
from .errors import LabError
from .progress import Progress
from .runs import quiet_single_thread
from .training import Stack


@dataclass(frozen=True)
class Steps:
    """Loss (T,) before each of T steps, its gradient (T, P), and the weights (T, P) that the step leads to."""

    loss: Array
    gradient: Array
    weights: Array


class Witness:
    """Stands in for an optimizer, lets it do its work, and keeps a copy of what goes in and what comes out."""

    def __init__(self, optimizer):
        self.optimizer, self.gradients, self.weights = optimizer, [], []

    def step(self, w: Array, g: Array, state: list[Array], h, t: int) -> None:
        self.gradients.append(g[0].copy())  # an update may overwrite it
        self.optimizer.step(w, g, state, h, t)
        self.weights.append(w[0].copy())


def record_steps(config: RunConfig) -> Steps:
    """Every step of one run, without stop rules. It keeps T times twice the parameters, so take few epochs."""
    stack = Stack([config], Progress(f"steps {config.key()[:12]}", config.n_epochs))
    stack.optimizer = witness = Witness(stack.optimizer)
    losses, loss_of = [], stack.loss

    def watched(*args):
        value, derivative = loss_of(*args)
        losses.append(float(value.item()))
        return value, derivative

    stack.loss = watched
    blas, silence = quiet_single_thread()
    with blas, silence:
        for _ in range(config.n_epochs):
            stack.epoch(want_accuracy=False)
    stack.progress.add(config.n_epochs, now=True)
    return Steps(np.array(losses), np.array(witness.gradients), np.array(witness.weights))


def differences(mine: Steps, theirs: Steps) -> pd.DataFrame:
    """A row a step, from 1 on: both losses, and the largest difference of loss, gradient and weights, relative to the
    largest value of that step."""
    if mine.weights.shape != theirs.weights.shape:
        raise LabError(f"both must have as many steps and parameters; got {mine.weights.shape}, {theirs.weights.shape}")
    steps = pd.RangeIndex(1, len(mine.loss) + 1, name="step")
    pairs = {name: (getattr(mine, name), getattr(theirs, name)) for name in ("loss", "gradient", "weights")}
    table = {"loss_mine": mine.loss, "loss_theirs": theirs.loss}
    return pd.DataFrame(table | {name: relative(a, b) for name, (a, b) in pairs.items()}, index=steps)


def relative(a: Array, b: Array) -> Array:
    """max |a - b| / max |b| of each step, for arrays (T,) or (T, P)."""
    a, b = a.reshape(len(a), -1), b.reshape(len(b), -1)
    return np.abs(a - b).max(axis=1) / np.abs(b).max(axis=1)
