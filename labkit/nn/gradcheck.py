"""The numerical gradient check: does the backward pass compute the derivative of the very loss that is reported?

Each parameter w is moved by ±h, and (L(w + h) - L(w - h)) / 2h is held against the analytic derivative, in float64.
The check is only as good as the point it is made at: at zero biases ReLU sits exactly on its kink and a correct
backward pass looks wrong, so the parameters are shaken first, until no unit is near a kink.
"""

import numpy as np
import pandas as pd

from ..errors import LabError
from ..experiments.run import Run, quiet_single_thread
from .activations import ACTIVATIONS, Array
from .layers import Activate
from .losses import LOSSES, check_shapes
from .network import Network

STEP = 1e-6  # the error of a central difference is about STEP² from the formula and 1e-16 / STEP from rounding
CLEARANCE = 1e-4  # how far every unit stays from a kink, well beyond what a STEP can move it
SMALLEST = 1e-4  # gradients below it are compared as if this large: they are lost in the rounding of the loss


class GradientError(LabError):
    """The analytic gradient differs from the numerical one."""


def check_gradients(run: Run, n_examples: int = 20, n_entries: int = 200, tolerance: float = 1e-6) -> pd.DataFrame:
    """Check the backward pass of a run's network on its own loss and data; one row per parameter array.

    Takes n_examples of the training set, and at most n_entries of each array. The error of an array is its largest
    |analytic - numerical|, relative to the sum of the largest analytic and numerical derivative. Raises GradientError,
    naming parameter, index and both values, where it exceeds the tolerance.
    """
    x, y = (part[:n_examples].T.astype(np.float64) for part in run.dataset.train)
    start = run.network.initial(run.config.replace(bias_init="normal"), np.random.default_rng(0))
    return compare(run.network, run.config.loss, start, x, y, n_entries, tolerance)


def compare(
    network: Network,
    loss: str,
    flat: Array,
    x: Array,
    y: Array,
    n_entries: int = 200,
    tolerance: float = 1e-6,
) -> pd.DataFrame:
    """The check at parameters near flat (P,), or (R, P) for a stack; columns x (..., D, N), targets y (..., K, N)."""
    rng = np.random.default_rng(0)
    quiet, silence = quiet_single_thread()
    with quiet, silence:
        flat = off_the_kinks(network, flat, x, rng)
        params = network.views(flat)
        output, caches = network.forward(params, x)
        check_shapes(output, y)
        _, d_output = LOSSES[loss].function(output, y)
        grads = network.backward(params, caches, d_output)

        def loss_value() -> Array:
            return LOSSES[loss].function(network.forward(params, x)[0], y)[0]

        rows = []
        learned = [each for each in zip(network.layers, params, grads, strict=True) if each[0].shapes]
        for i, (layer, p, g) in enumerate(learned, start=1):  # W2 is of the second layer that has weights
            for name in layer.shapes:
                entries = [tuple(map(int, e)) for e in np.ndindex(layer.shapes[name])]
                chosen = [entries[k] for k in sorted(rng.permutation(len(entries))[:n_entries])]
                numerical = np.stack([central_difference(p[name], entry, loss_value) for entry in chosen], axis=-1)
                analytic = np.stack([g[name][..., *entry] for entry in chosen], axis=-1)
                rows.append((f"{name}{i}", type(layer).__name__, len(chosen), relative_error(analytic, numerical)))
                if not rows[-1][-1] <= tolerance:
                    raise GradientError(worst(rows[-1], chosen, analytic, numerical, tolerance))
    return pd.DataFrame(rows, columns=["parameter", "layer", "n_entries", "relative_error"])


def off_the_kinks(network: Network, flat: Array, x: Array, rng: np.random.Generator) -> Array:
    """A copy of the parameters, shaken by N(0, 0.1²) until no unit of a bent activation is close to its kink."""
    for _ in range(1000):
        shaken = flat + 0.1 * rng.standard_normal(flat.shape)
        _, caches = network.forward(network.views(shaken), x)
        distances = [
            np.abs(cache[0] - ACTIVATIONS[layer.name].bend).min()
            for layer, cache in zip(network.layers, caches, strict=True)
            if isinstance(layer, Activate) and ACTIVATIONS[layer.name].bend is not None
        ]
        if min(distances, default=np.inf) > CLEARANCE:
            return shaken
    raise LabError("the gradient check found no point away from the kinks; give it fewer examples")


def central_difference(w: Array, entry: tuple[int, ...], loss_value) -> Array:
    """(L(w + h) - L(w - h)) / 2h by one entry of the array w, which is left as it was; one value a run."""
    kept = w[..., *entry].copy()
    w[..., *entry] = kept + STEP
    above = loss_value()
    w[..., *entry] = kept - STEP
    below = loss_value()
    w[..., *entry] = kept
    return (above - below) / (2 * STEP)


def relative_error(analytic: Array, numerical: Array) -> float:
    scale = np.abs(analytic).max() + np.abs(numerical).max()
    return float(np.abs(analytic - numerical).max() / max(scale, SMALLEST))


def worst(row: tuple, chosen: list[tuple[int, ...]], analytic: Array, numerical: Array, tolerance: float) -> str:
    """The message of a failed check, about the entry that is furthest off."""
    name, layer, _, error = row
    place = np.unravel_index(np.abs(analytic - numerical).argmax(), analytic.shape)
    return (
        f"gradient of {name} ({layer}) is wrong at index {chosen[place[-1]]}: backward gives {analytic[place]:.6g}, "
        f"the central difference {numerical[place]:.6g}; relative error {error:.1e}, allowed {tolerance:.0e}"
    )
