"""Units of a network that do not react: flat on an example, or dead, which is flat on every one.

A unit is flat on an example where the slope of its activation is below a hundredth of the largest slope: for ReLU that
is z < 0, for sigmoid |z| > 6. A unit that is flat on every example is dead: the gradient that reaches its weights is
(next to) zero, and no training will move it. Of sigmoid and tanh one says that such a unit is saturated.
"""

import numpy as np
import pandas as pd

from ..errors import LabError
from ..experiments.arithmetic import quiet_single_thread
from ..experiments.run import Run
from ..nn.activations import Array
from ..nn.layers import Activation

FLAT = 0.01  # below this fraction of the largest slope


def largest_slope(name: str) -> float:
    """The largest slope of an activation: 1/4 for sigmoid, 1 for tanh, ReLU and identity, 1.1 for SiLU."""
    layer = Activation(name)
    _, cache = layer.forward(np.linspace(-10, 10, 4001))
    return float(np.abs(layer.derivative(cache)).max())


def unit_states(run: Run) -> pd.DataFrame:
    """One row a hidden layer: layer (from 1), n_units, n_dead, and `flat`, the fraction of flat units over examples.

    Measured with the run's parameters as they are, on its training set.
    """
    x = run.dataset.train[0].T.astype(run.flat.dtype)
    with quiet_single_thread():
        _, caches = run.network.forward(run.params, x)
        rows = []
        for layer, cache in hidden(run, caches):
            flat = np.abs(layer.derivative(cache)) < FLAT * largest_slope(layer.name)
            rows.append((len(rows) + 1, flat.shape[0], int(flat.all(axis=-1).sum()), float(flat.mean())))
    return pd.DataFrame(rows, columns=["layer", "n_units", "n_dead", "flat"])


def dead_share(run: Run) -> float:
    """The fraction of all hidden units of a run that are dead on its training set."""
    states = unit_states(run)
    return float(states.n_dead.sum() / states.n_units.sum())


def flat_share(run: Run) -> float:
    """The fraction of flat units over the training examples, mean over all hidden units of a run."""
    states = unit_states(run)
    return float((states.flat * states.n_units).sum() / states.n_units.sum())


def hidden(run: Run, caches: list) -> list[tuple[Activation, tuple[Array, Array]]]:
    """The activations of the hidden layers with their caches (z, a)."""
    if run.config.activation == "identity":
        raise LabError("a unit is flat where its activation is; activation 'identity' is flat nowhere")
    found = [pair for pair in zip(run.network.layers, caches, strict=True) if isinstance(pair[0], Activation)]
    return found[: len(run.config.hidden_sizes)]
