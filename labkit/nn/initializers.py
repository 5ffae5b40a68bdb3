"""Initial weights. Each initializer draws W (n_out, n_in); a layer's fan-in is n_in, its fan-out n_out.

To add one, write the function and add one row to `INITIALIZERS`. Biases take `normal`, `uniform` or `zeros` as well.
"""

import numpy as np

from .activations import Array


def normal(rng: np.random.Generator, shape: tuple[int, int], fan_in: int, fan_out: int, activation: str) -> Array:
    """N(0, 1), whatever the width: what the first lab reports use. Wide layers saturate."""
    return rng.standard_normal(shape)


def xavier(rng: np.random.Generator, shape: tuple[int, int], fan_in: int, fan_out: int, activation: str) -> Array:
    """N(0, 2 / (fan_in + fan_out)): keeps the variance of signals and gradients (Glorot and Bengio, 2010)."""
    return rng.standard_normal(shape) * np.sqrt(2.0 / (fan_in + fan_out))


def kaiming(rng: np.random.Generator, shape: tuple[int, int], fan_in: int, fan_out: int, activation: str) -> Array:
    """N(0, g / fan_in), g = 2 for ReLU and leaky ReLU, which lose half the signal, else 1 (He et al., 2015)."""
    gain = 2.0 if activation in ("relu", "leaky_relu") else 1.0
    return rng.standard_normal(shape) * np.sqrt(gain / fan_in)


def uniform(rng: np.random.Generator, shape: tuple[int, int], fan_in: int, fan_out: int, activation: str) -> Array:
    """U(-1/√fan_in, 1/√fan_in): PyTorch's default for a linear layer, weights and biases."""
    return rng.uniform(-1.0, 1.0, shape) / np.sqrt(fan_in)


def zeros(rng: np.random.Generator, shape: tuple[int, int], fan_in: int, fan_out: int, activation: str) -> Array:
    """All zero. Usual for biases; as weights, all units of a layer stay alike and never learn to differ."""
    return np.zeros(shape)


INITIALIZERS = {"normal": normal, "xavier": xavier, "kaiming": kaiming, "uniform": uniform, "zeros": zeros}
BIAS_INITIALIZERS = {"zeros": zeros, "normal": normal, "uniform": uniform}
