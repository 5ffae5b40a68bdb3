"""What a network without activations is: one linear map. And what is known of such maps without any training."""

import numpy as np

from ..errors import LabError, choice
from ..nn.activations import Array
from ..nn.layers import Linear
from ..training.run import Run, labels_of

CURVATURES = {"mse": 2.0, "half_mse": 1.0}  # the second derivative of the loss by the error of an example, times N


def composed(run: Run) -> tuple[Array, Array]:
    """The one map W (K, D), b (K, 1) in float64 that a run's layers make together, up to its output activation.

    W is the product of the layers' weights, and b what each bias is carried to by the weights behind it. Raises
    LabError for a run with an activation between its layers.
    """
    layers = list(run.network.layers)
    *inner, last = [i for i, layer in enumerate(layers) if isinstance(layer, Linear)]
    if len(inner) != last or len(layers) > last + 2:
        raise LabError(f"only layers without an activation make one linear map; got {run.config.activation!r}")
    W, b = np.eye(run.network.sizes[0]), np.zeros((run.network.sizes[0], 1))
    for p in run.params[: last + 1]:
        W, b = p["W"].astype(float) @ W, p["W"].astype(float) @ b + p["b"]  # W₂(W₁x + b₁) + b₂ = (W₂W₁)x + (W₂b₁ + b₂)
    return W, b


def least_squares_hessian(x: Array, loss: str = "mse") -> Array:
    """The Hessian (D + 1, D + 1) of the loss of one linear unit, by its weights and bias: 2/N Σ (x, 1)(x, 1)ᵀ for MSE.

    It depends on the inputs alone: the loss is a parabola with the same curvature everywhere.
    """
    choice("loss", loss, CURVATURES)
    augmented = np.c_[x, np.ones(len(x))]
    return CURVATURES[loss] / len(x) * augmented.T @ augmented


def best_line_accuracy(x: Array, y: Array, n_directions: int = 3600) -> float:
    """The highest accuracy that a straight line reaches on points x (N, 2) with labels y (N, 1).

    Tried are n_directions of the line, half a step off the diagonals, and for each every place between two points.
    """
    angles = (np.arange(n_directions) + 0.5) * 2 * np.pi / n_directions
    heights = x @ np.array([np.cos(angles), np.sin(angles)])
    ones = labels_of(y)[np.argsort(heights, axis=0)]  # (N, n_directions), from one side of the plane to the other
    below = np.cumsum(1 - ones, axis=0)  # right below the line, where it says 0
    above = ones.sum(axis=0) - np.cumsum(ones, axis=0)  # right above it, where it says 1
    return float(max((below + above).max(), np.max(ones.sum(axis=0))) / len(x))
