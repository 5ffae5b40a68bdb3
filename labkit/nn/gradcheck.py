"""The numerical gradient check: does the backward pass compute the derivative of the very loss that is reported?

Each parameter w is moved by ±h, and (L(w + h) - L(w - h)) / 2h is held against the analytic derivative, in float64.
The check is only as good as the point it is made at: at zero biases ReLU sits exactly on its kink and a correct
backward pass looks wrong, so the parameters are shaken first, until no unit is near a kink.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ..errors import LabError
from .activations import Array
from .layers import Activation
from .losses import LossFunction, check_shapes
from .network import Network

STEP = 1e-6  # the error of a central difference is about STEP² from the formula and 1e-16 / STEP from rounding
CLEARANCE = 1e-4  # how far every unit stays from a kink, well beyond what a STEP can move it
MOST_ENTRIES, TOLERANCE = 200, 1e-6
SMALLEST = 1e-4  # gradients below it are compared as if this large: they are lost in the rounding of the loss


class GradientError(LabError):
    """The analytic gradient differs from the numerical one."""


class Checked(NamedTuple):
    """The check of one parameter array, such as W2, the weights of the second layer that has any."""

    parameter: str
    layer: str
    n_entries: int
    relative_error: float


def gradient_errors(network: Network, loss: LossFunction, w: Array, x: Array, y: Array) -> list[Checked]:
    """The check near parameters w (P,), or (R, P) for a stack, on columns x (..., D, N) with targets y (..., K, N).

    Takes at most MOST_ENTRIES of each array. The error of an array is its largest |analytic - numerical|, relative to
    the sum of the largest analytic and numerical derivative. Raises GradientError, naming parameter, index and both
    values, where it exceeds the TOLERANCE.
    """
    rng = np.random.default_rng(0)
    with np.errstate(all="ignore"):
        w = off_the_kinks(network, w, x, rng)
        params = network.views(w)
        check_shapes(network.forward(params, x)[0], y)
        _, gradient, _ = network.loss_and_gradient(loss, params, x, y)
        grads = network.views(gradient)

        def loss_value() -> Array:
            return loss(network.forward(params, x)[0], y)[0]

        rows = []
        learned = [each for each in zip(network.layers, params, grads, strict=True) if each[0].shapes]
        for i, (layer, p, g) in enumerate(learned, start=1):
            for name in layer.shapes:
                entries = [tuple(map(int, e)) for e in np.ndindex(layer.shapes[name])]
                chosen = [entries[k] for k in sorted(rng.permutation(len(entries))[:MOST_ENTRIES])]
                numerical = np.stack([central_difference(p[name], entry, loss_value) for entry in chosen], axis=-1)
                analytic = np.stack([g[name][..., *entry] for entry in chosen], axis=-1)
                rows.append(Checked(f"{name}{i}", layer.name, len(chosen), relative_error(analytic, numerical)))
                if not rows[-1].relative_error <= TOLERANCE:
                    raise GradientError(worst(rows[-1], chosen, analytic, numerical))
    return rows


def off_the_kinks(network: Network, w: Array, x: Array, rng: np.random.Generator) -> Array:
    """A copy of the parameters, shaken by N(0, 0.1²) until no unit is close to the kink of its activation."""
    for _ in range(1000):
        shaken = w + 0.1 * rng.standard_normal(w.shape)
        _, caches = network.forward(network.views(shaken), x)
        distances = [
            np.abs(cache[0] - layer.row.kink).min()
            for layer, cache in zip(network.layers, caches, strict=True)
            if isinstance(layer, Activation) and layer.row.kink is not None
        ]
        if min(distances, default=np.inf) > CLEARANCE:
            return shaken
    raise LabError("the gradient check found no point away from the kinks; give it fewer examples")


def central_difference(values: Array, entry: tuple[int, ...], loss_value: Callable[[], Array]) -> Array:
    """(L(w + h) - L(w - h)) / 2h by one entry of an array, which is left as it was; one value a run."""
    kept = values[..., *entry].copy()
    values[..., *entry] = kept + STEP
    above = loss_value()
    values[..., *entry] = kept - STEP
    below = loss_value()
    values[..., *entry] = kept
    return (above - below) / (2 * STEP)


def relative_error(analytic: Array, numerical: Array) -> float:
    """The largest difference of two arrays, relative to the sum of their largest values."""
    scale = np.abs(analytic).max() + np.abs(numerical).max()
    return float(np.abs(analytic - numerical).max() / max(scale, SMALLEST))


def worst(row: Checked, chosen: list[tuple[int, ...]], analytic: Array, numerical: Array) -> str:
    """The message of a failed check, about the entry that is furthest off."""
    place = np.unravel_index(np.abs(analytic - numerical).argmax(), analytic.shape)
    return (
        f"gradient of {row.parameter} ({row.layer}) is wrong at index {chosen[place[-1]]}: backward gives "
        f"{analytic[place]:.6g}, the central difference {numerical[place]:.6g}; relative error "
        f"{row.relative_error:.1e}, allowed {TOLERANCE:.0e}"
    )
