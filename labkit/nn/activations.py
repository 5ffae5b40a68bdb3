"""Activation functions and their derivatives, element by element.

Each takes pre-activations z of any shape. A derivative is also given a = f(z), because most are shortest in terms of
the output. `out` receives the result, as in numpy; without it a new array is returned.
To add an activation, write its two functions and add one row to `ACTIVATIONS`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Array = np.ndarray


def sigmoid(z: Array, out: Array | None = None) -> Array:
    """1 / (1 + e^-z), as 0.5 + 0.5 tanh(z/2): it cannot overflow, and numpy has a vectorized tanh."""
    a = np.multiply(z, 0.5, out=out)
    np.tanh(a, out=a)
    np.multiply(a, 0.5, out=a)
    return np.add(a, 0.5, out=a)


def sigmoid_derivative(z: Array, a: Array, out: Array | None = None) -> Array:
    """σ'(z) = a (1 - a); at most 1/4."""
    slope = np.subtract(1.0, a, out=out)
    return np.multiply(slope, a, out=slope)


def tanh(z: Array, out: Array | None = None) -> Array:
    """(e^z - e^-z) / (e^z + e^-z)."""
    return np.tanh(z, out=out)


def tanh_derivative(z: Array, a: Array, out: Array | None = None) -> Array:
    """tanh'(z) = 1 - a²."""
    slope = np.multiply(a, a, out=out)
    return np.subtract(1.0, slope, out=slope)


def relu(z: Array, out: Array | None = None) -> Array:
    """max(0, z)."""
    return np.maximum(z, 0.0, out=out)


def relu_derivative(z: Array, a: Array, out: Array | None = None) -> Array:
    """1 where z > 0, else 0; the kink at 0 counts as 0."""
    return np.sign(a, out=out)  # a = max(0, z) is never negative, so its sign is 0 or 1


def leaky_relu(z: Array, out: Array | None = None, *, slope: float = 0.01) -> Array:
    """z where z > 0, else slope · z (0 <= slope < 1)."""
    a = np.multiply(z, slope, out=out)
    return np.maximum(a, z, out=a)


def leaky_relu_derivative(z: Array, a: Array, out: Array | None = None, *, slope: float = 0.01) -> Array:
    """1 where z > 0, else slope."""
    step = np.heaviside(z, 0.0, out=out)
    np.multiply(step, 1.0 - slope, out=step)
    return np.add(step, slope, out=step)


def silu(z: Array, out: Array | None = None) -> Array:
    """z σ(z), also called swish."""
    a = sigmoid(z, out=out)
    return np.multiply(a, z, out=a)


def silu_derivative(z: Array, a: Array, out: Array | None = None) -> Array:
    """d/dz z σ(z) = σ + z σ (1 - σ) = σ + a (1 - σ)."""
    s = sigmoid(z)
    slope = np.subtract(1.0, s, out=out)
    np.multiply(slope, a, out=slope)
    return np.add(slope, s, out=slope)


def identity(z: Array, out: Array | None = None) -> Array:
    """z itself: no activation."""
    return np.positive(z, out=out)


def identity_derivative(z: Array, a: Array, out: Array | None = None) -> Array:
    """1 everywhere."""
    slope = np.empty_like(z) if out is None else out
    slope.fill(1.0)
    return slope


def softmax(z: Array) -> Array:
    """e^z_k / Σ_j e^z_j over the outputs k, the axis before the last: z (..., K, N) -> probabilities (..., K, N)."""
    e = np.exp(z - z.max(axis=-2, keepdims=True))  # the shift cancels, and keeps e^z from overflowing
    return e / e.sum(axis=-2, keepdims=True)


@dataclass(frozen=True)
class Activation:
    """A function with its derivative; `bend` is z where the derivative jumps (a gradient check keeps away)."""

    function: Callable[..., Array]
    derivative: Callable[..., Array]
    bend: float | None = None


ACTIVATIONS = {
    "sigmoid": Activation(sigmoid, sigmoid_derivative),
    "tanh": Activation(tanh, tanh_derivative),
    "relu": Activation(relu, relu_derivative, bend=0.0),
    "leaky_relu": Activation(leaky_relu, leaky_relu_derivative, bend=0.0),
    "silu": Activation(silu, silu_derivative),
    "identity": Activation(identity, identity_derivative),
}
