"""Initial weights. An initializer draws W (n_out, n_in), whose fan-in is n_in and fan-out n_out.

It names the arguments that it needs, out of: `rng`, a random generator; `shape`, that of W; `fan_in` and `fan_out`;
`gain`, that of the activation. To add one, write the function and add one row to `INITIALIZERS`. Biases take `normal`,
`uniform` or `zeros` as well.
"""

from collections.abc import Callable
from inspect import signature

import numpy as np

from .activations import Array

Shape = tuple[int, int]


def normal(rng: np.random.Generator, shape: Shape) -> Array:
    """N(0, 1), whatever the width: what the first lab reports use. Wide layers saturate."""
    return rng.standard_normal(shape)


def xavier(rng: np.random.Generator, shape: Shape, fan_in: int, fan_out: int) -> Array:
    """N(0, 2 / (fan_in + fan_out)): keeps the variance of signals and gradients (Glorot and Bengio, 2010)."""
    return rng.standard_normal(shape) * np.sqrt(2.0 / (fan_in + fan_out))


def kaiming(rng: np.random.Generator, shape: Shape, fan_in: int, gain: float) -> Array:
    """N(0, gain / fan_in), gain = 2 for ReLU and leaky ReLU, which lose half the signal, else 1 (He et al., 2015)."""
    return rng.standard_normal(shape) * np.sqrt(gain / fan_in)


def uniform(rng: np.random.Generator, shape: Shape, fan_in: int) -> Array:
    """U(-1/√fan_in, 1/√fan_in): PyTorch's default for a linear layer, weights and biases."""
    return rng.uniform(-1.0, 1.0, shape) / np.sqrt(fan_in)


def zeros(shape: Shape) -> Array:
    """All zero. Usual for biases; as weights, all units of a layer stay alike and never learn to differ."""
    return np.zeros(shape)


INITIALIZERS = {"normal": normal, "xavier": xavier, "kaiming": kaiming, "uniform": uniform, "zeros": zeros}
BIAS_INITIALIZERS = {"zeros": zeros, "normal": normal, "uniform": uniform}


def draw(initializer: Callable[..., Array], **known: object) -> Array:
    """What an initializer draws, given those of the known arguments that it names."""
    return initializer(**{name: known[name] for name in signature(initializer).parameters})
