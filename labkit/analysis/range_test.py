"""The learning-rate range test: one short training in which the rate rises a little with every epoch (Smith, 2017).

Rates that are too small leave the loss where it is, good ones bring it down, and at the first rate that is too large
it turns up again. So one training shows the scale of the rate for which a grid needs many.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from ..errors import LabError
from ..figures.curves import LOSS_NAMES
from ..figures.style import INK, panels, styled, styles_of
from ..nn.activations import Array
from ..rounding import quantiles
from ..training.arithmetic import quiet_single_thread
from ..training.config import RunConfig
from ..training.stack import Stack

RISE = 1.1  # a loss this many times its lowest so far has turned up; before the limit, gradient descent never rises
MARGIN = 2.0  # the advice below the limit found: a loss takes some epochs to turn up, and the limit may still sink


@dataclass(frozen=True)
class RangeTest:
    """`lr` (E,), the rate of each epoch; `loss` (E, R), the training loss of each seed before that epoch's update.

    From the epoch on in which it is no longer finite, a loss is nan.
    """

    config: RunConfig
    seeds: tuple[int, ...]
    lr: Array
    loss: Array

    @property
    def limits(self) -> Array:
        """The rate (R,) at which each seed's loss first turns up; infinite where it never does."""
        lowest = np.fmin.accumulate(self.loss, axis=0)
        up = ~(self.loss <= RISE * lowest)  # a nan is up as well
        return np.where(up.any(axis=0), self.lr[up.argmax(axis=0)], np.inf)

    @property
    def advice(self) -> float:
        """The advised rate: the median limit over the seeds, with a margin, to two digits. LabError without a limit."""
        limit = quantiles(self.limits)[1]
        if not np.isfinite(limit):
            raise LabError(f"no limit up to the rate {self.lr[-1]:g}; test a higher one")
        return float(f"{limit / MARGIN:.1e}")


def range_test(config: RunConfig, low: float, high: float, n_epochs: int, seeds: Iterable[int]) -> RangeTest:
    """Train from each seed while the rate rises from `low` to `high`, by the same factor each epoch.

    The lr, n_epochs and stop rules of the config play no part. Raises LabError unless 0 < low < high and n_epochs >= 2.
    """
    if not 0 < low < high or n_epochs < 2:
        raise LabError(f"a range test needs 0 < low < high and n_epochs >= 2; got {low:g}, {high:g} and {n_epochs}")
    seeds = tuple(seeds)
    stack = Stack([config.replace(seed=seed) for seed in seeds])
    rates = np.geomspace(low, high, n_epochs)
    losses = np.empty((n_epochs, len(seeds)))
    with quiet_single_thread():
        for epoch, lr in enumerate(rates):
            stack.optimizer.settings["lr"][...] = lr
            losses[epoch], _ = stack.epoch(want_accuracy=False)
    finite = np.logical_and.accumulate(np.isfinite(losses), axis=0)
    return RangeTest(config, seeds, rates, np.where(finite, losses, np.nan))


@styled
def range_curves(test: RangeTest, ax: Axes | None = None) -> Axes:
    """The loss of a range test against its rising rate: each seed, their median, where they turn up, and the advice."""
    ax = panels() if ax is None else ax
    style = next(iter(styles_of("dataset", [test.config.dataset]).values()))
    ax.plot(test.lr, test.loss, color=style["color"], lw=0.5, alpha=0.4)
    ax.plot(test.lr, np.median(test.loss, axis=1), color=style["color"], lw=1.8)
    low, _, high = quantiles(test.limits)
    if np.isfinite(high):
        ax.axvspan(low, high, color=INK, alpha=0.18, lw=0)
    ax.axvline(test.advice, color=INK, lw=1, ls=(0, (4, 2)))
    place = {"xytext": (-4, 4), "textcoords": "offset points", "ha": "right", "va": "bottom"}
    ax.annotate(f"advice: {test.advice:g}", (test.advice, 0), xycoords=("data", "axes fraction"), **place)
    ax.text(0.03, 0.12, f"n = {len(test.seeds)}", transform=ax.transAxes, color=INK, fontsize=8)
    ax.set(xscale="log", yscale="log", xlabel="learning rate, rising", ylabel=f"loss ({LOSS_NAMES[test.config.loss]})")
    return ax
