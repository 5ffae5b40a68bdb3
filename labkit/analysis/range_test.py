"""The learning-rate range test: one short training in which the rate rises a little with every epoch (Smith, 2017).

Rates that are too small leave the loss where it is, good ones bring it down, and at the first rate that overshoots it
turns up again. So one training shows the scale of the rate for which a grid needs many.
"""

from collections.abc import Iterable

import numpy as np

from ..errors import LabError
from ..nn.activations import Array
from ..training.arithmetic import quiet_single_thread
from ..training.config import RunConfig
from ..training.stack import Stack

RISE = 1.1  # a loss this many times its lowest so far has turned up; before the limit, gradient descent never rises


def range_test(config: RunConfig, low: float, high: float, n_epochs: int, seeds: Iterable[int]) -> tuple[Array, Array]:
    """The rate (E,) of each epoch, rising from `low` to `high` by one factor, and the loss (E, R) of each seed before
    that epoch's update, nan from the epoch on in which it is no longer finite.

    The lr, n_epochs and stop rules of the config play no part. Raises LabError unless 0 < low < high and n_epochs >= 2.
    """
    if not 0 < low < high or n_epochs < 2:
        raise LabError(f"a range test needs 0 < low < high and n_epochs >= 2; got {low:g}, {high:g} and {n_epochs}")
    stack = Stack([config.replace(seed=seed) for seed in seeds])
    rates = np.geomspace(low, high, n_epochs)
    losses = []
    with quiet_single_thread():
        for lr in rates:
            stack.optimizer.settings["lr"][...] = lr
            losses.append(stack.epoch(want_accuracy=False)[0])
    finite = np.logical_and.accumulate(np.isfinite(losses), axis=0)
    return rates, np.where(finite, losses, np.nan)


def limits(rates: Array, losses: Array) -> Array:
    """The rate (R,) at which each seed's loss first turns up; infinite where it never does."""
    up = ~(losses <= RISE * np.fmin.accumulate(losses, axis=0))  # a nan is up as well
    return np.where(up.any(axis=0), rates[up.argmax(axis=0)], np.inf)
