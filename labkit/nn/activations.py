"""Activation functions and their derivatives, element by element.

An activation takes pre-activations z of any shape and returns a = f(z). Its derivative is a function of z or of a,
whichever is shorter to write. To add one, write the two functions and add one row to `ACTIVATIONS`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Array = np.ndarray


def sigmoid(z: Array) -> Array:
    """1 / (1 + e^-z). Where e^-z overflows it is infinite, and 1 / ∞ = 0 is right."""
    return 1 / (1 + np.exp(-z))


def sigmoid_derivative(a: Array) -> Array:
    """σ'(z) = a (1 - a); at most 1/4."""
    return a * (1 - a)


def tanh(z: Array) -> Array:
    """(e^z - e^-z) / (e^z + e^-z)."""
    return np.tanh(z)


def tanh_derivative(a: Array) -> Array:
    """tanh'(z) = 1 - a²."""
    return 1 - a * a


def relu(z: Array) -> Array:
    """max(0, z)."""
    return np.maximum(0, z)


def relu_derivative(a: Array) -> Array:
    """1 where z > 0, else 0; the kink at 0 counts as 0. As a = max(0, z), that is the sign of a."""
    return np.sign(a)


def leaky_relu(z: Array, slope: float = 0.01) -> Array:
    """z where z > 0, else slope · z (0 <= slope < 1)."""
    return np.maximum(slope * z, z)


def leaky_relu_derivative(z: Array, slope: float = 0.01) -> Array:
    """1 where z > 0, else slope."""
    return np.heaviside(z, 0) * (1 - slope) + slope


def silu(z: Array) -> Array:
    """z σ(z), also called swish (Elfwing, Uchibe and Doya, 2018)."""
    return z * sigmoid(z)


def silu_derivative(z: Array) -> Array:
    """d/dz z σ(z) = σ + z σ (1 - σ)."""
    s = sigmoid(z)
    return s + z * s * (1 - s)


def identity(z: Array) -> Array:
    """z itself: no activation."""
    return z


def identity_derivative(z: Array) -> Array:
    """1 everywhere."""
    return np.ones_like(z)


def softmax(z: Array) -> Array:
    """e^z_k / Σ_j e^z_j over the outputs k, the axis before the last: z (..., K, N) -> probabilities (..., K, N)."""
    e = np.exp(z - z.max(axis=-2, keepdims=True))  # the shift cancels, and keeps e^z from overflowing
    return e / e.sum(axis=-2, keepdims=True)


@dataclass(frozen=True)
class ActivationFunction:
    """A row of `ACTIVATIONS`: a function and its derivative, which is one of "a", the output, or of "z".

    `kink` is the z where the derivative jumps; a gradient check keeps away from it. `gain` is the factor by which
    kaiming's initial weights vary more, to make up for the signal that the function loses. A function `with_slope`
    takes that of leaky ReLU as a second argument, and so does its derivative.
    """

    function: Callable[..., Array]
    derivative: Callable[..., Array]
    derivative_of: str
    kink: float | None = None
    gain: float = 1.0
    with_slope: bool = False


ACTIVATIONS = {
    "sigmoid": ActivationFunction(sigmoid, sigmoid_derivative, "a"),
    "tanh": ActivationFunction(tanh, tanh_derivative, "a"),
    "relu": ActivationFunction(relu, relu_derivative, "a", kink=0.0, gain=2.0),
    "leaky_relu": ActivationFunction(leaky_relu, leaky_relu_derivative, "z", kink=0.0, gain=2.0, with_slope=True),
    "silu": ActivationFunction(silu, silu_derivative, "z"),
    "identity": ActivationFunction(identity, identity_derivative, "z"),
}
