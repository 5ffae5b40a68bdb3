"""The loss of every single epoch. A history keeps a few hundred of them, too few to tell how often a loss rises."""

import numpy as np
import pandas as pd

from ..experiments.arithmetic import quiet_single_thread
from ..experiments.config import RunConfig
from ..experiments.progress import Progress
from ..experiments.run import Run
from ..experiments.training import Stack
from ..nn.activations import Array
from .kept import kept

ROUNDING = 1e-6  # a relative change of a loss in float32 that means nothing


def loss_of_every_epoch(configs: list[RunConfig], n_epochs: int) -> Array:
    """The training loss (n_epochs, R) of each run before the update of each epoch, without any stop rule.

    A trace that was made before comes from the cache of runs.
    """
    unstopped = {"n_epochs": n_epochs, "loss_target": None, "accuracy_target": None, "patience": None}
    progress = Progress("every epoch", n_epochs * len(configs))
    losses = []
    for config in (config.replace(**unstopped) for config in configs):
        losses.append(kept(lambda config=config: traced(config), config, "every epoch").history.train_loss)
        progress.add(n_epochs)
    return np.stack(losses, axis=1)


def traced(config: RunConfig) -> Run:
    """A run whose history has the training loss of every epoch, and nothing else."""
    stack = Stack([config], Progress("trace", 0))
    with quiet_single_thread():
        losses = [stack.epoch(want_accuracy=False)[0].item() for _ in range(config.n_epochs)]
        results = stack.final(stack.w[0], 0)
    history = pd.DataFrame({"epoch": range(1, config.n_epochs + 1), "train_loss": losses})
    return Run(config, stack.network, stack.w[0], history, results, config.n_epochs, "n_epochs", 0.0)


def rises(losses: Array) -> pd.DataFrame:
    """How rough each curve of losses (E, R) is, a row a run: n_rises, the epochs in which the loss rose; total, the sum
    of these rises; largest, the highest of them."""
    steps = np.diff(losses, axis=0)
    steps = np.where(steps > ROUNDING * losses[:-1], steps, 0.0)
    return pd.DataFrame(
        {"n_rises": (steps > 0).sum(axis=0), "total": steps.sum(axis=0), "largest": steps.max(axis=0, initial=0.0)}
    )
