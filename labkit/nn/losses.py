"""Losses: the number that is plotted and the gradient that is followed, from the same formula, constants included.

Outputs and targets are (..., K, N): K outputs, N examples, and any run axes in front. A loss returns one value per run,
shape (...), and its derivative with respect to the outputs. The cross-entropies take logits, the outputs before
sigmoid or softmax, where the derivative is simply probability minus target.
To add one, write the function and add one row to `LOSSES`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..errors import LabError
from .activations import Array, sigmoid, softmax

LossFunction = Callable[[Array, Array], tuple[Array, Array]]


def mse(y_hat: Array, y: Array) -> tuple[Array, Array]:
    """Mean squared error, L = Σ (ŷ - y)² / (K N), and dŷ = 2 (ŷ - y) / (K N)."""
    n_values = y_hat.shape[-1] * y_hat.shape[-2]
    error = y_hat - y
    return sum_of_squares(error) / n_values, error * (2.0 / n_values)


def half_mse(y_hat: Array, y: Array) -> tuple[Array, Array]:
    """Half the mean squared error, L = Σ (ŷ - y)² / (2 K N), and dŷ = (ŷ - y) / (K N)."""
    n_values = y_hat.shape[-1] * y_hat.shape[-2]
    error = y_hat - y
    return sum_of_squares(error) / (2 * n_values), error * (1.0 / n_values)


def binary_cross_entropy(logits: Array, y: Array) -> tuple[Array, Array]:
    """L = -Σ [y log p + (1 - y) log(1 - p)] / (K N) with p = σ(logits), and dlogits = (p - y) / (K N).

    Written as log(1 + e^logits) - y logits, which neither overflows nor takes the logarithm of zero.
    """
    n_values = logits.shape[-1] * logits.shape[-2]
    terms = np.logaddexp(0.0, logits) - y * logits
    return terms.sum(axis=(-2, -1)) / n_values, (sigmoid(logits) - y) * (1.0 / n_values)


def cross_entropy(logits: Array, y: Array) -> tuple[Array, Array]:
    """L = -Σ_n Σ_k y log p / N with p = softmax(logits), and dlogits = (p - y) / N. Each column of y sums to 1."""
    n_examples = logits.shape[-1]
    shifted = logits - logits.max(axis=-2, keepdims=True)  # softmax stays the same, and e^z cannot overflow
    e = np.exp(shifted)
    total = e.sum(axis=-2, keepdims=True)
    value = (y * (np.log(total) - shifted)).sum(axis=(-2, -1)) / n_examples  # log p = shifted - log total
    return value, (e / total - y) / n_examples


def sum_of_squares(error: Array) -> Array:
    """Σ error² of each run, (..., K, N) -> (...)."""
    flat = error.reshape(*error.shape[:-2], -1)
    return np.vecdot(flat, flat)


@dataclass(frozen=True)
class Loss:
    """A row of `LOSSES`. `applies` names the output activation that a loss on logits applies itself, else None."""

    function: LossFunction
    applies: str | None = None

    def probabilities(self, output: Array) -> Array:
        """What a network says of each example, (..., K, N): its output through the activation that the loss applies."""
        if self.applies is None:
            return output
        return sigmoid(output) if self.applies == "sigmoid" else softmax(output)


LOSSES = {
    "mse": Loss(mse),
    "half_mse": Loss(half_mse),
    "binary_cross_entropy": Loss(binary_cross_entropy, applies="sigmoid"),
    "cross_entropy": Loss(cross_entropy, applies="softmax"),
}


def check_shapes(y_hat: Array, y: Array) -> None:
    """Raise LabError unless outputs and targets are (..., K, N) alike: broadcasting would turn a slip into nonsense."""
    if y.ndim < 2 or y_hat.shape[-2:] != y.shape[-2:]:
        raise LabError(
            f"targets must be 2-D and shaped as the outputs, (K outputs, N examples); "
            f"the outputs have shape {y_hat.shape}, the targets {y.shape}"
        )
