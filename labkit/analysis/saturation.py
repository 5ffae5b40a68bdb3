"""Units that do not react, because they are in a flat part of their activation, where no error can pass back any more.

A unit of ReLU whose z is nowhere above 0 is dead. A saturated output unit stops the training of all others.
"""

import numpy as np

from ..errors import LabError
from ..nn.activations import Array
from ..nn.layers import Activation
from ..nn.losses import LOSSES
from ..training.arithmetic import quiet_single_thread
from ..training.run import Run

FLAT = 1e-3  # a mean slope of the output below this, of at most 1/4, leaves the weights next to no gradient


def dead_units(run: Run, layer: int) -> Array:
    """Which units (H,) of a hidden layer, counted from 1, have z <= 0 on every training example.

    A ReLU passes nothing back there, a leaky ReLU its small slope.
    """
    if run.config.activation not in ("relu", "leaky_relu"):
        raise LabError(f"dead units are those of ReLU or leaky ReLU; got activation {run.config.activation!r}")
    with quiet_single_thread():
        _, caches = run.network.forward(run.params, run.dataset.train[0].T.astype(run.flat.dtype))
    hidden = [cache[0] for f, cache in zip(run.network.layers, caches, strict=True) if isinstance(f, Activation)]
    return (hidden[layer - 1] <= 0).all(axis=-1)


def output_z(run: Run) -> Array:
    """The pre-activation z (N,) of the one output unit on the training examples. LabError unless it is a sigmoid."""
    last = run.network.layers[-1]
    if last.name != "sigmoid" or run.network.n_out != 1:
        raise LabError("saturation is measured on one sigmoid output; this network ends in another layer")
    with quiet_single_thread():
        _, caches = run.network.forward(run.params, run.dataset.train[0].T.astype(run.flat.dtype))
    return caches[-1][0][0].astype(float)


def output_slope(run: Run) -> float:
    """The mean of σ'(z) over the training examples, as 1 / (4 cosh²(z/2)): exact where 1 - σ(z) would round to 0."""
    with np.errstate(over="ignore"):
        return float(np.mean(0.25 / np.cosh(output_z(run) / 2) ** 2))


def one_half_loss(run: Run) -> float:
    """The loss of answering one half for every training example: the height of the plateau."""
    y = run.dataset.train[1].T
    return float(LOSSES[run.config.loss].function(np.full(y.shape, 0.5), y)[0])


def saturated(run: Run) -> bool:
    """Whether the run is stuck in the flat part: nearly no slope, and a loss above that of answering one half."""
    return not run.diverged and output_slope(run) < FLAT and run.results["train_loss"] > one_half_loss(run)
